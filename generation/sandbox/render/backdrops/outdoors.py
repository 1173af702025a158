"""Open air: a beach, woods in summer and autumn, a garden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from generation.sandbox.render.colour import Colour, hexed
from generation.sandbox.render.noise import Random, chance, fbm
from generation.sandbox.render.raster import Array, as_array, as_image, blurred_8bit, floats, mix, resized, smoothstep
from generation.sandbox.render.shot import Shot

from . import shapes


def beach(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Sky with thin clouds over a sea with glitter, and a line of foam where the sand begins."""
    scale = height / shot.height
    horizon, foot = shot.camera.horizon * scale, shot.back_row * scale
    golden = shot.brief.light.golden or shot.warmth > 0.6
    zenith, low = (hexed("7f9fc4"), hexed("f7cf9f")) if golden else (hexed("6fb0de"), hexed("dceef3"))
    rows = np.arange(height, dtype=np.float32)[:, None]
    up = np.clip(rows / max(horizon, 1), 0, 1)
    picture = mix(zenith.array, low.array, (up**1.3)[..., None]) * np.ones((1, width, 1), np.float32)
    cloud = resized(fbm(random, 256, (5, 2), 5, 0.55), width, height)
    veil = smoothstep(0.05, 0.9, cloud) * (1 - np.abs(up - 0.55) * 1.4).clip(0, 1)
    picture = mix(picture, np.array([1.0, 0.985, 0.96], np.float32), (veil * 0.65)[..., None])
    sun_x = width * (0.5 + shot.side * 0.36)
    _sun(picture, sun_x, horizon * (0.62 if golden else 0.25), width, golden)
    sea = _sea(random, width, height, horizon, foot, golden)
    sea_mask = smoothstep(horizon - 1.0, horizon + 1.0, rows)
    picture = mix(picture, sea, np.broadcast_to(sea_mask, (height, width)))
    soft = as_array(blurred_8bit(as_image(picture), width / 230 * shot.treatment.blur + 0.6))
    return _foam(random, soft, foot, width)


def _sun(picture: Array, x: float, y: float, width: int, golden: bool) -> None:
    rows = np.arange(picture.shape[0], dtype=np.float32)[:, None] - np.float32(y)
    columns = np.arange(width, dtype=np.float32)[None, :] - np.float32(x)
    away = (rows * rows + columns * columns) / np.float32((width * 0.30) ** 2)
    glow = np.exp(-away) * np.float32(0.75 if golden else 0.45)
    colour = Colour(1.0, 0.86, 0.62) if golden else Colour(1.0, 0.98, 0.92)
    picture += (1 - picture) * glow[..., None] * colour.array


def _sea(random: Random, width: int, height: int, horizon: float, foot: float, golden: bool) -> Array:
    far, near = (hexed("5d7f9b"), hexed("a9bdb6")) if golden else (hexed("3f86ab"), hexed("8fd0cd"))
    rows = np.arange(height, dtype=np.float32)[:, None]
    part = np.clip((rows - horizon) / max(foot - horizon, 1), 0, 1)
    sea = mix(far.array, near.array, (part**0.8)[..., None]) * np.ones((1, width, 1), np.float32)
    waves = resized(fbm(random, 256, (90, 5), 3, 0.6), width, height)
    sea *= (1 + waves * 0.07)[..., None]
    crest = smoothstep(0.62, 1.0, waves) * part * 0.55
    sparkle = (random.random((height, width), dtype=np.float32) > 0.985) * (1 - part) * 0.5
    return np.clip(mix(sea, np.ones(3, np.float32), np.maximum(crest, sparkle)[..., None]), 0, 1)


def _foam(random: Random, picture: Array, foot: float, width: int) -> Array:
    height = picture.shape[0]
    line = resized(fbm(random, 64, (1, 3), 4, 0.5)[:1], width, 1)[0] * np.float32(height * 0.008)
    away = np.arange(height, dtype=np.float32)[:, None] - np.float32(foot) + np.float32(height * 0.012) + line[None, :]
    foam = np.exp(-np.abs(away) / np.where(away < 0, height * 0.010, height * 0.004))
    return mix(picture, np.array([0.98, 0.985, 0.98], np.float32), foam.astype(np.float32) * 0.85)


@dataclass(frozen=True)
class Season:
    """The colours of woodland: the light that comes through, leaves from far to near, trunks, fresh tips."""

    glow: Colour
    far: Colour
    mid: Colour
    deep: Colour
    trunk: Colour
    tips: Colour


SUMMER = Season(*(hexed(code) for code in ("dbe8b4", "a9bf84", "5f8349", "2c4429", "6f7a52", "b9cf78")))
FALL = Season(*(hexed(code) for code in ("f6dfa6", "d9a75c", "b8622e", "5a2c1a", "6b5138", "e0b04a")))
SPRING = Season(*(hexed(code) for code in ("eef6d2", "bcd79a", "86ab5e", "4c7440", "8a8f6c", "d6e69a")))
BLOOMS = tuple(hexed(code) for code in ("f3c9d6", "f7f0f4", "e7a3bd", "f2dc8e", "c9b4e3"))


