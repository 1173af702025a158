"""Wooden boards with rings, fibres, pores and joints."""

from __future__ import annotations

import numpy as np

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random, chance, fbm, sampled
from generation.sandbox.render.plane import Plane
from generation.sandbox.render.raster import Array, floats, mix, smoothstep

TILE = 512


def wood(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Boards running across the picture, each with its own shade and its own cut through the rings."""
    light = tone or Colour(0.735, 0.53, 0.345)
    dark = Colour(light.red * 0.50, light.green * 0.42, light.blue * 0.36)
    along, across = plane.turned(float(random.random() - 0.5) * 0.16)
    width = np.float32(250 + 90 * chance(random))
    across = across + np.float32(1000 + width * random.random())
    board = np.floor(across / width)
    place = (across - board * width) / width
    number = board.astype(np.int32) & 63
    start = (random.random(64, dtype=np.float32) * 512)[number]
    shade = (random.random(64, dtype=np.float32) - 0.5)[number]
    heart = (random.random(64, dtype=np.float32) * 1.6 - 0.3)[number]
    rings = _rings(random, along, place, start, heart)
    fibre = fbm(random, TILE, (128, 4), 3, 0.7)
    strands = sampled(fibre, along * 0.16 + start, across * 0.9)
    fine = sampled(fibre, along * 0.35 + start * 2, across * 2.3) * plane.keeps(9)
    pores = smoothstep(0.75, 1.15, sampled(fibre, along * 0.55 - start, across * 1.6))
    amount = 0.30 + rings * 0.34 * plane.keeps(30) + strands * 0.12 * plane.keeps(14)
    amount += fine * 0.07 + shade * 0.30 + pores * 0.16 * plane.keeps(12)
    colour = mix(light.array, dark.array, np.clip(amount, 0, 1)[..., None])
    edge = np.minimum(place, 1 - place) * width
    joint = (1 - smoothstep(0.5, 3.2, edge / np.maximum(plane.step * 0.55, 1))) * np.clip(5 / plane.step, 0.25, 1)
    colour *= (1 - joint * 0.72)[..., None]
    return np.clip(colour, 0, 1)


def _rings(random: Random, along: Array, place: Array, start: Array, heart: Array) -> Array:
    """Growth rings 0…1 as cathedral arcs: distance to a wandering heart line, sharp late wood, soft early wood."""
    drift = fbm(random, TILE, (4, 2), 4, 0.5)
    bend = sampled(drift, along * 0.10 + start, place * 60 + start)
    off = place - heart + bend * 0.10
    reach = np.sqrt(off * off + (0.05 + 0.09 * bend) ** 2)
    phase = reach * 15 + bend * 1.5 + along * 0.0022
    phase -= np.floor(phase)
    return floats(phase * phase * (1 - smoothstep(0.9, 1.0, phase)))
