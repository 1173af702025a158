"""The floor or table top: texture, light pool, mirrored surroundings and depth blur."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from .noise import Random, fbm, sampled
from .plane import Plane, plane_below
from .raster import Array, as_array, as_image, blurred_8bit, floats, mix, resized, smoothstep
from .shot import Shot
from .textures import GLOSS, TEXTURES

PLINTH_STONES = ("marble", "wood", "concrete")


def floor_surface(shot: Shot) -> str:
    """The floor's texture; with a plinth the named stone or wood goes to the plinth instead."""
    return "plain" if shot.plinth and shot.surface in PLINTH_STONES else shot.surface


def gloss_of(shot: Shot) -> float:
    """How much the floor mirrors, 0…1."""
    gloss = GLOSS[floor_surface(shot)]
    if shot.setting == "city" and not shot.brief.daytime and shot.surface in ("concrete", "plain"):
        gloss = max(gloss, 0.62)
    return max(gloss, 0.42) if shot.brief.glossy else gloss


def lay_floor(random: Random, shot: Shot, picture: Array) -> None:
    """Paint the floor into the picture below the back row, joined softly to what is behind."""
    first = max(0, shot.back_row - 2)
    plane = plane_below(shot.ground, first)
    surface = floor_surface(shot)
    tone = shot.wall if surface == "plain" and shot.plinth else shot.tone
    ground = TEXTURES[surface](random, plane, tone)
    if surface == "water" and shot.stance == "stands":
        _ring(shot, plane, ground)
    ground *= _pool(shot, plane)[..., None] * (1 + (shot.light.array - 1) * 0.75)
    if shot.setting in ("forest", "autumn") and not shot.camera.overhead:
        ground *= _dappled(random, shot, plane)[..., None]
    if not shot.camera.overhead:
        ground = _mirrored(shot, picture, ground, first)
        ground = _focused(shot, plane, ground)
    picture[first:] = mix(picture[first:], ground, _join(shot, first))


def _pool(shot: Shot, plane: Plane) -> Array:
    """Light on the floor: brightest around and beside the product, fading away from the lamp."""
    reach = np.float32(shot.width * 0.9)
    x = (plane.x - np.float32((shot.foot - shot.camera.centre) + shot.side * shot.width * 0.15)) / reach
    z = (plane.z - 80) / (reach * np.float32(1.0 if shot.camera.overhead else 2.4))
    z = np.clip(z, -1.0, 0.6)
    x = np.clip(x, -1.2, 1.2)
    if shot.brief.light.low_key:
        glow = min(1.7, 0.6 / max(*(shot.tone or shot.wall), 0.05))
        return floats(0.25 + glow * np.exp(-(x * x + z * z) * 5.0))
    falloff = 0.26
    lean = np.float32(0.07 * shot.side) * np.clip(x, -1, 1)
    return floats(np.clip(1.05 - falloff * np.sqrt(x * x + z * z + 0.01) + lean, 0.06, 1.1))


def _dappled(random: Random, shot: Shot, plane: Plane) -> Array:
    """Sun through leaves: round soft spots on the ground."""
    spots = fbm(random, 256, (7, 7), 2, 0.4)
    lit = smoothstep(-0.15, 0.75, sampled(spots, plane.x * 0.14, plane.z * 0.14))
    x, z = (plane.x - (shot.foot - shot.camera.centre)) / (0.45 * shot.width), plane.z / (0.8 * shot.width)
    lit = np.maximum(lit, np.exp(-(x * x + z * z)))  # the product stands in a patch of sun
    return floats(0.78 + lit * (0.55 if shot.hardness > 0.3 else 0.3))


def _mirrored(shot: Shot, picture: Array, ground: Array, first: int) -> Array:
    """Mix in the surroundings mirrored about the back row, most at grazing angles; every floor takes some."""
    rows = ground.shape[0]
    behind = picture[max(0, first - rows) : max(1, first)][::-1]
    small = resized(np.ascontiguousarray(behind[::4, ::4]), shot.width // 8, max(2, rows // 8))
    streak = (1.2, 5.0) if shot.setting in ("city", "festive") else (2.5, 4.0)
    image = as_image(small).filter(ImageFilter.GaussianBlur(streak))
    mirrored = as_array(image.resize((shot.width, rows), Image.Resampling.BICUBIC))
    grazing = np.linspace(1.0, 0.35, rows, dtype=np.float32)[:, None]
    amount = gloss_of(shot) * grazing + 0.16 * grazing**3
    return mix(ground, mirrored, np.broadcast_to(amount, (rows, shot.width)))


def _focused(shot: Shot, plane: Plane, ground: Array) -> Array:
    """Blur what lies well behind or before the product."""
    strength = 2.6 * shot.treatment.blur * shot.width / 1024
    soft = as_array(blurred_8bit(as_image(ground), strength))
    depth = 1 + plane.z[:, :1] / np.float32(shot.camera.focal)
    away = np.maximum(smoothstep(1.06, 1.42, depth), smoothstep(0.93, 0.80, depth) * 0.9)
    return mix(ground, soft, np.broadcast_to(away, ground.shape[:2]))


def _join(shot: Shot, first: int) -> Array:
    """Weight of the floor per row: a wide curve on a studio sweep, a soft edge elsewhere."""
    rows = np.arange(first, shot.height, dtype=np.float32)[:, None]
    sweep = floor_surface(shot) == "plain" and shot.setting == "studio"
    if shot.setting == "sky" and not shot.camera.overhead:  # clouds have no edge
        return np.broadcast_to(smoothstep(shot.back_row, shot.height * 0.93, rows), (rows.size, shot.width))
    span = shot.height * 0.13 if sweep else (2.0 + 3.0 * shot.treatment.blur) * (2.2 if shot.place.open_air else 1.0)
    weight = smoothstep(shot.back_row, shot.back_row + span, rows) if shot.back_row else np.ones_like(rows)
    return np.broadcast_to(weight, (rows.size, shot.width))


def _ring(shot: Shot, plane: Plane, ground: Array) -> None:
    """Rings around where the product touches the water."""
    x = plane.x - np.float32(shot.foot - shot.camera.centre)
    away = np.sqrt(x * x + plane.z * plane.z) - np.float32(shot.box[2] * 0.42)
    wave = np.sin(away * 0.085) * np.exp(-np.abs(away) * 0.0065) * plane.keeps(60)
    ground += (wave * 0.07)[..., None]
