"""Sand with wind ripples, and snow."""

from __future__ import annotations

import numpy as np

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random, chance, fbm, sampled
from generation.sandbox.render.plane import Plane
from generation.sandbox.render.raster import Array, floats

TILE = 512


def sand(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Dry sand: wandering wind ripples lit from the side, dents, and grains of mixed colour."""
    ground = tone or Colour(0.90, 0.80, 0.655)
    bumps = fbm(random, TILE, (4, 4), 6, 0.52)
    u, v = plane.turned(0.12 + 0.3 * chance(random))
    bend = sampled(bumps, u * 0.22, v * 0.22)
    phase = v / 74 + bend * 1.25
    wave = phase - np.floor(phase)
    crest = np.where(wave < 0.68, wave / 0.68, (1 - wave) / 0.32)
    presence = np.clip(0.6 + sampled(bumps, u * 0.11 + 90, v * 0.11 + 33), 0.1, 1)
    slope = np.where(wave < 0.68, 0.5, -1.0) * np.sin(crest * np.float32(np.pi))
    dents = sampled(bumps, u * 0.8, v * 0.8) - sampled(bumps, u * 0.8 + 4, v * 0.8 - 3)
    shade = slope * presence * 0.15 * plane.keeps(80) + dents * 0.16 * plane.keeps(26)
    grains = random.random((TILE, TILE), dtype=np.float32) - 0.5
    speck = sampled(grains, plane.x * 0.62, plane.z * 0.30)
    coarse = sampled(grains, plane.x * 0.27 + 50, plane.z * 0.13) * plane.keeps(16)
    shade += speck * 0.15 * np.clip(6 / plane.step, 0.15, 1) + coarse * 0.08
    colour = (1 + shade)[..., None] * ground.array
    colour += (shade * 0.35)[..., None] * np.array([0.10, 0.02, -0.10], np.float32)
    return floats(np.clip(colour, 0, 1))


def snow(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Fresh snow: rounded drifts with bluish hollows and single glints."""
    ground = tone or Colour(0.93, 0.945, 0.97)
    bumps = fbm(random, TILE, (4, 4), 5, 0.46)
    height = sampled(bumps, plane.x * 0.3, plane.z * 0.3)
    lower = sampled(bumps, plane.x * 0.3 + 2, plane.z * 0.3 - 3)
    slope = (height - lower) * 0.9
    grains = random.random((TILE, TILE), dtype=np.float32)
    speck = sampled(grains, plane.x * 0.6, plane.z * 0.3)
    glint = np.clip(speck - 0.9, 0, 1) * 1.5 * plane.keeps(14)
    colour = (1 + slope * 0.24 + (speck - 0.5) * 0.03)[..., None] * ground.array
    colour -= np.clip(-slope, 0, 1)[..., None] * np.array([0.16, 0.10, 0.02], np.float32)
    return floats(np.clip(colour + glint[..., None], 0, 1))
