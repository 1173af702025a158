"""Open country and beyond: snow, mountains, dunes, clouds, the deep sea and space."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from generation.sandbox.render.colour import Colour, hexed
from generation.sandbox.render.noise import Random, chance, fbm
from generation.sandbox.render.raster import (
    Array,
    as_array,
    as_image,
    blurred,
    blurred_8bit,
    floats,
    mix,
    resized,
    smoothstep,
)
from generation.sandbox.render.shot import Shot

from . import shapes


def snow(random: Random, shot: Shot, width: int, height: int) -> Array:
    """A pale sky over snowed-in firs, and flakes in the air."""
    foot = shot.back_row * height / shot.height
    golden = shot.brief.light.golden or shot.warmth > 0.6
    zenith, low = (hexed("9fb3d1"), hexed("f8d9b8")) if golden else (hexed("a9c1d8"), hexed("e9f0f5"))
    picture = _sky(zenith, low, width, height, foot)
    layer = as_image(picture)
    for colour, count, tall in ((hexed("9db1c1"), 15, 0.40), (hexed("5f7a86"), 10, 0.66)):
        draw = ImageDraw.Draw(layer)
        for _ in range(count):
            x = chance(random) * width
            if count == 10 and abs(x / width - 0.5) < 0.16:
                x += width * 0.3 * (1 if x > width / 2 else -1)
            _fir(random, draw, x, foot + 8, foot * tall * (0.6 + 0.5 * chance(random)), colour)
        layer = blurred_8bit(layer, width / (110 if count == 15 else 85) * shot.treatment.blur + 1.0)
    picture = as_array(layer).copy()
    bank = _ridge(random, width, foot * 0.97, height * 0.025)
    rows = np.arange(height, dtype=np.float32)[:, None]
    picture = mix(picture, hexed("eef3f8").array, smoothstep(-3.0, 3.0, rows - bank[None, :]))
    for _ in range(90):
        size = width * (0.002 + 0.006 * chance(random) ** 3)
        shapes.add_disc(picture, chance(random) * width, chance(random) * foot, size + 1, Colour(1, 1, 1), 0.75)
    return floats(np.clip(picture, 0, 1))


def _fir(random: Random, draw: ImageDraw.ImageDraw, x: float, foot: float, tall: float, colour: Colour) -> None:
    """A fir in tiers, each with snow on its upper edge."""
    for tier in range(5):
        top, base = foot - tall * (1 - tier * 0.17), foot - tall * (0.72 - tier * 0.17)
        half = tall * (0.10 + 0.055 * tier) * (0.9 + 0.2 * chance(random))
        draw.polygon([(x, top), (x + half, base), (x - half, base)], fill=shapes.eight_bit(colour, 0.94 + 0.03 * tier))
        cap = [(x, top), (x + half * 0.9, base - tall * 0.02), (x + half * 0.2, base - tall * 0.07)]
        draw.polygon([*cap, (x - half * 0.8, base - tall * 0.03)], fill=shapes.eight_bit(hexed("edf3f8")))


def mountain(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Three ridges that pale with distance, snow on the highest, mist between them."""
    foot = shot.back_row * height / shot.height
    golden = shot.brief.light.golden or shot.warmth > 0.6
    zenith, low = (hexed("7f93b8"), hexed("f9cfa2")) if golden else (hexed("7fb0d8"), hexed("e4eff4"))
    picture = _sky(zenith, low, width, height, foot)
    picture = _veiled(random, picture, foot, 0.4)
    rows = np.arange(height, dtype=np.float32)[:, None]
    for colour, top, rough, capped in (
        (hexed("8ea3bb"), 0.42, 0.24, True), (hexed("62798a"), 0.66, 0.14, False), (hexed("3d5548"), 0.88, 0.07, False)
    ):  # fmt: skip
        line = _ridge(random, width, foot * top, foot * rough)
        body = np.broadcast_to(colour.array, picture.shape)
        if capped:
            grain = resized(fbm(random, 128, (10, 10), 4, 0.6), width, height)
            snowed = smoothstep(0.20, 0.06, (rows - line[None, :]) / max(foot, 1) + grain * 0.05)
            body = mix(floats(body), np.array([0.94, 0.96, 0.99], np.float32), snowed * 0.9)
        mist = np.clip((rows - line[None, :]) / max(foot * 0.5, 1), 0, 1)
        body = mix(floats(body), low.array, floats(mist * 0.45))
        picture = mix(picture, body, smoothstep(-1.2, 1.2, rows - line[None, :]))
    return as_array(blurred_8bit(as_image(picture), width / 190 * shot.treatment.blur + 1.0))


