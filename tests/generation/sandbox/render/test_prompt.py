"""A prompt's words choose surface, setting, light and colours."""

import pytest

from generation.sandbox.render.prompt import read_prompt
from generation.sandbox.render.words import COLOURS


@pytest.mark.parametrize(
    ("prompt", "surface"),
    [
        ("on white marble", "marble"),
        ("an oak table", "wood"),
        ("raw concrete block", "concrete"),
        ("in the dunes", "sand"),
        ("on crumpled linen", "fabric"),
        ("in shallow water", "water"),
        ("fresh snow", "snow"),
        ("a seamless paper sweep", "plain"),
        ("a nice picture", None),
        ("on wood, no marble", "wood"),
        ("a marbled cat", None),
    ],
)
def test_surface(prompt: str, surface: str | None) -> None:
    assert read_prompt(prompt).surface == surface


@pytest.mark.parametrize(
    ("prompt", "setting"),
    [
        ("studio packshot", "studio"),
        ("in a bright kitchen", "kitchen"),
        ("on a bookshelf", "shelf"),
        ("at the beach", "beach"),
        ("a forest clearing", "forest"),
        ("the city at dusk", "city"),
        ("Christmas morning", "festive"),
        ("studio shot in a forest", "forest"),
        ("just nice", None),
    ],
)
def test_setting(prompt: str, setting: str | None) -> None:
    assert read_prompt(prompt).setting == setting


def test_light() -> None:
    hard, soft = read_prompt("hard light from the left").light, read_prompt("soft light from the right").light
    assert (hard.side, soft.side, read_prompt("marble").light.side) == ("left", "right", None)
    assert hard.hardness > 0.7 and soft.hardness < 0.3
    assert read_prompt("golden hour").light.warmth > 0.5 and read_prompt("icy winter").light.warmth < 0
    assert read_prompt("moody, black background").light.low_key


@pytest.mark.parametrize(
    ("prompt", "colours"),
    [
        ("sage green studio sweep", ("sage", "green")),
        ("a red bottle on a terracotta wall", ("terracotta",)),
        ("golden hour on the beach, orange juice", ()),
        ("dusty pink background with a navy podium", ("dusty pink", "navy")),
    ],
)
def test_colours(prompt: str, colours: tuple[str, ...]) -> None:
    assert read_prompt(prompt).colours == tuple(COLOURS[name] for name in colours)


def test_the_surface_has_a_tone_of_its_own() -> None:
    walnut, black = read_prompt("on walnut").tone, read_prompt("on black marble").tone
    assert walnut and black and walnut.luma < 0.4 and black.luma < 0.2
    assert read_prompt("on marble").tone is None


def test_details() -> None:
    brief = read_prompt("flat lay with eucalyptus, window light, on a glossy plinth under an arch")
    assert brief.overhead and brief.leaves and brief.window and brief.glossy and brief.podium and brief.arch
    assert not read_prompt("plain studio without leaves").leaves
