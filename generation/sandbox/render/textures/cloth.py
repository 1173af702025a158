"""Woven cloth with threads and folds."""

from __future__ import annotations

import numpy as np

from ..colour import Colour
from ..noise import Random, fbm, sampled
from ..plane import Plane
from ..raster import Array

TILE = 512


def fabric(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Linen: uneven threads over and under each other, slubs, and soft folds lit from the side."""
    ground = tone or Colour(0.86, 0.82, 0.75)
    u, v = plane.turned(0.25 + 0.4 * float(random.random()))
    folds = fbm(random, TILE, (3, 5), 3, 0.38)
    height = _fold(folds, u, v)
    slope = height - _fold(folds, u + 7, v - 9)
    u = u + height * np.float32(14)
    pitch = np.float32(7.0)
    slubs = fbm(random, TILE, (128, 6), 3, 0.7)
    warp = sampled(slubs, u * np.float32(0.20), v * np.float32(0.5))
    weft = sampled(slubs, v * np.float32(0.20) + 60, u * np.float32(0.5))
    over = np.sin(u * np.float32(np.pi) / pitch + warp * np.float32(0.5)) * np.sin(v * np.float32(np.pi) / pitch + weft * np.float32(0.5))
    weave = over * np.float32(0.06) * plane.keeps(float(pitch) * 1.6)
    threads = (warp + weft) * np.float32(0.034) * plane.keeps(16)
    shade = 1 + slope * np.float32(1.5) + (height - np.float32(0.1)) * np.float32(0.07) + weave + threads
    colour = np.clip(shade, 0.3, 1.25)[..., None] * ground.array
    return np.clip(colour, 0, 1)


def _fold(folds: Array, u: Array, v: Array) -> Array:
    """Height of the folds −1…1: rounded ridges of warped noise."""
    field = sampled(folds, u * np.float32(0.17), v * np.float32(0.26))
    return np.float32(1.0) - np.sqrt(field * field + np.float32(0.06)) * np.float32(1.3)
