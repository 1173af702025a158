"""Shadows of the product: where it touches, what it throws on the floor, and what it throws on a wall."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from .camera import Camera
from .product import CutProduct
from .raster import Array, as_array, blurred, resized
from .shot import Shot

HALF = 2  # shadows are soft: they are thrown at half size


def cast_on_floor(shot: Shot, camera: Camera, alpha: Array, left: float, lift: float) -> Array:
    """Darkness 0…1 (h, w) that a standing silhouette throws on the floor; penumbra widens with height.

    `left` is its left column at the base, `lift` its height over the floor in px.
    """
    height, width = alpha.shape
    lean, away = throw(shot)
    if lift:
        lean, away = lean * 0.35, away * 0.5
    small = Image.fromarray((np.clip(alpha, 0, 1) * 255).astype(np.uint8))
    small.thumbnail((220, 220), Image.Resampling.BOX)
    size = (shot.width // HALF, shot.height // HALF)
    total = np.zeros((size[1], size[0]), np.float32)
    soft = (2.0 + (1 - shot.hardness) * 9.0) * shot.width / 1024
    bands = 4
    tips = ((0, height), (width, height), (width, 0), (0, 0))  # top left, top right, base right, base left
    corners = [_thrown(camera, left, lift, lean, away, x, up) for x, up in tips]
    coefficients = _homography(corners, small.size)
    rows = np.linspace(1, 0, small.height, dtype=np.float32)[:, None]
    whole = as_array(small)
    for band in range(bands):
        middle = band / (bands - 1)
        weight = np.clip(1 - np.abs(rows - np.float32(middle)) * (bands - 1), 0, 1)
        slice_ = Image.fromarray((whole * weight * 255).astype(np.uint8))
        thrown = slice_.transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
        reach = soft * (0.30 + 2.6 * middle + 5.0 * lift / max(height, 1))
        fade = np.float32(1 - 0.45 * middle * (1.1 - shot.hardness))
        flat = thrown.filter(ImageFilter.GaussianBlur((reach, reach * (0.30 + 1.1 * camera.squash))))
        total += as_array(flat) * fade
    return np.clip(resized(total, shot.width, shot.height), 0, 1)


def throw(shot: Shot) -> tuple[float, float]:
    """Shadow shift per unit of height: sideways, and away from the camera (negative towards it)."""
    if shot.brief.light.golden and shot.place.open_air:
        return -shot.side * 0.95, -0.85
    if shot.setting in ("beach", "forest", "autumn", "desert"):  # the sky behind is the lamp
        return -shot.side * 0.60, -0.50
    return -shot.side * (0.55 + 0.45 * shot.hardness), 0.45 + 0.25 * (1 - shot.hardness)


def _thrown(
    camera: Camera, left: float, lift: float, lean: float, away: float, x: float, y: float
) -> tuple[float, float]:
    """Picture position, at half size, of the shadow of the silhouette's point x, and y px above its base."""
    up = y + lift
    column, row = camera.floor_point(left + x - camera.centre + up * lean, up * away)
    return column / HALF, row / HALF


def _homography(corners: list[tuple[float, float]], size: tuple[int, int]) -> tuple[float, ...]:
    """Coefficients taking picture positions back to the silhouette; corners clockwise from its upper left."""
    sources = [(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, sources, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(np.linalg.solve(np.array(rows, float), np.array(values, float)))


def contact(shot: Shot, camera: Camera, product: CutProduct, left: int, lift: float = 0.0) -> tuple[Array, int]:
    """Darkness (rows, w) where the product meets the floor, and the first picture row it covers."""
    gaps = product.gaps()
    span = max(product.height, product.width)
    reach = int(0.16 * span) + 12
    first = int(camera.base) - reach
    rows = np.arange(first, min(shot.height, int(camera.base) + reach), dtype=np.float32)[:, None]
    below = rows - np.float32(camera.base)
    result = np.zeros((rows.size, shot.width), np.float32)
    for near, thick, wide, strength in (
        (0.010, 0.0042, 0.006, 0.80),
        (0.035, 0.016, 0.022, 0.55),
        (0.12, 0.050, 0.060, 0.42),
    ):
        if lift and near < 0.1:
            continue
        touching = np.exp(-gaps / np.float32(near * span))
        line = np.zeros(shot.width, np.float32)
        start, end = max(0, left), min(shot.width, left + product.width)
        line[start:end] = touching[start - left : end - left]
        line = blurred(np.repeat(line[None], 3, axis=0), wide * span * (1 + 2.5 * lift / span))[1]
        thickness = np.float32(thick * span * (0.55 + 2.2 * camera.squash))
        shift = -0.2 * thickness
        result = 1 - (1 - result) * (
            1 - np.exp(-(((below - shift) / thickness) ** 2)) * line[None, :] * np.float32(strength)
        )
    return result * np.float32(1.0 if not lift else 0.8), first


def cast_on_wall(shot: Shot, product: CutProduct, distance: float) -> Array:
    """Darkness (h, w) of the product on a wall or table right behind it, `distance` px away."""
    canvas = np.zeros((shot.height // HALF, shot.width // HALF), np.float32)
    small = resized(product.alpha, max(1, product.width // HALF), max(1, product.height // HALF), Image.Resampling.BOX)
    total = np.zeros_like(canvas)
    soft = 0.4 + (1 - shot.hardness) * 0.7
    for share, weight in ((0.25, 0.45), (0.6, 0.35), (1.1, 0.35)):
        shift = distance * share
        x = int((product.left - shot.side * shift * 0.9) / HALF)
        y = int((product.top + shift * 0.75) / HALF)
        layer = np.zeros_like(canvas)
        _put(layer, small, x, y)
        total = 1 - (1 - total) * (1 - blurred(layer, shift * soft / HALF + 0.8) * np.float32(weight))
    return np.clip(resized(total, shot.width, shot.height), 0, 1)


def _put(canvas: Array, patch: Array, left: int, top: int) -> None:
    y0, y1 = max(0, top), min(canvas.shape[0], top + patch.shape[0])
    x0, x1 = max(0, left), min(canvas.shape[1], left + patch.shape[1])
    if y0 < y1 and x0 < x1:
        canvas[y0:y1, x0:x1] = patch[y0 - top : y1 - top, x0 - left : x1 - left]


def darken(picture: Array, shade: Array, strength: float, tint: Array) -> None:
    """Multiply the picture by shadow: `tint` is the colour left in full shadow, 0…1."""
    picture *= 1 - (shade * np.float32(strength))[..., None] * (1 - tint)
