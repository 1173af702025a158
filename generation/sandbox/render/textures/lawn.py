"""Grass and moss."""

from __future__ import annotations

import numpy as np

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random, fbm, sampled
from generation.sandbox.render.plane import Plane
from generation.sandbox.render.raster import Array, floats, mix, smoothstep

TILE = 512


def grass(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """A short lawn: blades as upright streaks of light and dark green over soft tufts."""
    ground = tone or Colour(0.44, 0.57, 0.26)
    deep = Colour(ground.red * 0.34, ground.green * 0.42, ground.blue * 0.36)
    pale = ground.towards(Colour(0.86, 0.90, 0.52), 0.42)
    tufts = fbm(random, TILE, (5, 5), 5, 0.55)
    blades = fbm(random, TILE, (40, 128), 3, 0.75)
    bend = sampled(tufts, plane.x * 0.4, plane.z * 0.4)
    near = sampled(blades, plane.x * 0.62 + bend * 9, plane.z * 0.30)
    far = sampled(blades, plane.x * 0.27 + 77, plane.z * 0.13 + bend * 6)
    keeps = plane.keeps(10)
    level = 0.5 + bend * 0.20 + near * 0.30 * keeps + far * (0.16 + 0.14 * (1 - keeps))
    colour = mix(deep.array, ground.array, smoothstep(0.0, 0.55, floats(level))[..., None])
    return floats(np.clip(mix(colour, pale.array, (smoothstep(0.62, 1.15, floats(level)) * 0.85)[..., None]), 0, 1))
