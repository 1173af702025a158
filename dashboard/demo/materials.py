"""Colourings of materials: glass and liquids, glazes, speckles."""

import numpy as np
from PIL import Image, ImageDraw

from dashboard.demo.distance_fields import Array
from dashboard.demo.studio import Paint, linear


def tinted(deep: str, glow: str, *, level: float = 99.0) -> Paint:
    """Coloured glass or liquid: the key light from the left comes out on the right; air above ``level`` is lighter."""
    dark, bright = linear(deep), linear(glow)

    def paint(points: Array, normals: Array, ways: Array) -> Array:
        facing = np.clip(-(ways * normals).sum(axis=0), 0, 1)
        right = np.clip(normals[0] * np.float32(0.9) + np.float32(0.45), 0, 1)
        through = facing ** np.float32(1.4) * (np.float32(0.3) + np.float32(0.7) * right) + np.float32(0.14) * facing
        air = np.clip((points[1] - np.float32(level)) / np.float32(0.012), 0, 1)
        through = np.clip(through * (1 + np.float32(0.5) * air), 0, 1)
        colour: Array = dark + (bright - dark) * through
        return colour

    return paint


def banded(colours: tuple[str, ...], heights: tuple[float, ...], *, wave: float = 0.0) -> Paint:
    """Colours from the foot up, changing at ``heights``, along a border that waves around the product."""
    values = [linear(colour) for colour in colours]

    def paint(points: Array, normals: Array, ways: Array) -> Array:
        angle = np.arctan2(points[0], points[2])
        up = points[1] + np.float32(wave) * (np.sin(3 * angle + 1) + np.float32(0.5) * np.sin(7 * angle))
        colour = np.broadcast_to(values[0], points.shape).astype(np.float32)
        for value, height in zip(values[1:], heights, strict=True):
            colour += (value - colour) * np.clip((up - np.float32(height)) / np.float32(0.008) + np.float32(0.5), 0, 1)
        return colour

    return paint


def speckles(size: tuple[int, int], count: int, colour: str, largest: float, *, seed: int) -> Image.Image:
    """A clear label with ``count`` dots, most of them tiny."""
    picture = Image.new("RGBA", size, colour[:7] + "00")
    draw = ImageDraw.Draw(picture)
    random = np.random.default_rng(seed)
    for x, y, reach in random.random((count, 3)):
        radius = 1.2 + largest * reach**6
        at = (x * size[0], y * size[1])
        draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=colour)
    return picture
