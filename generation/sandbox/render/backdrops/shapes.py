"""Things drawn out of focus: leaves, fronds, discs of light, vessels."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from generation.sandbox.render.colour import Colour
from generation.sandbox.render.noise import Random, chance
from generation.sandbox.render.raster import Array, as_array, floats, smoothstep

Point = tuple[float, float]


def eight_bit(colour: Colour, factor: float = 1.0) -> tuple[int, int, int]:
    """The colour as 8-bit values for drawing."""
    red, green, blue = (int(min(1.0, max(0.0, c * factor)) * 255 + 0.5) for c in colour)
    return red, green, blue


def leaf(
    draw: ImageDraw.ImageDraw, start: Point, angle: float, length: float, broad: float, fill: int | tuple[int, int, int]
) -> None:
    """One pointed leaf from its stem outwards; `broad` is its half width over its length."""
    t = np.linspace(0.0, 1.0, 9)
    half = np.sin(np.pi * t**0.8) * broad * length
    c, s = np.cos(angle), np.sin(angle)
    upper = [
        (start[0] + c * a * length - s * b, start[1] + s * a * length + c * b) for a, b in zip(t, half, strict=True)
    ]
    lower = [
        (start[0] + c * a * length + s * b, start[1] + s * a * length - c * b) for a, b in zip(t, half, strict=True)
    ]
    draw.polygon(upper + lower[::-1], fill=fill)


def frond(
    draw: ImageDraw.ImageDraw,
    random: Random,
    start: Point,
    angle: float,
    length: float,
    fill: int | tuple[int, int, int],
) -> None:
    """A bending stem with leaflets on both sides."""
    bend = (chance(random) - 0.4) * 0.9
    x, y = start
    steps = 15
    for step in range(steps):
        part = step / steps
        heading = angle + bend * part
        x, y = x + np.cos(heading) * length / steps, y + np.sin(heading) * length / steps
        size = length * 0.36 * np.sin(np.pi * (0.15 + 0.8 * part))
        for hand in (-1, 1):
            spread = hand * (1.0 - 0.35 * part + 0.12 * chance(random))
            leaf(draw, (x, y), heading + spread, size, 0.075, fill)
    draw.line([start, (x, y)], fill=fill, width=max(1, int(length / 110)))


def add_disc(canvas: Array, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
    """Add an out-of-focus light: a flat disc with a slightly brighter rim, clipped to the canvas."""
    reach = int(radius + 2)
    top, left = int(y) - reach, int(x) - reach
    y0, y1 = max(0, top), min(canvas.shape[0], top + 2 * reach + 1)
    x0, x1 = max(0, left), min(canvas.shape[1], left + 2 * reach + 1)
    if y0 >= y1 or x0 >= x1:
        return
    rows = np.arange(y0, y1, dtype=np.float32)[:, None] - np.float32(y)
    columns = np.arange(x0, x1, dtype=np.float32)[None, :] - np.float32(x)
    away = np.sqrt(rows * rows + columns * columns) / np.float32(radius)
    disc = smoothstep(1.0, 1.0 - 1.6 / radius, floats(away)) * (0.72 + 0.28 * away**4)
    patch = canvas[y0:y1, x0:x1]
    patch += (1 - patch) * (disc * np.float32(strength))[..., None] * colour.array


def vessel(
    canvas: Array,
    centre: float,
    base: float,
    width: float,
    profile: tuple[tuple[float, float], ...],
    colour: Colour,
    side: int,
) -> None:
    """A turned vessel standing at `base`: profile pairs (height, half width) in units of `width`, lit from `side`."""
    tall = max(height for height, _ in profile) * width
    wide = max(half for _, half in profile) * width
    size = (int(2 * wide) + 5, int(tall) + 4)
    mask = Image.new("L", size, 0)
    middle = size[0] / 2
    right = [(middle + half * width, size[1] - 2 - height * width) for height, half in profile]
    left = [(2 * middle - x, y) for x, y in right]
    ImageDraw.Draw(mask).polygon(right + left[::-1], fill=255)
    shape = as_array(mask)
    across = (np.arange(size[0], dtype=np.float32) - np.float32(middle)) / np.float32(max(wide, 1))
    shade = 0.80 + across * np.float32(0.26 * side) - across * across * 0.14
    paint(canvas, shape, int(centre - middle), int(base - size[1] + 2), floats(shade[None, :, None] * colour.array))


def paint(canvas: Array, mask: Array, left: int, top: int, colour: Array) -> None:
    """Paint colour (broadcast to (h, w, 3)) through a mask placed at left, top, clipped to the canvas."""
    height, width = mask.shape
    y0, y1 = max(0, top), min(canvas.shape[0], top + height)
    x0, x1 = max(0, left), min(canvas.shape[1], left + width)
    if y0 >= y1 or x0 >= x1:
        return
    whole = np.broadcast_to(colour, (height, width, 3))[y0 - top : y1 - top, x0 - left : x1 - left]
    part = mask[y0 - top : y1 - top, x0 - left : x1 - left, None]
    patch = canvas[y0:y1, x0:x1]
    patch += (whole - patch) * part


VASE = ((0.0, 0.28), (0.25, 0.44), (0.6, 0.5), (0.95, 0.40), (1.25, 0.17), (1.5, 0.13), (1.62, 0.19))
BOTTLE = ((0.0, 0.32), (1.1, 0.32), (1.3, 0.24), (1.42, 0.12), (1.85, 0.11), (1.87, 0.14), (1.95, 0.14))
JAR = ((0.0, 0.40), (0.05, 0.44), (0.80, 0.44), (0.86, 0.40), (0.87, 0.46), (1.02, 0.46), (1.04, 0.12), (1.10, 0.10))
BOWL = ((0.0, 0.26), (0.08, 0.36), (0.25, 0.58), (0.48, 0.70), (0.52, 0.70))
CUP = ((0.0, 0.30), (0.08, 0.36), (0.75, 0.42), (0.78, 0.42))
