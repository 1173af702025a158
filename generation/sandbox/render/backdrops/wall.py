"""Walls: a studio sweep with shaped panels, and the lit wall other rooms start from."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from generation.sandbox.render.colour import BLACK, WHITE, Colour
from generation.sandbox.render.noise import Random, fbm
from generation.sandbox.render.raster import Array, as_array, blurred, blurred_8bit, floats, resized
from generation.sandbox.render.shot import Shot

from . import gobo

SHADED = ("forest", "autumn", "garden", "beach")  # out of doors leaves throw the pattern, where there are any


def lit_wall(random: Random, shot: Shot, colour: Colour, width: int, height: int) -> Array:
    """A plastered wall under the key light: bright pool on the light's side, falling off to the other."""
    across = (np.arange(width, dtype=np.float32) / width - 0.5) * np.float32(shot.side)
    down = np.arange(height, dtype=np.float32)[:, None] / height
    pool = (across - 0.12) ** 2 * 1.5 + (down - 0.30) ** 2 * 0.95
    glow = min(1.9, 0.62 / max(*colour, 0.05))  # a moody wall never outshines the product
    bright, dim = 1.05 - 0.36 * np.sqrt(pool + 0.01), 0.30 + glow * np.exp(-pool * 9.0)
    level = dim if shot.brief.light.low_key else bright
    plaster = resized(fbm(random, 256, (3, 3), 6, 0.6), width, height)
    level = level * (1 + plaster * 0.011)
    return np.clip(level, 0.05, 2.2)[..., None] * (colour.array * shot.light.array)


def patterned(random: Random, shot: Shot, picture: Array, strength: float = 1.0) -> Array:
    """Throw a window, blinds or leaves onto a wall or a table when the light is hard enough or the prompt says so."""
    height, width = picture.shape[:2]
    brief = shot.brief
    sunny = shot.hardness > (0.6 if shot.variant else 0.35) and shot.variant != 3
    wanted = brief.window or brief.leaves or sunny
    if not wanted or brief.light.low_key or (shot.place.open_air and not (brief.leaves or shot.setting in SHADED)):
        return picture
    if brief.leaves or shot.place.open_air:
        mask = gobo.leaves(random, width, height, shot.side)
        if brief.window:
            mask = mask * (0.25 + 0.75 * gobo.window(random, width, height, shot.side))
    elif shot.variant % 3 == 1:
        mask = gobo.blinds(random, width, height, shot.side)
    else:
        mask = gobo.window(random, width, height, shot.side)
    amount = np.float32(strength * (0.20 + 0.16 * shot.hardness))
    cool = np.array([0.97, 0.99, 1.03], np.float32)
    warm = shot.light.array * 1.06
    lit = (1 - amount) + mask * amount * 1.32
    return floats(np.clip(picture * lit[..., None] * (cool + (warm - cool) * mask[..., None]), 0, 1))


def studio(random: Random, shot: Shot, width: int, height: int) -> Array:
    """A coloured wall, by variant bare or with an arch, a disc or a standing panel, and the light's pattern."""
    wall = lit_wall(random, shot, shot.wall, width, height)
    if shot.brief.arch or (shot.variant in (2, 3) and not shot.brief.light.low_key and shot.stance != "hangs"):
        _panel(random, shot, wall)
    return patterned(random, shot, wall)


def _panel(random: Random, shot: Shot, wall: Array) -> None:
    height, width = wall.shape[:2]
    mask = Image.new("L", (width * 2, height * 2), 0)
    draw = ImageDraw.Draw(mask)
    left, top, box_w, box_h = shot.box
    middle = left + box_w / 2 + (0.06 * shot.width * -shot.side if not shot.brief.arch else 0)
    foot = shot.back_row + 4
    if shot.brief.arch or shot.variant == 2:
        half = max(box_w * 0.72, shot.width * 0.25)
        crown = min(top - shot.height * 0.09, foot - half * 1.7) + half
        draw.pieslice((middle - half, crown - half, middle + half, crown + half), 180, 360, fill=255)
        draw.rectangle((middle - half, crown, middle + half, foot), fill=255)
    else:
        radius = max(box_w, box_h) * 0.62
        heart = top + box_h * 0.34
        draw.ellipse((middle - radius, heart - radius, middle + radius, heart + radius), fill=255)
    small = mask.resize((width, height), Image.Resampling.BOX)
    shape = as_array(blurred_8bit(small, 1.2))
    pad = width // 30
    shadow = blurred(np.pad(shape, pad, mode="edge"), width / 60)
    shadow = shadow[pad // 2 : pad // 2 + height, pad + shot.side * pad * 2 // 3 :][:, :width] * (1 - shape)
    wall *= (1 - shadow * 0.16)[..., None]
    accent = shot.wall.towards(shot.accent, 0.9 if len(shot.brief.colours) > 1 else 0.55).towards(
        BLACK if shot.wall.luma > 0.85 else WHITE, 0.04
    )
    shade = np.linspace(1.02, 0.92, height, dtype=np.float32)[:, None, None]
    level = wall.mean(axis=2, keepdims=True) / max(shot.wall.luma, 0.05)
    wall += (np.clip(accent.array * shade * level, 0, 1) - wall) * shape[..., None]
