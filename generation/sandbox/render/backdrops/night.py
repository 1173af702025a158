"""Lights out of focus: a city at dusk and a festive room."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from generation.sandbox.render import words
from generation.sandbox.render.colour import Colour, hexed
from generation.sandbox.render.language import first
from generation.sandbox.render.noise import Random, chance
from generation.sandbox.render.raster import Array, as_array, as_image, blurred_8bit, mix
from generation.sandbox.render.shot import Shot

from . import shapes

CITY_LIGHTS = tuple(hexed(code) for code in ("ffb45e", "ffd9a0", "ff8a4a", "ffe9cc", "7fc6ff", "ff5d6c", "8df0d6"))
NEON_LIGHTS = tuple(hexed(code) for code in ("ff4fb0", "56d5ff", "a86bff", "ff7d5c", "ffd2f0", "5affd8"))
WARM_ROOMS = (hexed("7a2a22"), hexed("23503a"), hexed("6a4426"))
COLD_ROOMS = (hexed("4d6788"), hexed("35566a"), hexed("5b6f92"))
WARM_LIGHTS = tuple(hexed(code) for code in ("ffcf7a", "ffe2a8", "ffb65a", "fff0cf", "ff9a5a"))
FRONTS = tuple(hexed(code) for code in ("d8c3a5", "c9a58a", "b7b2a6", "d9cfc0", "b98f78", "c7c9c4"))


def _glow(walls: str, lights: str) -> tuple[tuple[Colour, ...], tuple[Colour, ...]]:
    return tuple(map(hexed, walls.split())), tuple(map(hexed, lights.split()))


# Walls and lights of other feasts than Christmas, which also have no fir.
OCCASIONS = {
    "halloween": _glow("3a2148 2a1a33 4a2a14", "ff8a2a ffb04d b06cff ff6a1f ffd28a"),
    "love": _glow("8a3a4c c98a94 6e2a3c", "ffc2cf ffe3e8 ff9db2 fff3f0 ffb59a"),
    "party": _glow("3a3f7a 6a3a6e 2f5a6a", "ffd66b ff7fae 7fd0ff b58cff fff0c0 8df0c8"),
    "fire": _glow("5a2a18 4a2418 6a3a20", "ff9a3c ffb85a ff7a2a ffd08a"),
}


def city(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Dusk sky over two rows of towers; windows and street lights as discs."""
    foot = shot.back_row * height / shot.height
    if shot.brief.daytime:
        return _by_day(random, shot, width, height)
    zenith, middle, low = hexed("1d2548"), hexed("6a4a7a"), hexed("f0925f")
    if shot.brief.colours:
        middle = shot.brief.colours[0].towards(hexed("4a3a66"), 0.45)
    if shot.brief.light.low_key:
        zenith, middle, low = hexed("0c1020"), hexed("1c2340"), hexed("5a3c4c")
    t = np.clip(np.linspace(0, height / max(foot, 1), height, dtype=np.float32), 0, 1)[:, None, None]
    sky = mix(zenith.array, middle.array, np.clip(t * 1.7, 0, 1))
    sky = mix(sky, low.array, np.clip((t - 0.55) * 1.9, 0, 1))
    layer = as_image(np.broadcast_to(sky, (height, width, 3)))
    spots: list[tuple[float, float, float]] = []
    for depth, colour, tall in ((0, hexed("54426c"), 0.66), (1, hexed("221f3c"), 0.50)):
        spots += _towers(random, layer, foot, colour, tall)
        layer = blurred_8bit(layer, width / (48 if depth == 0 else 62) * min(1.3, shot.treatment.blur))
    picture = as_array(layer).copy()
    lights = NEON_LIGHTS if any(colour == hexed("d94fd0") for colour in shot.brief.colours) else CITY_LIGHTS
    for x, y, size in spots:
        colour = lights[int(chance(random) ** 1.5 * len(lights))]
        shapes.add_disc(picture, x, y, width * size, colour, 0.10 + 0.38 * chance(random))
    for _ in range(26):
        x, y = chance(random) * width, foot - abs(float(random.standard_normal())) * height * 0.05
        colour = lights[int(chance(random) * len(lights))]
        shapes.add_disc(picture, x, y, width * (0.014 + 0.026 * chance(random)), colour, 0.22 + 0.45 * chance(random))
    return np.clip(picture, 0, 1)


def _by_day(random: Random, shot: Shot, width: int, height: int) -> Array:
    """House fronts on both sides of a sunlit street, a pale sky between them, all far out of focus."""
    foot = shot.back_row * height / shot.height
    t = np.clip(np.linspace(0, height / max(foot, 1), height, dtype=np.float32), 0, 1)[:, None, None]
    layer = as_image(np.broadcast_to(mix(hexed("a9cbe6").array, hexed("f1efe6").array, t), (height, width, 3)))
    draw = ImageDraw.Draw(layer)
    for hand in (-1, 1):
        for step in range(5):
            near, far = 0.52 - 0.085 * step, 0.52 - 0.085 * (step + 1)
            front = FRONTS[int(chance(random) * len(FRONTS))].scaled(1.06 if hand == -shot.side else 0.80)
            top = foot * (-0.25 + 0.16 * step + 0.06 * chance(random))
            x0, x1 = sorted((width * (0.5 + hand * near), width * (0.5 + hand * far)))
            draw.rectangle((x0, top, x1, height), fill=shapes.eight_bit(front.towards(hexed("e6e8e4"), 0.11 * step)))
            for row in range(7):
                y = top + foot * (0.05 + 0.145 * row)
                pane = (x0 + (x1 - x0) * 0.25, y, x0 + (x1 - x0) * 0.75, y + foot * 0.07)
                draw.rectangle(pane, fill=shapes.eight_bit(front.scaled(0.55)))
    green = hexed("7d9a5c")
    for _ in range(26):
        x, y = width * (0.5 + (chance(random) - 0.5) * 0.9), foot * (0.62 + 0.25 * chance(random))
        size = width * (0.02 + 0.03 * chance(random))
        draw.ellipse((x - size, y - size, x + size, y + size), fill=shapes.eight_bit(green, 0.7 + 0.5 * chance(random)))
    return as_array(blurred_8bit(layer, width / 52 * shot.treatment.blur + 2.0))