def desert(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Dunes, each with a lit and a shaded flank, under a hazy sky."""
    foot = shot.back_row * height / shot.height
    red = "mars" in shot.brief.text or "martian" in shot.brief.text
    golden = shot.brief.light.golden or shot.warmth > 0.6
    zenith, low = (hexed("86a8c9"), hexed("f7d6a6")) if golden else (hexed("8fc0e0"), hexed("f3e6cf"))
    sand = hexed("d7a268")
    if red:
        zenith, low, sand = hexed("a8795f"), hexed("e7b78d"), hexed("b4633d")
    picture = _sky(zenith, low, width, height, foot)
    rows = np.arange(height, dtype=np.float32)[:, None]
    for at, (top, rough) in enumerate(((0.66, 0.13), (0.80, 0.10), (0.94, 0.06))):
        line = _ridge(random, width, foot * top, foot * rough, octaves=2)
        crest = _ridge(random, width, foot * (top + 0.16), foot * 0.12, octaves=2)
        near = sand.towards(low, 0.45 - 0.2 * at)
        flank = smoothstep(-14.0, 14.0, rows - crest[None, :])
        body = mix(near.array, near.scaled(0.72).array, flank[..., None])
        picture = mix(picture, body, smoothstep(-1.0, 1.0, rows - line[None, :]))
    return as_array(blurred_8bit(as_image(picture), width / 210 * shot.treatment.blur + 0.8))


def sky(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Towering clouds in a clear or a rosy sky."""
    rosy = shot.brief.light.golden or shot.warmth > 0.4 or shot.variant == 2
    zenith, low = (hexed("8fa2d6"), hexed("f8d3cf")) if rosy else (hexed("5fa3dc"), hexed("cfe6f5"))
    if shot.brief.colours:
        zenith = shot.brief.colours[0]
        low = zenith.towards(Colour(1, 1, 1), 0.65)
    picture = _sky(zenith, low, width, height, height * 0.8)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    for cells, low_edge, lift in (((5, 4), 0.15, 0.02), ((4, 3), -0.05, -0.35)):
        field = resized(fbm(random, 256, cells, 6, 0.52), width, height)
        above = np.roll(field, max(2, height // 40), axis=0)
        cover = smoothstep(low_edge, low_edge + 0.55, field + (rows - 0.62 + lift) * 1.7)
        lit = np.clip(0.93 + (field - above) * 0.35, 0.72, 1.0)
        tint = np.array([1.0, 0.965, 0.95] if rosy else [0.99, 0.995, 1.0], np.float32)
        picture = mix(picture, floats(lit[..., None] * tint), cover * 0.94)
    return as_array(blurred_8bit(as_image(picture), width / 170))


def underwater(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Blue deepening downwards, light falling in shafts from the surface, rising bubbles."""
    top, deep = hexed("7fd3df"), hexed("0e5675")
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    picture = mix(top.array, deep.array, down**0.8) * np.ones((1, width, 1), np.float32)
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(9):
        x, half = width * (0.1 + 0.8 * chance(random)), width * (0.010 + 0.030 * chance(random))
        reach = x + (x - width * (0.5 + 0.2 * shot.side)) * 0.9
        draw.polygon([(x - half, -6), (x + half, -6), (reach + half * 3, height), (reach - half * 3, height)],
                     fill=int(40 + 90 * chance(random)))  # fmt: skip
    shafts = as_array(blurred_8bit(mask, width / 50))[..., None] * np.clip(1 - down * 0.95, 0, 1)
    picture = picture + (1 - picture) * shafts * 0.7
    for _ in range(46):
        x, y = chance(random) * width, chance(random) * height
        shapes.add_disc(picture, x, y, width * (0.003 + 0.012 * chance(random) ** 2), hexed("d8f6fa"), 0.45)
    return as_array(blurred_8bit(as_image(picture), width / 260 * shot.treatment.blur + 0.5))


def space(random: Random, shot: Shot, width: int, height: int) -> Array:
    """Stars, a veil of nebula and the lit limb of a planet."""
    first = (
        shot.brief.colours[0]
        if shot.brief.colours
        else (hexed("6a4fb0"), hexed("2f7fae"), hexed("a8506e"), hexed("3a5fb8"))[shot.variant]
    )
    second = first.towards(hexed("e08a6a"), 0.5)
    veil = resized(fbm(random, 256, (3, 3), 6, 0.55), width, height)
    other = resized(fbm(random, 256, (4, 4), 5, 0.55), width, height)
    picture = np.ones((height, width, 1), np.float32) * hexed("070a16").array
    picture += smoothstep(-0.1, 1.2, veil)[..., None] * first.array * 0.55
    picture += smoothstep(0.25, 1.3, veil + other * 0.6)[..., None] * second.array * 0.40
    points = random.random((height, width), dtype=np.float32)
    stars = np.where(points > 0.9985, (points - 0.9985) / 0.0015, 0).astype(np.float32)
    picture += stars[..., None] * 0.9 + blurred(stars, 0.9)[..., None] * 1.2
    for _ in range(16):
        x, y = chance(random) * width, chance(random) * height
        shapes.add_disc(picture, x, y, 1.6 + 1.6 * chance(random), hexed("eef2ff"), 0.9)
    picture = floats(np.clip(picture, 0, 1))
    _planet(random, picture, shot, first)
    return picture


def _planet(random: Random, picture: Array, shot: Shot, colour: Colour) -> None:
    """A large globe low in one corner, lit from the key light's side, with a thin glowing atmosphere."""
    height, width = picture.shape[:2]
    radius = width * 0.46
    x = np.arange(width, dtype=np.float32)[None, :] - np.float32(width * (0.5 - shot.side * 0.42))
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32(height * 0.98)
    away = np.sqrt(x * x + y * y) / np.float32(radius)
    depth = np.sqrt(np.clip(1 - away * away, 0, 1))
    light = np.clip((x * shot.side * 0.75 - y * 0.55) / np.float32(radius) + depth * 0.25, 0.0, 1.0)
    bands = resized(fbm(random, 128, (9, 2), 4, 0.5), width, height)
    ground = colour.towards(hexed("d9c3a0"), 0.45)
    surface = floats((light * (0.9 + bands * 0.12))[..., None] * ground.array)
    picture[:] = mix(picture, surface, smoothstep(1.004, 0.996, floats(away)))
    rim = np.exp(-np.abs(away - 1.0) * 26) * np.clip((x * shot.side - y) / np.float32(radius), 0, 1)
    picture += (1 - picture) * (rim * 0.55)[..., None] * hexed("9fc6ff").array


def _sky(zenith: Colour, low: Colour, width: int, height: int, foot: float) -> Array:
    up = np.clip(np.arange(height, dtype=np.float32) / max(foot, 1), 0, 1)[:, None, None]
    return mix(zenith.array, low.array, up**1.2) * np.ones((1, width, 1), np.float32)


def _veiled(random: Random, picture: Array, foot: float, strength: float) -> Array:
    """Thin clouds in the upper part."""
    height, width = picture.shape[:2]
    cloud = resized(fbm(random, 256, (5, 2), 5, 0.55), width, height)
    up = np.clip(np.arange(height, dtype=np.float32)[:, None] / max(foot, 1), 0, 1)
    veil = smoothstep(0.05, 0.9, cloud) * np.clip(1 - up, 0, 1) * np.float32(strength)
    return mix(picture, np.array([1.0, 0.99, 0.975], np.float32), floats(veil))


def _ridge(random: Random, width: int, row: float, rough: float, octaves: int = 5) -> Array:
    """The row of a skyline per column, wandering around `row` by about `rough` px."""
    line = fbm(random, 256, (1, 2), octaves, 0.5)[:1]
    return floats(np.float32(row) + resized(line, width, 1)[0] * np.float32(rough))
