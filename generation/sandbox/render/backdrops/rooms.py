"""More rooms: a bathroom, a living room from its sofa, a bedroom, a desk, a fridge, a gym, a shop and a café."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from generation.sandbox.render.colour import BLACK, WHITE, Colour, hexed
from generation.sandbox.render.noise import Random, chance
from generation.sandbox.render.raster import Array, as_array, as_image, blurred_8bit, floats
from generation.sandbox.render.shot import Shot

from . import shapes
from .interior import books, frame, hand_of, row_of_vessels, stems, tiles
from .wall import lit_wall, patterned

GOODS = tuple(hexed(code) for code in ("c9503f", "e0a63c", "4f7f6a", "3f6c9b", "d9d2c3", "8a5a7c", "e7ded0", "b8c4a0"))
LAMPS = tuple(hexed(code) for code in ("ffd79a", "ffe6bd", "ffc27a", "fff1d8"))


def bathroom(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Small glazed tiles, a round mirror, a folded towel on a rail, a plant."""
    picture = lit_wall(random, shot, shot.wall, width, height)
    picture *= tiles(random, width, height, 0.045, bond=False)[..., None]
    foot = shot.back_row * height / shot.height
    layer, draw = _drawn(picture)
    hand = hand_of(shot)
    x, y, radius = width * (0.5 + hand * 0.24), foot * 0.34, width * 0.19
    draw.ellipse((x - radius - 4, y - radius - 4, x + radius + 4, y + radius + 4), fill=_ink("b9935f"))
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_ink(shot.wall.towards(WHITE, 0.55)))
    draw.chord((x - radius, y - radius, x + radius, y + radius), 120, 300, fill=_ink(shot.wall.towards(WHITE, 0.8)))
    rail, left = foot * 0.42, width * (0.5 - hand * 0.33) - width * 0.11
    draw.rectangle((left - width * 0.05, rail - 3, left + width * 0.27, rail + 2), fill=_ink("a98d62"))
    towel = shot.accent.towards(WHITE, 0.55)
    draw.rounded_rectangle((left, rail - 4, left + width * 0.21, rail + foot * 0.44), 8, fill=_ink(towel))
    draw.rectangle((left, rail + foot * 0.33, left + width * 0.21, rail + foot * 0.36), fill=_ink(towel.scaled(0.86)))
    picture[:] = as_array(layer)
    row_of_vessels(random, picture, shot, foot + 2, width, share=0.35)
    picture = as_array(blurred_8bit(as_image(picture), width / 130 * shot.treatment.blur + 1.5))
    return patterned(random, shot, picture, 0.7)