def _towers(
    random: Random, layer: Image.Image, foot: float, colour: Colour, tall: float
) -> list[tuple[float, float, float]]:
    """Draw a row of towers; give back places for their lit windows as x, y and a size in picture widths."""
    draw = ImageDraw.Draw(layer)
    width = layer.width
    x, spots = -width * 0.05, []
    while x < width:
        wide = width * (0.07 + 0.09 * chance(random))
        top = foot * (1 - tall * (0.35 + 0.65 * chance(random)))
        draw.rectangle((x, top, x + wide, layer.height), fill=shapes.eight_bit(colour, 0.85 + 0.3 * chance(random)))
        for _ in range(int(7 * chance(random)) + 2):
            at = (x + wide * chance(random), top + (foot - top) * chance(random))
            spots.append((*at, 0.006 + 0.013 * chance(random)))
        x += wide * (0.95 + 0.3 * chance(random))
    return spots


def festive(random: Random, shot: Shot, width: int, height: int) -> Array:
    """A dim warm room full of fairy lights, fir branches and baubles reaching in from the corners."""
    occasion = first(shot.brief.text, words.OCCASIONS)
    cold = occasion is None and (shot.surface == "snow" or shot.warmth < 0)
    walls, lights = OCCASIONS.get(occasion or "", (COLD_ROOMS if cold else WARM_ROOMS, WARM_LIGHTS))
    wall = shot.brief.colours[0] if shot.brief.colours else walls[shot.variant % len(walls)]
    wall = wall.towards(hexed("18202c" if cold else "241812"), 0.35 if wall.luma < 0.6 else 0.12)
    across = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :, None]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    pool = np.exp(-(across**2) * 3 - (down - 0.4) ** 2 * 4)
    picture = wall.array * (0.55 + pool * 0.75) + pool * np.array(
        [0.03, 0.05, 0.08] if cold else [0.10, 0.055, 0.02], np.float32
    )
    picture = np.ascontiguousarray(np.clip(picture, 0, 1))
    layer = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    if occasion is None:
        _branches(random, layer, shot)
    for count, low, high, strength in ((26, 0.034, 0.062, 0.30), (64, 0.014, 0.032, 0.62), (46, 0.005, 0.011, 0.95)):
        for _ in range(count):
            x, y = chance(random) * width, chance(random) * height * 0.72
            size = width * (low + (high - low) * chance(random))
            colour = lights[int(chance(random) * len(lights))]
            shapes.add_disc(picture, x, y, size, colour, strength * (0.25 + 0.75 * chance(random) ** 1.5))
    near = layer.convert("RGBa").filter(ImageFilter.GaussianBlur(width / 90)).convert("RGBA")
    whole = as_image(picture)
    whole.paste(near, mask=near.getchannel("A"))
    return as_array(blurred_8bit(whole, width / 400))


def _branches(random: Random, layer: Image.Image, shot: Shot) -> None:
    draw = ImageDraw.Draw(layer)
    width, height = layer.size
    for hand in (-1, 1):
        for _ in range(11):
            x, y = width * (0.5 + hand * (0.54 - 0.12 * chance(random))), height * (-0.03 + 0.14 * chance(random))
            angle = np.pi / 2 - hand * (-0.9 + 1.5 * chance(random))
            twig(random, draw, x, y, float(angle), width * (0.18 + 0.13 * chance(random)))
        colour = (hexed("b8322c"), hexed("d1a14a"), hexed("c9ccd2"))[int(chance(random) * 3)]
        x, y, radius = width * (0.5 + hand * 0.40), height * (0.17 + 0.08 * chance(random)), width * 0.042
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shapes.eight_bit(colour, 0.9))
        draw.ellipse(
            (x - radius * 0.55, y - radius * 0.6, x - radius * 0.05, y - radius * 0.1),
            fill=shapes.eight_bit(colour.towards(hexed("fff3dc"), 0.6)),
        )


def twig(random: Random, draw: ImageDraw.ImageDraw, x: float, y: float, angle: float, length: float) -> None:
    for step in range(26):
        part = step / 26
        at = (x + np.cos(angle) * length * part, y + np.sin(angle) * length * part)
        green = shapes.eight_bit(hexed("3c6a48").towards(hexed("1b3a26"), chance(random)))
        for hand in (-0.65, 0.65):
            end = (
                at[0] + np.cos(angle + hand) * length * 0.20 * (1 - part * 0.6),
                at[1] + np.sin(angle + hand) * length * 0.20 * (1 - part * 0.6),
            )
            draw.line([at, end], fill=green, width=3)
