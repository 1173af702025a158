"""The product alone: on a ground that is 255, 255, 255 wherever no shadow falls, or on nothing."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from .product import CutProduct
from .raster import Array, blurred, floats
from .shadow import cast_on_wall, contact
from .shot import Shot

LEAST = 0.02  # what is left of a shadow below this is cut off, so that the ground is pure from there on
DEEPEST = 0.62


def packshot(shot: Shot, product: CutProduct) -> Image.Image:
    """RGB on white, or RGBA with nothing behind; the product has the colours of its photo."""
    rgb, alpha = _edged(product), np.clip(product.alpha, 0, 1)
    whole, colours = np.zeros((shot.height, shot.width), np.float32), np.zeros((shot.height, shot.width, 3), np.float32)
    rows, columns, inner = _window(shot, product)
    whole[rows, columns] = alpha[inner]
    colours[rows, columns] = rgb[inner]
    shade = _shade(shot, product)
    if shot.brief.ground == "white":
        ground = (1 - shade)[..., None] * (1 - whole[..., None])
        return _sharpened(shot, Image.fromarray(_levels(floats(ground + colours * whole[..., None]))))
    covered = floats(whole + shade * (1 - whole))
    share = (whole / np.maximum(covered, 1e-4))[..., None]  # a shadow is black that can be seen through
    image = _sharpened(shot, Image.fromarray(_levels(colours)))
    opaque = Image.fromarray(_levels(floats(np.asarray(image, np.float32) / 255 * share)))
    return Image.merge("RGBA", (*opaque.split(), Image.fromarray(_levels(covered))))


def _edged(product: CutProduct) -> Array:
    """The product's colours with those of its soft edge taken from within, so that no old background shows there."""
    solid = (product.alpha > 0.97).astype(np.float32)
    near = blurred(solid, 2.0)
    inside = blurred(product.rgb * solid[..., None], 2.0) / np.maximum(near, 1e-3)[..., None]
    amount = (1 - solid) * np.clip(near * 6, 0, 1)
    return floats(product.rgb + (inside - product.rgb) * amount[..., None])


def _window(shot: Shot, product: CutProduct) -> tuple[slice, slice, tuple[slice, slice]]:
    """Rows and columns of the picture that the product covers, and the part of the product that is seen there."""
    y0, y1 = max(0, product.top), min(shot.height, product.bottom)
    x0, x1 = max(0, product.left), min(shot.width, product.left + product.width)
    inner = (slice(y0 - product.top, y1 - product.top), slice(x0 - product.left, x1 - product.left))
    return slice(y0, y1), slice(x0, x1), inner


def _shade(shot: Shot, product: CutProduct) -> Array:
    """Darkness 0…1 (h, w) where the product meets its ground, and exactly 0 elsewhere."""
    shade = np.zeros((shot.height, shot.width), np.float32)
    if not shot.brief.shadow or shot.stance == "hovers":
        return shade
    if shot.stance == "lies":
        shade = cast_on_wall(shot, product, 0.018 * max(product.width, product.height)) * np.float32(0.55)
    else:
        touch, first = contact(shot, shot.camera, product, product.left)
        shade[first : first + touch.shape[0]] = touch
    strength = np.float32(DEEPEST * min(1.1, shot.treatment.shadow))
    return floats(np.clip(shade * strength - LEAST, 0, 1) / (1 - LEAST))


def _sharpened(shot: Shot, image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.UnsharpMask(1.2, int(50 * shot.treatment.sharpness), 3))


def _levels(values: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