def sofa(random: Random, shot: Shot, width: int, height: int) -> Array:
    """The back of a sofa with its cushions, seen from its seat; a framed print and a lamp behind it."""
    picture = lit_wall(random, shot, shot.wall, width, height)
    foot = shot.back_row * height / shot.height + 4
    frame(random, picture, shot, foot * 0.62, width)
    layer, draw = _drawn(picture)
    hand, cover = hand_of(shot), shot.tone or hexed("8f959b")
    x = width * (0.5 - hand * 0.38)
    draw.line((x, foot, x, foot * 0.30), fill=_ink("3c3733"), width=4)
    draw.polygon(
        [(x - width * 0.05, foot * 0.14), (x + width * 0.05, foot * 0.14), (x + width * 0.09, foot * 0.33),
         (x - width * 0.09, foot * 0.33)],
        fill=_ink("f2dfbd"),
    )  # fmt: skip
    top = foot * 0.56
    draw.rounded_rectangle((-width * 0.06, top, width * 1.06, height), width // 22, fill=_ink(cover.scaled(0.80)))
    for at in range(2):
        left = width * (-0.04 + at * 0.54)
        box = (left, top + foot * 0.06, left + width * 0.54, foot + width * 0.03)
        draw.rounded_rectangle(box, width // 18, fill=_ink(cover.scaled(0.97)))
        inner = (box[0] + 8, box[1] + 5, box[2] - 10, box[3])
        draw.rounded_rectangle(inner, width // 20, fill=_ink(cover.scaled(1.06)))
    pillow = shot.accent.towards(hexed("c98d5f"), 0.35)
    left = width * (0.5 + hand * 0.36) - width * 0.12
    draw.rounded_rectangle((left, top + foot * 0.12, left + width * 0.25, foot + 4), width // 26, fill=_ink(pillow))
    picture = as_array(blurred_8bit(layer, width / 120 * shot.treatment.blur + 2.0))
    return patterned(random, shot, picture, 0.8)


def bedroom(random: Random, shot: Shot, width: int, height: int) -> Array:
    """An upholstered headboard, two plump pillows and a lit bedside lamp."""
    picture = lit_wall(random, shot, shot.wall, width, height)
    foot = shot.back_row * height / shot.height + 4
    hand = hand_of(shot)
    layer, draw = _drawn(picture)
    board = shot.accent.towards(hexed("9a8775"), 0.5)
    left, right = sorted((width * (0.5 - hand * 0.30), width * (0.5 + hand * 0.62)))
    draw.rounded_rectangle((left, foot * 0.36, right, height), width // 30, fill=_ink(board))
    for step in range(1, 7):
        x = left + (right - left) * step / 7
        draw.line((x, foot * 0.38, x, foot), fill=_ink(board.scaled(0.88)), width=5)
    for at, shade in ((0.20, 0.93), (0.62, 0.98)):
        x = left + (right - left) * at - width * 0.10
        linen = hexed("efebe4").scaled(shade)
        draw.rounded_rectangle((x, foot * 0.66, x + width * 0.32, foot + 14), width // 16, fill=_ink(linen))
        draw.rounded_rectangle(
            (x + 12, foot * 0.69, x + width * 0.30, foot), width // 18, fill=_ink(linen.scaled(1.04))
        )
    x = width * (0.5 - hand * 0.42)
    draw.rectangle((x - 5, foot * 0.72, x + 5, foot), fill=_ink("b08b5b"))
    shade_box = [(x - width * 0.05, foot * 0.50), (x + width * 0.05, foot * 0.50), (x + width * 0.08, foot * 0.74)]
    draw.polygon([*shade_box, (x - width * 0.08, foot * 0.74)], fill=_ink("fbe7c0"))
    picture = as_array(blurred_8bit(layer, width / 120 * shot.treatment.blur + 2.0))
    _glow(picture, x, foot * 0.62, width * 0.22, hexed("ffd9a0"), 0.45)
    return patterned(random, shot, picture, 0.8)


def desk(random: Random, shot: Shot, width: int, height: int) -> Array:
    """A monitor, a lamp, pens in a cup, books and a plant on the far side of a desk."""
    picture = lit_wall(random, shot, shot.wall, width, height)
    foot = shot.back_row * height / shot.height + 3
    hand = hand_of(shot)
    layer, draw = _drawn(picture)
    x, wide, tall = width * (0.5 + hand * 0.26), width * 0.44, width * 0.27
    draw.rectangle((x - width * 0.025, foot - width * 0.10, x + width * 0.025, foot), fill=_ink("9ba0a5"))
    draw.rectangle((x - width * 0.08, foot - 6, x + width * 0.08, foot + 2), fill=_ink("a9aeb2"))
    screen = (x - wide / 2, foot - tall - width * 0.07, x + wide / 2, foot - width * 0.07)
    draw.rounded_rectangle(screen, 7, fill=_ink("22252a"))
    inner = (screen[0] + 6, screen[1] + 6, screen[2] - 6, screen[3] - 8)
    draw.rectangle(inner, fill=_ink(hexed("54728f").towards(shot.accent, 0.3)))
    draw.rectangle((*inner[:2], inner[0] + wide * 0.28, inner[3]), fill=_ink(hexed("6d8aa5").towards(WHITE, 0.15)))
    lamp = width * (0.5 - hand * 0.28)
    draw.line(
        [
            (lamp, foot),
            (lamp - hand * width * 0.05, foot - width * 0.22),
            (lamp + hand * width * 0.07, foot - width * 0.36),
        ],
        fill=_ink("2f3236"),
        width=6,
    )
    head = (lamp + hand * width * 0.07, foot - width * 0.34)
    draw.ellipse((head[0] - width * 0.06, head[1] - width * 0.035, head[0] + width * 0.06, head[1] + width * 0.045),
                 fill=_ink("33363b"))  # fmt: skip
    picture[:] = as_array(layer)
    books(random, picture, shot, foot, width)
    where = width * (0.5 - hand * 0.19)
    shapes.vessel(picture, where, foot, width * 0.08, shapes.CUP, shot.accent, shot.side)
    stems(random, picture, where, foot - width * 0.06, width // 2)
    picture = as_array(blurred_8bit(as_image(picture), width / 170 * shot.treatment.blur + 1.4))
    return patterned(random, shot, picture, 0.8)


def fridge(random: Random, shot: Shot, width: int, height: int) -> Array:
    """The lit inside of a fridge: white liner, glass shelves, jars, bottles and greens in the cold light from above."""
    foot = shot.back_row * height / shot.height
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None, :]
    level = 1.02 - 0.20 * down - 0.30 * np.clip(across - 0.62, 0, 1) * 2.2
    picture = floats(level[..., None] * hexed("e9f1f4").array)
    rows = (foot * 0.50, foot + 2)
    for row in rows:
        if row < foot:
            picture[int(row) : int(row) + 5] = hexed("c3d6dc").array
            picture[int(row) : int(row) + 2] = hexed("fbffff").array
            fade = np.linspace(0.86, 1, max(4, height // 26), dtype=np.float32)[:, None, None]
            picture[int(row) + 5 : int(row) + 5 + len(fade)] *= fade
        row_of_vessels(random, picture, shot, row, width, share=0.85, goods=GOODS, scale=1.25)
        _greens(random, picture, row, width)
    _glow(picture, width * 0.5, -height * 0.02, width * 0.55, hexed("f4fdff"), 0.75)
    return as_array(blurred_8bit(as_image(picture), width / 95 * shot.treatment.blur + 2.0))


def gym(random: Random, shot: Shot, width: int, height: int) -> Array:
    """A dark wall with two lines of light and a rack of dumb-bells."""
    wall = shot.brief.colours[0].towards(BLACK, 0.5) if shot.brief.colours else hexed("3a3f47")
    picture = lit_wall(random, shot, wall, width, height)
    foot = shot.back_row * height / shot.height
    layer, draw = _drawn(picture)
    for row in (0.50, 0.80):
        y = foot * row
        draw.rectangle((0, y, width, y + 7), fill=_ink("15171a"))
        x = -width * 0.04
        while x < width:
            size = width * (0.040 + 0.016 * chance(random))
            draw.rectangle((x, y - size * 1.1, x + size * 3, y - size * 0.8), fill=_ink("a9adb2"))
            for end in (x, x + size * 2.1):
                box = (end, y - size * 1.9, end + size * 0.95, y)
                draw.rounded_rectangle(box, 5, fill=_ink("1b1d20"))
                draw.rectangle((box[0] + 3, box[1] + 4, box[0] + 6, box[3] - 4), fill=_ink("4c5056"))
            x += size * 3.9
    picture = as_array(blurred_8bit(layer, width / 80 * shot.treatment.blur + 2.0))
    tint = hexed("cfe6ff") if shot.warmth < 0.3 else hexed("ffe0b5")
    for at in (0.10, 0.20):
        y = foot * at
        rows = np.arange(height, dtype=np.float32)[:, None] - np.float32(y + 0.04 * width)
        line = np.exp(-((rows / np.float32(height * 0.011)) ** 2)) + 0.30 * np.exp(
            -np.abs(rows) / np.float32(height * 0.07)
        )
        picture += (1 - picture) * (line * 0.8)[..., None] * tint.array
    return floats(np.clip(picture, 0, 1))


def store(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Shelves of coloured goods under bright ceiling lights, far out of focus."""
    picture = lit_wall(random, shot, hexed("d9dad6"), width, height)
    foot = shot.back_row * height / shot.height
    layer, draw = _drawn(picture)
    for row in (0.34, 0.62, 0.90):
        y = foot * row + foot * 0.10
        x = -width * 0.02
        while x < width:
            wide, tall = width * (0.03 + 0.05 * chance(random)), foot * (0.11 + 0.09 * chance(random))
            colour = GOODS[int(chance(random) * len(GOODS))]
            for _ in range(1 + int(3 * chance(random))):
                draw.rectangle(
                    (x, y - tall, x + wide * 0.92, y), fill=_ink(colour.scaled(0.85 + 0.25 * chance(random)))
                )
                draw.rectangle(
                    (x, y - tall * 0.62, x + wide * 0.92, y - tall * 0.34), fill=_ink(colour.towards(WHITE, 0.7))
                )
                x += wide
        draw.rectangle((0, y, width, y + 8), fill=_ink("f3f3f0"))
        draw.rectangle((0, y + 8, width, y + 16), fill=_ink("8d8f8d"))
    picture = as_array(blurred_8bit(layer, width / 58 * shot.treatment.blur + 3.0))
    for at in range(3):
        shapes.add_disc(picture, width * (0.2 + 0.3 * at), foot * 0.05, width * 0.05, WHITE, 0.85)
    return as_array(blurred_8bit(as_image(picture), width / 160))


def cafe(random: Random, shot: Shot, width: int, height: int) -> Array:
    """A dim warm room: bottles on a lit shelf, pendant lamps, a bright window far off."""
    picture = lit_wall(random, shot, hexed("6a4d3a"), width, height)
    foot = shot.back_row * height / shot.height
    hand = hand_of(shot)
    layer, draw = _drawn(picture)
    x = width * (0.5 + hand * 0.34)
    draw.rectangle((x - width * 0.14, foot * 0.12, x + width * 0.14, foot * 0.86), fill=_ink("e9dcc4"))
    draw.rectangle((x - 3, foot * 0.12, x + 3, foot * 0.86), fill=_ink("4a372a"))
    board = width * (0.5 - hand * 0.26)
    draw.rectangle((board - width * 0.24, foot * 0.50, board + width * 0.24, foot * 0.52), fill=_ink("a37a50"))
    draw.rectangle((-4, foot * 0.84, width + 4, height), fill=_ink("3a2a20"))
    picture[:] = as_array(layer)
    row_of_vessels(random, picture, shot, foot * 0.50, width, share=0.8)
    picture = as_array(blurred_8bit(as_image(picture), width / 62 * shot.treatment.blur + 3.0))
    for at in range(9):
        x, y = width * (0.06 + 0.11 * at + 0.05 * chance(random)), foot * (0.12 + 0.30 * chance(random))
        size = width * (0.018 + 0.034 * chance(random))
        shapes.add_disc(picture, x, y, size, LAMPS[at % len(LAMPS)], 0.35 + 0.55 * chance(random))
    return floats(np.clip(picture, 0, 1))


def _greens(random: Random, picture: Array, row: float, width: int) -> None:
    """A bunch of leaves lying on a fridge's shelf."""
    layer, draw = _drawn(picture)
    x = width * (0.15 + 0.7 * chance(random))
    for _ in range(26):
        angle = -np.pi * chance(random)
        green = hexed("7fae4e").towards(hexed("3f7a36"), chance(random))
        shapes.leaf(
            draw, (x + width * 0.09 * (chance(random) - 0.5), row), float(angle), width * 0.075, 0.30, _ink(green)
        )
    picture[:] = as_array(layer)


def _drawn(picture: Array) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    layer = as_image(picture)
    return layer, ImageDraw.Draw(layer)


def _ink(colour: Colour | str) -> tuple[int, int, int]:
    return shapes.eight_bit(hexed(colour) if isinstance(colour, str) else colour)


def _glow(picture: Array, x: float, y: float, reach: float, colour: Colour, strength: float) -> None:
    """Add the light around a lamp."""
    rows = np.arange(picture.shape[0], dtype=np.float32)[:, None] - np.float32(y)
    columns = np.arange(picture.shape[1], dtype=np.float32)[None, :] - np.float32(x)
    away = np.exp(-(rows * rows + columns * columns) / np.float32(reach * reach)) * np.float32(strength)
    picture += (1 - np.clip(picture, 0, 1)) * away[..., None] * colour.array
