"""Clear shallow water with caustics."""

from __future__ import annotations

import numpy as np

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random, fbm, sampled
from generation.sandbox.render.plane import Plane
from generation.sandbox.render.raster import Array, floats, mix

TILE = 512


def water(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """A shallow pool: a web of caustic light on its floor under moving ripples."""
    ground = tone or Colour(0.56, 0.78, 0.82)
    field = fbm(random, TILE, (6, 6), 4, 0.45)
    bend = sampled(field, plane.x * 0.22, plane.z * 0.22)
    u, v = plane.x * 0.30 + bend * 20, plane.z * 0.30 - bend * 20
    web = np.minimum(np.abs(sampled(field, u, v)), np.abs(sampled(field, v * 0.8 + 71, u * 0.8 + 19)))
    lines = np.exp(web * -11) * plane.keeps(34)
    deep = Colour(ground.red * 0.62, ground.green * 0.74, ground.blue * 0.80)
    colour = mix(deep.array, ground.array, np.clip(0.55 + bend * 0.4, 0, 1)[..., None])
    return floats(np.clip(colour + (lines * 0.36)[..., None] * np.array([0.95, 1.0, 0.97], np.float32), 0, 1))
