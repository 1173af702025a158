"""WCAG AA for every pair of colours that meet, in both themes, straight from the tokens."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKEN = re.compile(r"--([\w-]+): light-dark\(#([0-9a-f]{3,6}), #([0-9a-f]{3,6})\);")
GROUNDS = ("bg", "surface", "raised", "sunken", "hover")
READ = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent-text") for ground in GROUNDS]
READ += [(tone, ground) for tone in ("good", "warn", "bad") for ground in ("bg", "surface", "raised", f"{tone}-soft")]
READ += [("ink", f"{tone}-soft") for tone in ("good", "warn", "bad", "accent")]
READ += [
    ("ink-2", "accent-soft"),
    ("accent-text", "accent-soft"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
]
READ += [("ink-inverse", "inverse"), ("inverse-ink-2", "inverse")]
SEEN = [("field-line", "surface"), ("accent", "bg"), ("accent", "surface"), ("accent", "sunken")]


def tokens() -> dict[str, tuple[str, str]]:
    sheet = Path(settings.ROOT, "static/css/tokens.css").read_text()
    return {name: (light, dark) for name, light, dark in TOKEN.findall(sheet)}


def luminance(colour: str) -> float:
    digits = "".join(2 * digit for digit in colour) if len(colour) == 3 else colour
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_words_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert contrast(tokens()[ink][theme], tokens()[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), SEEN)
def test_controls_and_focus_can_be_seen(line: str, ground: str, theme: int) -> None:
    assert contrast(tokens()[line][theme], tokens()[ground][theme]) >= 3