def forest(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Layers of leaves from far and pale to near and dark, trunks, light through the crowns, a few sunbeams."""
    return _woods(random, shot, width, height, SUMMER)


def autumn(random: Random, shot: Shot, width: int, height: int) -> Array:
    """The same woods in October."""
    return _woods(random, shot, width, height, FALL)


def garden(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Light greens without a canopy, and flowers out of focus over the far edge."""
    picture = _woods(random, shot, width, height, SPRING, open_sky=True)
    foot = shot.back_row * height / shot.height
    for _ in range(70):
        x, y = chance(random) * width, foot - abs(float(random.standard_normal())) * height * 0.09
        bloom = BLOOMS[int(chance(random) * len(BLOOMS))]
        shapes.add_disc(picture, x, y, width * (0.008 + 0.020 * chance(random)), bloom, 0.35 + 0.5 * chance(random))
    return as_array(blurred_8bit(as_image(picture), width / 200))


def _woods(random: Random, shot: Shot, width: int, height: int, season: Season, *, open_sky: bool = False) -> Array:
    golden = shot.brief.light.golden or shot.warmth > 0.6
    glow = hexed("f3e3a8") if golden else season.glow
    far, mid, deep = season.far, season.mid, season.deep
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    across = (np.arange(width, dtype=np.float32) / width - np.float32(0.5 + 0.18 * shot.side))[None, :, None]
    pool = np.exp(-(across**2) * 7 - (down - 0.22) ** 2 * 6)
    base = mix(far.towards(mid, 0.35).array, mid.towards(deep, 0.55).array, np.clip(down * 1.25, 0, 1))
    layer = as_image(np.clip(mix(base, glow.array, floats(pool * 0.85)), 0, 1))
    if not open_sky:
        layer = _trunks(random, layer, 6, season.trunk, 0.022)
    layer = blurred_8bit(layer, width / 48)
    layer = blurred_8bit(_leaves(random, layer, 170, far.towards(glow, 0.4), mid, 0.050), width / 56)
    if not open_sky:
        layer = blurred_8bit(_trunks(random, layer, 3, season.trunk.scaled(0.45), 0.050), width / 66)
        near = deep.towards(hexed("101c10"), 0.3)
        layer = blurred_8bit(_leaves(random, layer, 90, mid, near, 0.080, crown=True), width / 66)
    layer = blurred_8bit(_undergrowth(random, layer, shot.back_row * height / shot.height, season), width / 60)
    picture = as_array(layer)
    lights = np.zeros_like(picture)
    for _ in range(60):
        x, y = chance(random) * width, chance(random) ** 1.5 * height * 0.45
        size = width * (0.010 + 0.026 * chance(random))
        shapes.add_disc(lights, x, y, size, glow, 0.10 + 0.55 * chance(random) ** 2)
    lights = as_array(blurred_8bit(as_image(lights), 2.2))
    return _beams(random, picture + (1 - picture) * lights, shot, glow)


def _undergrowth(random: Random, layer: Image.Image, foot: float, season: Season) -> Image.Image:
    """Ferns and grass rising behind the table's edge."""
    draw = ImageDraw.Draw(layer)
    width = layer.width
    for _ in range(80):
        x = chance(random) * width
        angle = -np.pi / 2 + (chance(random) - 0.5) * 1.5
        length = width * (0.05 + 0.13 * chance(random))
        colour = season.mid.towards(season.deep, chance(random)).towards(season.tips, 0.35 * chance(random))
        shapes.leaf(draw, (x, foot + width * 0.03), float(angle), length, 0.13, shapes.eight_bit(colour))
    return layer


def _trunks(random: Random, layer: Image.Image, count: int, colour: Colour, thick: float) -> Image.Image:
    draw = ImageDraw.Draw(layer)
    width, height = layer.size
    for _ in range(count):
        x = chance(random) * width
        half = width * thick * (0.5 + chance(random)) / 2
        lean = (chance(random) - 0.5) * width * 0.08
        draw.polygon(
            [(x - half, height), (x + half, height), (x + lean + half * 0.7, 0), (x + lean - half * 0.7, 0)],
            fill=shapes.eight_bit(colour, 0.8 + 0.4 * chance(random)),
        )
    return layer


def _leaves(
    random: Random, layer: Image.Image, count: int, first: Colour, second: Colour, size: float, crown: bool = False
) -> Image.Image:
    """Scatter leaves; as a crown they hang around the top and the sides and leave the middle open."""
    draw = ImageDraw.Draw(layer)
    width, height = layer.size
    for _ in range(count):
        x, y = chance(random), chance(random)
        if crown:
            y = y**2 * 0.75
            x = x if y < 0.16 else (x * 0.22 if x < 0.5 else 1 - (1 - x) * 0.22)
        colour = first.towards(second, chance(random))
        shapes.leaf(
            draw,
            (x * width, y * height),
            chance(random) * 6.28,
            width * size * (0.6 + 0.9 * chance(random)),
            0.34,
            shapes.eight_bit(colour),
        )
    return layer


def _beams(random: Random, picture: Array, shot: Shot, glow: Colour) -> Array:
    height, width = picture.shape[:2]
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    start = width * (0.5 + shot.side * 0.42)
    for _ in range(4):
        reach = start - shot.side * width * (0.15 + 0.75 * chance(random))
        half = width * (0.02 + 0.03 * chance(random))
        draw.polygon(
            [
                (start - half * 0.4, -10),
                (start + half * 0.4, -10),
                (reach + half * 2, height),
                (reach - half * 2, height),
            ],
            fill=int(60 + 60 * chance(random)),
        )
    beams = as_array(blurred_8bit(mask, width / 40)) * np.linspace(1, 0.1, height, dtype=np.float32)[:, None]
    return floats(picture + (1 - picture) * (beams * 0.55)[..., None] * glow.array)
