"""Sand with wind ripples, and snow."""

from __future__ import annotations

import numpy as np

from ..colour import Colour
from ..noise import Random, fbm, sampled
from ..plane import Plane
from ..raster import Array

TILE = 512


def sand(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Dry sand: wandering wind ripples lit from the side, dents, and grains of mixed colour."""
    ground = tone or Colour(0.90, 0.80, 0.655)
    bumps = fbm(random, TILE, (4, 4), 6, 0.52)
    u, v = plane.turned(0.12 + 0.3 * float(random.random()))
    bend = sampled(bumps, u * np.float32(0.22), v * np.float32(0.22))
    phase = v / np.float32(74) + bend * np.float32(1.25)
    wave = phase - np.floor(phase)
    crest = np.where(wave < 0.68, wave / np.float32(0.68), (1 - wave) / np.float32(0.32))
    presence = np.clip(np.float32(0.6) + sampled(bumps, u * np.float32(0.11) + 90, v * np.float32(0.11) + 33), 0.1, 1)
    slope = np.where(wave < 0.68, np.float32(0.5), np.float32(-1.0)) * np.sin(crest * np.float32(np.pi))
    dents = sampled(bumps, u * np.float32(0.8), v * np.float32(0.8)) - sampled(bumps, u * np.float32(0.8) + 4, v * np.float32(0.8) - 3)
    shade = slope * presence * np.float32(0.15) * plane.keeps(80) + dents * np.float32(0.16) * plane.keeps(26)
    grains = random.random((TILE, TILE), dtype=np.float32) - np.float32(0.5)
    speck = sampled(grains, plane.x * np.float32(0.62), plane.z * np.float32(0.30))
    coarse = sampled(grains, plane.x * np.float32(0.27) + 50, plane.z * np.float32(0.13)) * plane.keeps(16)
    shade += speck * np.float32(0.15) * np.clip(6 / plane.step, 0.15, 1) + coarse * np.float32(0.08)
    colour = (1 + shade)[..., None] * ground.array
    colour += (shade * np.float32(0.35))[..., None] * np.array([0.10, 0.02, -0.10], np.float32)
    return np.clip(colour, 0, 1)


def snow(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Fresh snow: rounded drifts with bluish hollows and single glints."""
    ground = tone or Colour(0.93, 0.945, 0.97)
    bumps = fbm(random, TILE, (4, 4), 5, 0.46)
    height = sampled(bumps, plane.x * np.float32(0.3), plane.z * np.float32(0.3))
    lower = sampled(bumps, plane.x * np.float32(0.3) + 2, plane.z * np.float32(0.3) - 3)
    slope = (height - lower) * np.float32(0.9)
    grains = random.random((TILE, TILE), dtype=np.float32)
    speck = sampled(grains, plane.x * np.float32(0.6), plane.z * np.float32(0.3))
    glint = np.clip(speck - np.float32(0.9), 0, 1) * np.float32(1.5) * plane.keeps(14)
    colour = (1 + slope * np.float32(0.24) + (speck - np.float32(0.5)) * np.float32(0.03))[..., None] * ground.array
    colour -= np.clip(-slope, 0, 1)[..., None] * np.array([0.16, 0.10, 0.02], np.float32)
    return np.clip(colour + glint[..., None], 0, 1)
