"""A rail with pegs, for what hangs."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .backdrops import shapes
from .colour import hexed
from .product import CutProduct
from .raster import Array, as_array, as_image
from .shot import Shot


def hang_on_rail(shot: Shot, product: CutProduct, picture: Array) -> None:
    """Paint the rail behind the product, with one peg where its highest point is."""
    solid = product.alpha > 0.5
    top = int(np.argmax(solid.any(axis=1)))
    x = product.left + float(np.nonzero(solid[min(top + product.height // 60, product.height - 1)])[0].mean())
    y, half = product.top + top + shot.height * 0.006, shot.height * 0.021
    colour = hexed("b58a5e") if shot.wall.luma > 0.35 else hexed("7a5a3d")
    layer, shade = as_image(picture), Image.new("L", (shot.width, shot.height), 0)
    draw, dark = ImageDraw.Draw(layer), ImageDraw.Draw(shade)
    dark.rectangle((0, y - half, shot.width, y + half * 1.9), fill=150)
    soft = as_array(shade.filter(ImageFilter.GaussianBlur(shot.width / 110)))
    draw.rectangle((0, y - half, shot.width, y + half), fill=shapes.eight_bit(colour))
    draw.rectangle((0, y - half, shot.width, y - half + 2), fill=shapes.eight_bit(colour.scaled(1.14)))
    draw.rectangle((0, y + half - 3, shot.width, y + half), fill=shapes.eight_bit(colour.scaled(0.84)))
    pitch, radius = shot.width * 0.27, shot.width * 0.0125
    for at in range(-2, 3):
        _peg(draw, x + at * pitch, y, radius, shot.side)
    painted = as_array(layer)
    changed = np.abs(painted - picture).max(axis=2, keepdims=True) > 0.006
    picture *= 1 - soft[..., None] * 0.30
    lit = painted * (1 + np.linspace(-0.06, 0.06, shot.width, dtype=np.float32)[None, :, None] * shot.side)
    np.copyto(picture, np.clip(lit * shot.light.array, 0, 1), where=changed)


def _peg(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, side: int) -> None:
    wood = hexed("cfa374")
    for part in range(6):
        r = radius * (1 - part / 7)
        at = (x + side * (radius - r) * 0.4, y - (radius - r) * 0.5)
        fill = shapes.eight_bit(wood.scaled(0.70 + 0.07 * part))
        draw.ellipse((at[0] - r, at[1] - r, at[0] + r, at[1] + r), fill=fill)
