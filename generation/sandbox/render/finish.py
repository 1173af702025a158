"""The model's finish: bloom, grade, vignette, sharpness and grain."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from .noise import Random
from .raster import Array, blurred, resized
from .shot import Shot
from .treatments import Treatment

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def finished(random: Random, shot: Shot, picture: Array) -> Image.Image:
    """The graded picture as 8-bit RGB."""
    treatment = shot.treatment
    picture = _bloomed(treatment, picture)
    picture = _graded(treatment, picture)
    picture = _framed(random, treatment, picture)
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    return image.filter(ImageFilter.UnsharpMask(1.2, int(70 * treatment.sharpness), 2))


def _bloomed(treatment: Treatment, picture: Array) -> Array:
    height, width = picture.shape[:2]
    small = resized(picture, width // 4, height // 4, Image.Resampling.BOX)
    bright = np.clip((small - 0.62) * 1.6, 0, 1)
    glow = resized(blurred(bright, width / 4 / 26), width, height, Image.Resampling.BILINEAR)
    picture += (1 - picture) * np.clip(glow, 0, 1) * np.float32(0.55 * treatment.bloom)
    return picture


def _graded(treatment: Treatment, picture: Array) -> Array:
    warm = np.float32(treatment.warmth)
    picture *= np.array([1 + warm * 0.55, 1.0, 1 - warm], np.float32) * np.float32(treatment.exposure)
    np.clip(picture, 0, 1, out=picture)
    curve = picture * picture * (3 - 2 * picture)
    picture += (curve - picture) * np.float32((treatment.contrast - 1) * 2.2)
    luma = (picture @ LUMA)[..., None]
    picture += (picture - luma) * np.float32(treatment.saturation - 1)
    if any(treatment.split):
        picture += np.array(treatment.split, np.float32) * (1 - 2 * luma)
    if treatment.fade:
        picture *= np.float32(1 - treatment.fade)
        picture += np.float32(treatment.fade)
    return picture


def _framed(random: Random, treatment: Treatment, picture: Array) -> Array:
    """Vignette and luminance grain, strongest in the middle tones."""
    height, width = picture.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    away = np.clip((x * x + y * y) * 0.5 - 0.18, 0, 1)
    grain = random.standard_normal((height, width), dtype=np.float32) * np.float32(treatment.grain + 0.003)
    picture *= (1 - away * np.float32(1.1 * treatment.vignette))[..., None]
    picture += grain[..., None] * (0.45 + 2 * picture * (1 - picture))
    return picture
