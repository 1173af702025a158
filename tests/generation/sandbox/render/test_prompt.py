"""A prompt's words choose surface, setting, light and colours."""

import pytest

from generation.sandbox.render.colour import hexed
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
        ("inside a fridge", "fridge"),
        ("floating in space among stars", "space"),
        ("on a grey sofa in a living room", "sofa"),
        ("fresh snow, winter morning", "snow"),
        ("a cosy bedroom", "bedroom"),
        ("gym floor", "gym"),
        ("winter, at the beach", "beach"),
        ("forest green wall", None),
        ("studio with negative space, shallow depth of field", "studio"),
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


@pytest.mark.parametrize(
    "prompt",
    [
        "{} on a marble table",
        "A photo of {}, on a marble table, soft light",
        "Marble table with {}",
        "{} on a marble table, no wood or leaves",
        "{} on marble instead of snow",
    ],
)
@pytest.mark.parametrize("name", ["Snow Boot", "Beach Towel", "Forest candle", "Golden Oak", "Kitchen Sink No. 5"])
def test_the_name_of_the_product_steers_no_scene(prompt: str, name: str) -> None:
    named, plain = read_prompt(prompt.format(name), f"{name}.jpg"), read_prompt(prompt.format("product"))
    assert (named.surface, named.setting, named.light) == ("marble", None, plain.light)
    assert (named.colours, named.tone, named.ground) == (plain.colours, None, "scene")


@pytest.mark.parametrize("name", ["snow boot", "beach towel", "forest candle", "white sneaker", "forest green hoodie"])
def test_nor_does_a_name_that_only_the_prompt_knows(name: str) -> None:
    brief = read_prompt(f"{name} on a marble table")
    assert (brief.surface, brief.setting, brief.colours) == ("marble", None, ())


def test_a_product_called_like_its_ground_still_stands_on_it() -> None:
    assert read_prompt("Oak on oak", "Oak").surface == "wood"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Linen Shirt", "limp"),
        ("Hat box", "firm"),
        ("Bottle with a cap", "firm"),
        ("Beach Towels", "limp"),
        ("Gadget 3000", None),
    ],
)
def test_the_name_tells_what_the_product_is(name: str, kind: str | None) -> None:
    assert read_prompt("on marble", name).kind == kind


def test_details() -> None:
    brief = read_prompt("flat lay with eucalyptus, window light, on a glossy plinth under an arch")
    assert brief.overhead and brief.leaves and brief.window and brief.glossy and brief.podium and brief.arch
    assert not read_prompt("plain studio without leaves").leaves


@pytest.mark.parametrize(
    "prompt",
    [
        "on marble --no wood, leaves, podium --ar 1:1",
        "On a marble table. Negative prompt: forest, snow, wood, floating, leaves, podium",
        "Do not include: plants, podium. Avoid: wood. Marble surface",
        "marble [forest] and [wooden podium, leaves]",
        "no wood, no leaves, no podium, marble",
        "marble without any wood or leaves, not floating",
        "instead of a wooden podium use marble",
    ],
)
def test_what_is_ruled_out_is_not_put_in(prompt: str) -> None:
    brief = read_prompt(prompt)
    assert (brief.surface, brief.setting in (None, "studio")) == ("marble", True)
    assert not (brief.leaves or brief.podium or brief.hovering)


@pytest.mark.parametrize(
    ("prompt", "colours"),
    [
        ("studio backdrop #FFB6C1 to #FF69B4", ["ffb6c1", "ff69b4"]),
        ("on a Sage (#8aa887) wall", ["8aa887", "a9b89c"]),
        ("background #abc", ["aabbcc"]),
    ],
)
def test_colours_may_be_codes(prompt: str, colours: list[str]) -> None:
    assert list(read_prompt(prompt).colours) == [hexed(code) for code in colours]


def test_pale_and_dark_change_a_colour() -> None:
    pale, blue, dark = (read_prompt(f"{word} blue wall").colours[0].luma for word in ("pale", "a", "dark"))
    assert dark < blue < pale


@pytest.mark.parametrize("prompt", ["slight overhead angle, on oak", "oak, overhead softbox", "overhead lighting"])
def test_light_from_above_is_no_view_from_above(prompt: str) -> None:
    assert not read_prompt(prompt).overhead
