"""Reading the scene out of a prompt's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from . import grounds, words
from .colour import BLACK, WHITE, Colour, hexed
from .language import first, found, last, listen, mentions
from .places import PLACES

_CODE = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b")
Ground = Literal["scene", "white", "nothing"]


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
    """What a prompt asks for. None where it says nothing and the art director may choose.

    `ground` is a scene, pure white, or nothing at all; `kind` is limp or firm where the product's name tells it.
    """

    text: str
    ground: Ground
    shadow: bool
    surface: str | None
    setting: str | None
    kind: str | None
    light: Light
    colours: tuple[Colour, ...]
    tone: Colour | None
    window: bool
    leaves: bool
    podium: bool
    arch: bool
    overhead: bool
    hovering: bool
    hanging: bool
    glossy: bool
    room: float
    daytime: bool


def read_prompt(prompt: str, product: str = "") -> Brief:
    """The scene that a prompt's words describe; unknown words are passed over.

    `product` is the name of what the photo shows: it says what the product is, and nothing of the scene.
    """
    request = listen(prompt, product)
    text = _without_colours_of_two_words(request.scene)
    surface, setting = first(text, words.SURFACES), _setting(text)
    built = any(mentions(text, choices) for choices in (words.WINDOW, words.LEAVES, words.PODIUM, words.ARCH))
    colours = _colours(request.scene)
    bare = setting in (None, "studio") and surface in (None, "plain") and not built and "gradient" not in text
    ground = _ground(request.scene, request.denied, bare=bare, coloured=bool(colours))
    return Brief(
        text=request.scene,
        ground=ground,
        shadow=_shadow(request.scene, request.denied, ground),
        surface=surface,
        setting=setting,
        kind=last(request.subject, words.KINDS),
        light=_light(text, setting),
        colours=colours,
        tone=_tone(text),
        window=mentions(text, words.WINDOW),
        leaves=mentions(text, words.LEAVES),
        podium=mentions(text, words.PODIUM),
        arch=mentions(text, words.ARCH),
        overhead=mentions(text, words.OVERHEAD),
        hovering=mentions(text, words.HOVERING),
        hanging=mentions(text, words.HANGING),
        glossy=mentions(text, words.GLOSSY),
        daytime=mentions(text, words.DAYTIME) and not mentions(text, words.AFTER_DARK),
        room=0.72 if mentions(text, words.ROOMY) else 1.14 if mentions(text, words.CLOSE) else 1.0,
    )


def _ground(scene: str, denied: tuple[str, ...], *, bare: bool, coloured: bool) -> Ground:
    white = grounds.asks_for_white(scene)
    if grounds.asks_for_alpha(scene) or (grounds.asks_for_cut_out(scene, denied) and not white):
        return "nothing"
    by_trade = grounds.asks_for_white_by_trade(scene) and not coloured
    return "white" if bare and (white or by_trade) else "scene"


def _shadow(scene: str, denied: tuple[str, ...], ground: Ground) -> bool:
    """White has a contact shadow unless it is ruled out; a cut-out has one only where it is asked for."""
    if grounds.rules_out_shadow(denied):
        return False
    return ground != "nothing" or grounds.wants_shadow(scene)


def _setting(text: str) -> str | None:
    """A place beats a season or a mood, and both beat a studio word, as in "studio shot in a forest"."""
    return first(text, words.SETTINGS) or first(text, words.MOODS) or first(text, {"studio": words.STUDIO})


def _without_colours_of_two_words(text: str) -> str:
    """The forest of "forest green" is no forest."""
    for name in words.COLOURS:
        if " " in name and name in text:
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?!\w)", name.split()[-1], text)
    return text


def _light(text: str, setting: str | None) -> Light:
    sides = first(text, words.LIGHT_SIDES)
    hard, soft = mentions(text, words.LIGHT_HARD), mentions(text, words.LIGHT_SOFT)
    hardness = 0.85 if hard and not soft else 0.15 if soft and not hard else 0.45
    warm, cool = mentions(text, words.LIGHT_WARM), mentions(text, words.LIGHT_COOL)
    warmth = 0.8 * warm - 0.6 * cool
    if not warm and not cool:
        warmth = PLACES[setting or "studio"].warmth
    return Light(
        side=sides,
        warmth=warmth,
        hardness=hardness,
        golden=mentions(text, words.LIGHT_GOLDEN),
        low_key=mentions(text, words.LIGHT_LOW),
    )


def _colours(text: str) -> tuple[Colour, ...]:
    """Colour words in the order of their weight for the scene: those before a scene noun first."""
    codes = [(-1, match.start(), hexed(_six_digits(match[1]))) for match in _CODE.finditer(text)]
    weighed: list[tuple[int, int, Colour]] = codes
    taken: list[range] = []
    for name in sorted((name for name in words.COLOURS if name in text), key=len, reverse=True):
        for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w])", text):
            if any(match.start() in span for span in taken):
                continue
            taken.append(range(match.start(), match.end()))
            after = re.findall(r"[\w']+", text[match.end() :])[:3]
            if after and after[0] in words.NOT_A_COLOUR_BEFORE:
                continue
            rank = 0 if any(word in words.SCENE_NOUNS for word in after[:2]) else 1
            weighed.append((rank, match.start(), _shaded(words.COLOURS[name], text[: match.start()])))
    return tuple(colour for _, _, colour in sorted(weighed))


def _shaded(colour: Colour, before: str) -> Colour:
    """The colour as the word right before it makes it: pale blue, dark sage."""
    shade = words.SHADES.get((before.split() or [""])[-1], 0.0)
    return colour.towards(WHITE, shade) if shade >= 0 else colour.towards(BLACK, -shade)


def _six_digits(code: str) -> str:
    return code if len(code) == 6 else "".join(digit * 2 for digit in code)


def _tone(text: str) -> Colour | None:
    """The surface's own tone: a named material (walnut) or a colour right before the surface (black marble)."""
    for name in sorted(words.MATERIAL_TONES, key=len, reverse=True):
        if found(text, name) >= 0:
            return words.MATERIAL_TONES[name]
    materials = "|".join(re.escape(word) for choices in words.SURFACES.values() for word in choices)
    colours = "|".join(re.escape(name) for name in sorted(words.COLOURS, key=len, reverse=True))
    match = re.search(rf"\b({colours}|dark|light|pale)\s+(?:[\w-]+\s+)?(?:{materials})\b", text)
    if not match:
        return None
    shades = {"dark": Colour(0.2, 0.19, 0.18), "light": Colour(0.86, 0.83, 0.79), "pale": Colour(0.88, 0.85, 0.8)}
    return shades.get(match[1]) or words.COLOURS[match[1]]
