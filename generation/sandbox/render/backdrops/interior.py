"""Rooms: a tiled kitchen and a living-room shelf."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from generation.sandbox.render.colour import WHITE, Colour, hexed
from generation.sandbox.render.noise import Random, chance
from generation.sandbox.render.raster import Array, as_array, as_image, blurred, blurred_8bit, floats
from generation.sandbox.render.shot import Shot

from . import shapes
from .wall import lit_wall, patterned


def kitchen(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Glazed tiles, a board with jars and bowls above, a plant, window light; all out of focus."""
    tile = shot.wall.towards(WHITE, 0.25) if not shot.brief.light.low_key else shot.wall
    picture = lit_wall(random, shot, tile, width, height)
    picture *= tiles(random, width, height)[..., None]
    foot = shot.back_row * height / shot.height
    if shot.variant != 2:
        board = foot * (0.30 + 0.16 * chance(random))
        _board(picture, shot, board, height)
        row_of_vessels(random, picture, shot, board, width)
    plant(random, picture, shot, foot, width)
    _counter_things(random, picture, shot, foot, width)
    picture = as_array(blurred_8bit(as_image(picture), width / 120 * shot.treatment.blur + 1.5))
    return _window_glow(patterned(random, shot, picture, 0.7), shot)


def shelf(random: Random, shot: Shot, width: int, height: int) -> Array:
    """A painted wall with a framed print, books and a vase standing back on the same board."""
    picture = lit_wall(random, shot, shot.wall, width, height)
    foot = shot.back_row * height / shot.height + 3
    frame(random, picture, shot, foot, width)
    books(random, picture, shot, foot, width)
    where = width * (0.5 - hand_of(shot) * (0.30 + 0.07 * chance(random)))
    size = width * 0.15
    _standing_shadow(picture, where, foot, size * 0.5, shot.side)
    colour = shot.accent.towards(hexed("d8cbb8"), 0.5)
    stems(random, picture, where, foot - size * 1.55, width)
    shapes.vessel(picture, where, foot, size, shapes.VASE, colour, shot.side)
    picture = as_array(blurred_8bit(as_image(picture), width / 200 * shot.treatment.blur + 1.0))
    return patterned(random, shot, picture, 0.9)


def hand_of(shot: Shot) -> int:
    """The side of the room's main piece, changing with the composition."""
    return shot.side if shot.variant in (0, 3) else -shot.side


