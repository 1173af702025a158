"""Patterned light: the shadow of a window, of blinds or of leaves, as a mask (h, w), 1 lit … 0 shaded."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from generation.sandbox.render.noise import Random, chance
from generation.sandbox.render.raster import Array, as_array, blurred_8bit

from .shapes import frond

WIDE = 300


def window(random: Random, width: int, height: int, side: int) -> Array:
    """Slanting panes of a sash window thrown by a light from `side`."""
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    slant = 0.35 * side + 0.25 * (chance(random) - 0.5)
    pane_w, pane_h = width * (0.20 + 0.05 * chance(random)), height * 0.24
    left = width * (0.08 + 0.10 * chance(random)) if side < 0 else width * (0.36 + 0.10 * chance(random))
    top = -height * 0.12
    for column in range(2):
        for row in range(4):
            x0, y0 = left + column * pane_w * 1.12, top + row * pane_h * 1.10
            corners = [(x0, y0), (x0 + pane_w, y0), (x0 + pane_w, y0 + pane_h), (x0, y0 + pane_h)]
            draw.polygon([(x - slant * y, y + 0.30 * -side * (x - width / 2)) for x, y in corners], fill=255)
    return as_array(blurred_8bit(mask, width / 75))


def blinds(random: Random, width: int, height: int, side: int) -> Array:
    """Slats of light."""
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    pitch, rise = height * (0.085 + 0.02 * chance(random)), 0.26 * -side
    for row in range(-6, 20):
        y = row * pitch
        draw.polygon(
            [
                (0, y - rise * width / 2),
                (width, y + rise * width / 2),
                (width, y + pitch * 0.58 + rise * width / 2),
                (0, y + pitch * 0.58 - rise * width / 2),
            ],
            fill=255,
        )
    return as_array(blurred_8bit(mask, width / 95))


def leaves(random: Random, width: int, height: int, side: int) -> Array:
    """Shadows of a few fronds reaching in from the light's side."""
    mask = Image.new("L", (width, height), 255)
    for layer, blur in ((0, width / 42), (1, width / 80)):
        draw = ImageDraw.Draw(mask)
        for _ in range(2 + layer):
            x = width * (0.5 + side * (0.55 - 0.2 * chance(random)))
            y = height * (-0.08 + 0.45 * chance(random))
            angle = (0.15 + 0.75 * chance(random)) if side < 0 else np.pi - (0.15 + 0.75 * chance(random))
            frond(draw, random, (x, y), float(angle), width * (0.55 + 0.25 * chance(random)), 40 + 40 * layer)
        mask = blurred_8bit(mask, blur)
    return as_array(mask)
