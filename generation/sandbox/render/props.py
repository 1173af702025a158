"""Small things strewn on the ground around the product: leaves, petals, pebbles, confetti, fir twigs."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .backdrops import shapes
from .backdrops.night import twig
from .colour import Colour, hexed
from .language import first
from .noise import Random, chance
from .raster import Array
from .shot import Shot
from .words import OCCASIONS, PROPS

_USUAL = {"autumn": "autumn leaves", "forest": "green leaves", "festive": "twigs", "beach": "pebbles"}
_OF_OCCASIONS = {"love": "petals", "party": "confetti"}
_SEEN_FROM_ABOVE = ("twigs", "pebbles", "green leaves")  # standing up they would hide what is behind, or be too small
_COLOURS = {
    "autumn leaves": "d98f35 c2602b 9a3d24 d6b24c 8a5a2c",
    "green leaves": "5d8a48 7fa65a 476f3c 93b06a",
    "petals": "f3c3cf eea9bb f8dfe4 e890a8",
    "pebbles": "b9b2a6 8f8a83 d8d1c4 a59a8a",
    "confetti": "e4573d f0b63c 3f9ad0 62b36b c75ba1 f4efe2",
    "twigs": "b8322c d1a14a c9ccd2",
}
_SIZE = {"autumn leaves": 0.050, "green leaves": 0.055, "petals": 0.024, "pebbles": 0.018, "confetti": 0.009}
_COUNT = {"autumn leaves": 17, "green leaves": 9, "petals": 22, "pebbles": 8, "confetti": 60}


def strewn(random: Random, shot: Shot, picture: Array) -> None:
    """Strew what the prompt or the place has, clear of the product."""
    asked = first(shot.brief.text, PROPS)
    occasion = first(shot.brief.text, OCCASIONS)
    kind = asked or (_OF_OCCASIONS.get(occasion) if occasion else _USUAL.get(shot.setting))
    if kind is None or shot.plinth or shot.stance in ("hangs", "hovers"):
        return
    if not shot.camera.overhead and kind in _SEEN_FROM_ABOVE and (not asked or kind == "twigs"):
        return
    size = (shot.width, shot.height)
    things, shade = Image.new("RGBA", size, (0, 0, 0, 0)), Image.new("L", size, 0)
    if kind == "twigs":
        _twigs(random, shot, things, shade)
    else:
        _scattered(random, shot, kind, things, shade)
    soft = np.asarray(shade.filter(ImageFilter.GaussianBlur(shot.width / 220)))
    dark = soft > 0
    picture[dark] *= 1 - soft[dark, None] * np.float32(0.5 / 255)
    painted = np.asarray(things)
    there = painted[..., 3] > 0
    picture[there] = painted[there, :3] * np.float32(1 / 255)


def _scattered(random: Random, shot: Shot, kind: str, things: Image.Image, shade: Image.Image) -> None:
    colours = [hexed(code) for code in _COLOURS[kind].split()]
    lean = shot.width * 0.006
    for _ in range(_COUNT[kind]):
        place = _free_place(random, shot)
        size = shot.width * _SIZE[kind] * (0.7 + 0.6 * chance(random))
        turn, colour = chance(random) * 6.28, colours[int(chance(random) * len(colours))]
        colour = colour.scaled(0.82 + 0.3 * chance(random))
        if place is None:
            continue
        outline = _outline(random, kind, size, turn)
        points = [_seen(shot, place, point) for point in outline]
        ImageDraw.Draw(shade).polygon([(x - shot.side * lean, y + lean * 0.6) for x, y in points], fill=170)
        draw = ImageDraw.Draw(things)
        draw.polygon(points, fill=shapes.eight_bit(colour))
        if kind in ("autumn leaves", "green leaves"):
            vein = [
                _seen(shot, place, (np.cos(turn) * size * part, np.sin(turn) * size * part)) for part in (-0.15, 0.95)
            ]
            draw.line(vein, fill=shapes.eight_bit(colour.scaled(0.72)), width=max(1, shot.width // 600))
        elif kind == "pebbles":
            lit = [_seen(shot, place, (x * 0.45 + shot.side * size * 0.12, y * 0.4 + size * 0.14)) for x, y in outline]
            draw.polygon(lit, fill=shapes.eight_bit(colour.towards(Colour(1, 1, 1), 0.3)))


def _free_place(random: Random, shot: Shot) -> tuple[float, float] | None:
    """A picture position on the ground that the product and its shadow leave free, or nothing after a few tries."""
    left, top, width, height = shot.box
    first_row = shot.camera.row_at(1.45) if not shot.camera.overhead else 0
    for _ in range(6):
        x, y = shot.width * chance(random), first_row + (shot.height - first_row) * chance(random)
        near = shot.width * 0.045
        beside = x < left - near or x > left + width + near
        off = y < top - near or y > top + height + (near if shot.camera.overhead else shot.height * 0.03)
        if beside or off:
            return x, y
    return None


def _outline(random: Random, kind: str, size: float, turn: float) -> list[tuple[float, float]]:
    """The thing's outline in units around its place."""
    along = np.linspace(0, 1, 12)
    if kind in ("autumn leaves", "green leaves", "petals"):
        broad = {"autumn leaves": 0.36, "green leaves": 0.22, "petals": 0.42}[kind]
        notch = 0.10 * np.sin(along * 34) if kind == "autumn leaves" else 0.0
        half = np.sin(np.pi * along**0.85) * (broad + notch) * size
        ring = [*zip(along * size, half, strict=True), *zip(along[::-1] * size, -half[::-1], strict=True)]
    else:
        angles = np.linspace(0, 2 * np.pi, 4 if kind == "confetti" else 14, endpoint=False)
        flat = 1.0 if kind == "confetti" else 0.72
        ring = [(np.cos(a) * size, np.sin(a) * size * flat) for a in angles]
    c, s = np.cos(turn), np.sin(turn)
    return [(float(c * x - s * y), float(s * x + c * y)) for x, y in ring]


