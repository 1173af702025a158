"""Woven cloth with threads and folds."""

from __future__ import annotations

import numpy as np

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random, chance, fbm, sampled
from generation.sandbox.render.plane import Plane
from generation.sandbox.render.raster import Array, floats

TILE = 512


def fabric(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Linen: uneven threads over and under each other, slubs, and soft folds lit from the side."""
    ground = tone or Colour(0.86, 0.82, 0.75)
    u, v = plane.turned(0.25 + 0.4 * chance(random))
    folds = fbm(random, TILE, (3, 5), 3, 0.38)
    height = _fold(folds, u, v)
    slope = height - _fold(folds, u + 7, v - 9)
    u = u + height * 14
    pitch = 7.0
    slubs = fbm(random, TILE, (128, 6), 3, 0.7)
    warp = sampled(slubs, u * 0.20, v * 0.5)
    weft = sampled(slubs, v * 0.20 + 60, u * 0.5)
    over = np.sin(u * np.float32(np.pi) / pitch + warp * 0.5) * np.sin(v * np.float32(np.pi) / pitch + weft * 0.5)
    weave = over * 0.06 * plane.keeps(float(pitch) * 1.6)
    threads = (warp + weft) * 0.034 * plane.keeps(16)
    shade = 1 + slope * 1.5 + (height - 0.1) * 0.07 + weave + threads
    colour = np.clip(shade, 0.3, 1.25)[..., None] * ground.array
    return np.clip(colour, 0, 1)


def gingham(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """A picnic cloth: crossing stripes of one colour on white, on lightly creased cotton."""
    stripe = (tone or Colour(0.77, 0.20, 0.19)).array
    u, v = plane.turned(0.18 + 0.3 * chance(random))
    pitch = np.float32(46.0)
    across, down = _band(u, pitch, plane), _band(v, pitch, plane)
    cover = (across + down) * 0.5
    folds = fbm(random, TILE, (3, 4), 3, 0.4)
    slope = _fold(folds, u, v) - _fold(folds, u + 7, v - 9)
    threads = fbm(random, TILE, (128, 128), 1)
    shade = 1 + slope * 0.9 + sampled(threads, u * 0.9, v * 0.9) * 0.03 * plane.keeps(9)
    white = np.array([0.955, 0.945, 0.92], np.float32)
    return floats(np.clip((white + (stripe - white) * cover[..., None]) * shade[..., None], 0, 1))


def _band(along: Array, pitch: np.float32, plane: Plane) -> Array:
    """1 on every other stripe, 0 between, with edges as soft as a pixel is deep."""
    phase = np.abs((along / pitch) % 2 - 1)  # 0…1…0 over a stripe and its gap
    soft = np.clip(plane.step / pitch, 0.02, 0.5)
    return floats(np.clip((phase - 0.5) / soft + 0.5, 0, 1))


def _fold(folds: Array, u: Array, v: Array) -> Array:
    """Height of the folds −1…1: rounded ridges of warped noise."""
    field = sampled(folds, u * 0.17, v * 0.26)
    return floats(1.0 - np.sqrt(field * field + 0.06) * 1.3)