def tiles(random: Random, width: int, height: int, size: float = 0.062, *, bond: bool = True) -> Array:
    """Shade per pixel of tiles with pale joints and a glaze highlight on each, staggered or square on square."""
    tall = max(14, int(width * size))
    wide = tall * 2 if bond else tall
    rows = np.arange(height)[:, None]
    band = rows // tall
    columns = np.arange(width)[None, :] + (band % 2) * (wide // 2) * bond + 7
    number = (band * 37 + columns // wide * 11) % 97
    shade = 0.93 + (random.random(97, dtype=np.float32) * 0.12)[number]
    inside_y, inside_x = rows % tall, columns % wide
    joint = (inside_y < 2) | (inside_x < 2)
    glaze = 0.05 * (1 - inside_y / np.float32(tall)) + 0.05 * (inside_y == 3)
    return np.where(joint, 0.86, shade + glaze).astype(np.float32)


def _board(picture: Array, shot: Shot, row: float, height: int) -> None:
    top, thick = int(row), max(4, height // 70)
    wood = hexed("9a6f47") if shot.wall.luma > 0.4 else hexed("5d4330")
    picture[top : top + thick] = wood.array * 0.95
    picture[top : top + 2] = wood.array * 1.2
    depth = max(6, height // 22)
    fade = np.linspace(0.70, 1.0, depth, dtype=np.float32)[:, None, None]
    picture[top + thick : top + thick + depth] *= fade[: len(picture[top + thick : top + thick + depth])]


def row_of_vessels(
    random: Random,
    picture: Array,
    shot: Shot,
    row: float,
    width: int,
    *,
    share: float = 0.8,
    scale: float = 1.0,
    goods: tuple[Colour, ...] = (),
) -> None:
    """Jars, bowls and bottles on a board; `share` of the places are taken."""
    kinds = (shapes.JAR, shapes.BOWL, shapes.VASE, shapes.CUP, shapes.BOTTLE)
    colours = goods or (
        hexed("d9cdbb"),
        hexed("b98c62"),
        hexed("8b9a86"),
        hexed("e8e2d6"),
        hexed("6f7f83"),
        shot.accent,
    )
    x = width * 0.05 * chance(random)
    while x < width:
        size = width * (0.055 + 0.035 * chance(random)) * scale
        if random.random() < share:
            kind, colour = kinds[int(random.random() * 5)], colours[int(random.random() * len(colours))]
            shapes.vessel(picture, x, row, size, kind, colour, shot.side)
        x += size * (1.1 + 0.9 * chance(random))


def plant(random: Random, picture: Array, shot: Shot, foot: float, width: int) -> None:
    x = width * (0.5 - hand_of(shot) * (0.36 + 0.08 * chance(random)))
    size = width * 0.11
    layer = as_image(picture)
    draw = ImageDraw.Draw(layer)
    for _ in range(16):
        angle = -np.pi / 2 + (chance(random) - 0.5) * 2.3
        green = shapes.eight_bit(hexed("6f8a5a").towards(hexed("3d5a3c"), chance(random)))
        shapes.leaf(draw, (x, foot - size * 0.8), float(angle), width * (0.10 + 0.10 * chance(random)), 0.20, green)
    picture[:] = as_array(layer)
    shapes.vessel(picture, x, foot, size, shapes.JAR[:4], hexed("cbb9a2"), shot.side)


def _counter_things(random: Random, picture: Array, shot: Shot, foot: float, width: int) -> None:
    """A leaning board and a bowl on the light's side."""
    x = width * (0.5 + hand_of(shot) * (0.32 + 0.08 * chance(random)))
    layer = as_image(picture)
    colour = shapes.eight_bit(hexed("b58556"), 0.95)
    ImageDraw.Draw(layer).rounded_rectangle(
        (x - width * 0.085, foot - width * 0.27, x + width * 0.085, foot + 6), width // 34, fill=colour
    )
    picture[:] = as_array(layer)
    shapes.vessel(
        picture, x + shot.side * width * 0.05, foot + 2, width * 0.12, shapes.BOWL, hexed("ddd6ca"), shot.side
    )


def _window_glow(picture: Array, shot: Shot) -> Array:
    """Daylight spilling in from the light's side."""
    width = picture.shape[1]
    across = np.arange(width, dtype=np.float32) / width
    across = across if shot.side > 0 else 1 - across
    glow = np.clip(across - 0.45, 0, 1) ** 2 * 0.85
    return floats(picture + (1 - picture) * glow[None, :, None] * shot.light.array)


def frame(random: Random, picture: Array, shot: Shot, foot: float, width: int) -> None:
    """A leaning picture frame with an abstract print."""
    x = width * (0.5 + hand_of(shot) * (0.28 + 0.05 * chance(random)))
    wide, tall = width * 0.27, width * 0.36
    box = (x - wide / 2, foot - tall, x + wide / 2, foot)
    shade = Image.new("L", (width, picture.shape[0]), 0)
    ImageDraw.Draw(shade).rectangle((box[0] - shot.side * 14, box[1] + 8, box[2] - shot.side * 14, box[3]), fill=255)
    picture *= (1 - as_array(blurred_8bit(shade, 7)) * 0.20)[..., None]
    layer = as_image(picture)
    draw = ImageDraw.Draw(layer)
    draw.rectangle(box, fill=shapes.eight_bit(hexed("b58d62")))
    inner = (box[0] + 5, box[1] + 5, box[2] - 5, box[3] - 5)
    draw.rectangle(inner, fill=shapes.eight_bit(hexed("efe9df")))
    heart, radius = box[1] + tall * 0.42, wide * 0.24
    draw.ellipse((x - radius, heart - radius, x + radius, heart + radius), fill=shapes.eight_bit(shot.accent))
    draw.pieslice(
        (x - radius * 1.3, heart + radius * 0.1, x + radius * 1.3, heart + radius * 2.7),
        180,
        360,
        fill=shapes.eight_bit(shot.wall.towards(hexed("5b4a40"), 0.5)),
    )
    picture[:] = as_array(layer)


def books(random: Random, picture: Array, shot: Shot, foot: float, width: int) -> None:
    """A lying stack of books under the vase's side."""
    layer = as_image(picture)
    draw = ImageDraw.Draw(layer)
    x = width * (0.5 - hand_of(shot) * 0.44)
    y = foot
    for _ in range(3):
        thick, half = width * (0.026 + 0.012 * chance(random)), width * (0.085 + 0.02 * chance(random))
        colour = (hexed("c7b299"), hexed("7d8f8a"), hexed("e3ddd2"), shot.accent)[int(random.random() * 4)]
        draw.rectangle((x - half, y - thick, x + half, y), fill=shapes.eight_bit(colour, 0.9))
        draw.rectangle((x - half, y - thick, x + half, y - thick + 2), fill=shapes.eight_bit(colour, 1.05))
        y -= thick
    picture[:] = as_array(layer)


def stems(random: Random, picture: Array, x: float, y: float, width: int) -> None:
    """Dried stems in the vase."""
    layer = as_image(picture)
    draw = ImageDraw.Draw(layer)
    for _ in range(7):
        angle = -np.pi / 2 + (chance(random) - 0.5) * 1.0
        length = width * (0.16 + 0.12 * chance(random))
        end = (x + np.cos(angle) * length, y + np.sin(angle) * length)
        draw.line([(x, y + 8), end], fill=(150, 124, 92), width=2)
        for part in (0.55, 0.7, 0.85, 1.0):
            at = (x + (end[0] - x) * part, y + (end[1] - y) * part)
            for hand in (-0.7, 0.7):
                shapes.leaf(draw, at, float(angle + hand), length * 0.16, 0.22, (178, 150, 112))
    picture[:] = as_array(layer)


def _standing_shadow(picture: Array, x: float, foot: float, size: float, side: int) -> None:
    """The soft shadow that a thing near the wall throws on it."""
    shade = np.zeros(picture.shape[:2], np.float32)
    left, top = int(x - size - side * size * 0.8), int(foot - size * 3)
    shade[max(0, top) : int(foot), max(0, left) : max(0, left + int(size * 1.8))] = 1.0
    picture *= (1 - blurred(shade, size * 0.45) * 0.20)[..., None]