def _seen(shot: Shot, place: tuple[float, float], point: tuple[float, float]) -> tuple[float, float]:
    """Where a point of a thing that lies on the ground at `place` appears."""
    if shot.camera.overhead:
        return place[0] + point[0], place[1] - point[1]
    depth = float(shot.camera.depth_at(np.array([place[1]], np.float32))[0])
    return place[0] + point[0] / depth, place[1] - point[1] * shot.camera.squash / (depth * depth)


def _twigs(random: Random, shot: Shot, things: Image.Image, shade: Image.Image) -> None:
    """Fir and baubles reaching in from two corners."""
    width, height = shot.width, shot.height
    colours = [hexed(code) for code in _COLOURS["twigs"].split()]
    draw, dark = ImageDraw.Draw(things), ImageDraw.Draw(shade)
    for hand, top in ((-1, True), (1, False), (1, True)):
        for _ in range(4):
            x = width * (0.5 + hand * (0.53 - 0.10 * chance(random)))
            y = height * ((0.02 + 0.12 * chance(random)) if top else (0.98 - 0.12 * chance(random)))
            angle = float(np.arctan2(0.5 * height - y, 0.5 * width - x) + (chance(random) - 0.5) * 1.3)
            length = width * (0.13 + 0.08 * chance(random))
            dark.line(
                [(x, y + 6), (x + np.cos(angle) * length, y + np.sin(angle) * length + 6)], fill=150, width=width // 34
            )
            twig(random, draw, x, y, angle, length)
        x, y = width * (0.5 + hand * 0.42), height * (0.10 if top else 0.90)
        radius, colour = width * 0.030, colours[int(chance(random) * 3)]
        dark.ellipse((x - radius, y - radius + 8, x + radius, y + radius + 10), fill=200)
        for part in range(8):
            r = radius * (1 - part / 8)
            at = (x + shot.side * (radius - r) * 0.45, y - (radius - r) * 0.5)
            lit = colour.scaled(0.72).towards(hexed("fff3dc"), part / 11)
            draw.ellipse((at[0] - r, at[1] - r, at[0] + r, at[1] + r), fill=shapes.eight_bit(lit))
