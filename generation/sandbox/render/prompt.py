"""Reading the scene out of a prompt's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import words
from .colour import Colour

NEGATED = re.compile(r"\b(?:no|without|not|never|avoid|free of)\s+(?:any\s+)?[\w-]+(?:\s+(?:or|and)\s+[\w-]+)?")


@dataclass(frozen=True)
class Light:
    """`side` is left, right or None for either; warmth −1 (cool) … 1 (warm); hardness 0 (soft) … 1 (hard)."""

    side: str | None
    warmth: float
    hardness: float
    golden: bool
    low_key: bool


@dataclass(frozen=True)
class Brief:
    """What a prompt asks for. None where it says nothing and the art director may choose."""

    surface: str | None
    setting: str | None
    light: Light
    colours: tuple[Colour, ...]
    tone: Colour | None
    window: bool
    leaves: bool
    podium: bool
    arch: bool
    overhead: bool
    hovering: bool
    glossy: bool
    garment: bool


def read_prompt(prompt: str) -> Brief:
    """The scene that a prompt's words describe; unknown words are passed over."""
    text = NEGATED.sub(" ", " ".join(prompt.lower().replace("_", " ").split()))
    surface, setting = _first(text, words.SURFACES), _setting(text)
    return Brief(
        surface=surface,
        setting=setting,
        light=_light(text, setting),
        colours=_colours(text),
        tone=_tone(text),
        window=_any(text, words.WINDOW),
        leaves=_any(text, words.LEAVES),
        podium=_any(text, words.PODIUM),
        arch=_any(text, words.ARCH),
        overhead=_any(text, words.OVERHEAD),
        hovering=_any(text, words.HOVERING),
        glossy=_any(text, words.GLOSSY),
        garment=_any(text, words.GARMENTS),
    )


def _found(text: str, word: str) -> int:
    match = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w])", text)
    return match.start() if match else -1


def _any(text: str, choices: tuple[str, ...]) -> bool:
    return any(_found(text, word) >= 0 for word in choices)


def _first(text: str, table: dict[str, tuple[str, ...]]) -> str | None:
    """The kind whose word comes first in the text."""
    places = [
        (place, kind) for kind, choices in table.items() for word in choices if (place := _found(text, word)) >= 0
    ]
    return min(places)[1] if places else None


def _setting(text: str) -> str | None:
    """A place beats a studio word, as in "studio shot in a forest"."""
    places = {kind: choices for kind, choices in words.SETTINGS.items() if kind != "studio"}
    return _first(text, places) or _first(text, {"studio": words.SETTINGS["studio"]})


def _light(text: str, setting: str | None) -> Light:
    sides = _first(text, words.LIGHT_SIDES)
    hard, soft = _any(text, words.LIGHT_HARD), _any(text, words.LIGHT_SOFT)
    hardness = 0.85 if hard and not soft else 0.15 if soft and not hard else 0.45
    warm, cool = _any(text, words.LIGHT_WARM), _any(text, words.LIGHT_COOL)
    warmth = 0.8 * warm - 0.6 * cool
    if not warm and not cool:
        warmth = {"festive": 0.45, "beach": 0.2, "shelf": 0.15, "city": -0.1}.get(setting or "", 0.05)
    return Light(
        side=sides,
        warmth=warmth,
        hardness=hardness,
        golden=_any(text, words.LIGHT_GOLDEN),
        low_key=_any(text, words.LIGHT_LOW),
    )


def _colours(text: str) -> tuple[Colour, ...]:
    """Colour words in the order of their weight for the scene: those before a scene noun first."""
    found: list[tuple[int, int, Colour]] = []
    taken: list[range] = []
    for name in sorted(words.COLOURS, key=len, reverse=True):
        for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w])", text):
            if any(match.start() in span for span in taken):
                continue
            taken.append(range(match.start(), match.end()))
            after = re.findall(r"[\w']+", text[match.end() :])[:3]
            if after and after[0] in words.NOT_A_COLOUR_BEFORE:
                continue
            rank = 0 if any(word in words.SCENE_NOUNS for word in after[:2]) else 1
            found.append((rank, match.start(), words.COLOURS[name]))
    return tuple(colour for _, _, colour in sorted(found))


def _tone(text: str) -> Colour | None:
    """The surface's own tone: a named material (walnut) or a colour right before the surface (black marble)."""
    for name in sorted(words.MATERIAL_TONES, key=len, reverse=True):
        if _found(text, name) >= 0:
            return words.MATERIAL_TONES[name]
    materials = "|".join(re.escape(word) for choices in words.SURFACES.values() for word in choices)
    colours = "|".join(re.escape(name) for name in sorted(words.COLOURS, key=len, reverse=True))
    match = re.search(rf"\b({colours}|dark|light|pale)\s+(?:[\w-]+\s+)?(?:{materials})\b", text)
    if not match:
        return None
    shades = {"dark": Colour(0.2, 0.19, 0.18), "light": Colour(0.86, 0.83, 0.79), "pale": Colour(0.88, 0.85, 0.8)}
    return shades.get(match[1]) or words.COLOURS[match[1]]
