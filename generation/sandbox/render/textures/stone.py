"""Hard and even: marble, concrete, brushed metal, rubber and a plain matt sheet."""

from __future__ import annotations

import numpy as np

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random, chance, fbm, sampled
from generation.sandbox.render.plane import Plane
from generation.sandbox.render.raster import Array, floats, mix, smoothstep

TILE = 512


def marble(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Polished marble: soft clouds along one direction, warped veins with one crisp and one bleeding side."""
    ground = tone or Colour(0.93, 0.925, 0.915)
    dark = ground.luma < 0.45
    vein = Colour(0.86, 0.83, 0.78) if dark else Colour(0.43, 0.43, 0.45)
    angle = 0.45 + 0.7 * chance(random)
    u, v = plane.turned(angle, 1.0)
    wide = fbm(random, TILE, (4, 4), 6, 0.55)
    warp = fbm(random, TILE, (3, 3), 5, 0.5)
    shift = sampled(warp, u * 0.34, v * 0.34)
    other = sampled(warp, u * 0.34 + 211, v * 0.34 + 97)
    a, b = u * 0.16 + shift * 26, v * 0.42 + other * 26
    field = sampled(wide, a, b)
    strength = smoothstep(-0.35, 0.75, sampled(warp, v * 0.12 + 40, u * 0.09 + 300))
    main = np.where(field > 0, np.exp(field * -34), np.exp(field * 9)) * strength
    thin = sampled(wide, b * 1.5 + 130, a * 2.6 + 57)
    hair = np.exp(np.abs(thin) * -42) * (1 - strength * 0.5) * plane.keeps(26)
    cloud = smoothstep(-0.9, 1.0, field + shift * 0.7)
    base = 1.0 - cloud * 0.10
    colour = base[..., None] * ground.array
    amount = np.clip(main * 0.62 + hair * 0.34, 0, 0.85)
    tint = vein.towards(Colour(0.62, 0.5, 0.34), 0.35 * chance(random))
    return mix(colour, tint.array, amount)


def concrete(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Cast concrete: cloudy shades, fine grit, scattered pores with a lit lower rim."""
    ground = tone or Colour(0.66, 0.655, 0.64)
    clouds = fbm(random, TILE, (3, 3), 7, 0.62)
    grit = fbm(random, TILE, (128, 128), 2, 0.8)
    shade = sampled(clouds, plane.x * 0.28, plane.z * 0.28) * 0.085
    shade += sampled(clouds, plane.x * 1.3 + 77, plane.z * 1.3) * plane.keeps(40) * 0.04
    shade += sampled(grit, plane.x * 0.8, plane.z * 0.8) * plane.keeps(9) * 0.05
    spots = fbm(random, TILE, (48, 48), 2, 0.35)
    hole = sampled(spots, plane.x * 0.75, plane.z * 0.75)
    rim = sampled(spots, plane.x * 0.75, plane.z * 0.75 - 2)
    near = plane.keeps(24)
    pores = smoothstep(1.0, 1.3, hole) * near
    lit = np.clip(smoothstep(1.0, 1.3, rim) * near - pores, 0, 1)
    tone_map = 1.0 + shade - pores * 0.34 + lit * 0.07
    return np.clip(tone_map[..., None] * ground.array, 0, 1)


def metal(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """Brushed sheet: long fine scratches in one direction and broad soft bands of light across them."""
    ground = tone or Colour(0.66, 0.675, 0.69)
    scratches = fbm(random, TILE, (128, 3), 2, 0.8)
    bands = fbm(random, TILE, (2, 3), 2, 0.5)
    fine = sampled(scratches, plane.x * 0.12, plane.z * 1.1)
    shade = 1 + fine * 0.055 * plane.keeps(8) + sampled(bands, plane.x * 0.20, plane.z * 0.05) * 0.13
    return floats(np.clip(shade[..., None] * ground.array, 0, 1))


def rubber(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """A gym's floor: dark granules with pale flecks."""
    ground = tone or Colour(0.17, 0.175, 0.185)
    grit = fbm(random, TILE, (128, 128), 2, 0.8)
    shade = 1 + sampled(grit, plane.x * 0.8, plane.z * 0.8) * plane.keeps(9) * 0.16
    spots = fbm(random, TILE, (96, 96), 1)
    flecks = smoothstep(0.72, 0.95, sampled(spots, plane.x * 0.7, plane.z * 0.7)) * plane.keeps(14)
    colour = shade[..., None] * ground.array
    return floats(np.clip(colour + (flecks * 0.30)[..., None], 0, 1))


def plain(random: Random, plane: Plane, tone: Colour | None) -> Array:
    """A seamless sheet: nothing but the faintest unevenness."""
    ground = tone or Colour(0.9, 0.885, 0.86)
    clouds = fbm(random, 128, (3, 3), 3)
    shade = 1 + sampled(clouds, plane.x * 0.07, plane.z * 0.07) * 0.012
    return floats(np.clip(shade[..., None] * ground.array, 0, 1))
