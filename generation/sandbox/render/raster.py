"""Float pictures: resizing, blurring and mixing arrays of shape (h, w) or (h, w, 3), values 0…1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Array = npt.NDArray[np.float32]
BILINEAR, BICUBIC, BOX = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BOX


def resized(array: Array, width: int, height: int, how: Image.Resampling = BICUBIC) -> Array:
    """The array at another size; channels are resized one by one to stay in float."""
    if array.ndim == 2:
        return np.asarray(Image.fromarray(array).resize((width, height), how), dtype=np.float32)
    planes = [resized(np.ascontiguousarray(array[..., c]), width, height, how) for c in range(array.shape[2])]
    return np.stack(planes, axis=2)


def blurred(array: Array, radius: float) -> Array:
    """Gaussian-like blur with standard deviation `radius` px; edges repeat. Large radii work on a reduced copy."""
    if radius < 0.3:
        return array
    height, width = array.shape[:2]
    factor = max(1, int(radius / 2.5))
    small_w, small_h = max(2, width // factor), max(2, height // factor)
    small = resized(array, small_w, small_h, BOX) if factor > 1 else array
    small = _boxed(_boxed(_boxed(small, radius / factor), radius / factor), radius / factor)
    return resized(small, width, height, BICUBIC) if factor > 1 else small


def _boxed(array: Array, sigma: float) -> Array:
    """One of three equal box blurs that together have standard deviation `sigma`; fractional box ends are mixed in."""
    half = max(0.0, (np.sqrt(12.0 * sigma * sigma / 3.0 + 1.0) - 1.0) / 2.0)
    whole, part = int(half), np.float32(half - int(half))
    for axis in (0, 1):
        pads = [(0, 0)] * array.ndim
        pads[axis] = (whole + 1, whole + 1)
        padded = np.pad(array, pads, mode="edge")
        length, total = array.shape[axis], 2 * whole + 1
        rows = [slice(None)] * array.ndim

        def window(start: int, padded: Array = padded, rows: list[slice] = rows, axis: int = axis,
                   length: int = length) -> Array:
            rows[axis] = slice(start, start + length)
            return padded[tuple(rows)]

        out = window(1).copy()
        for step in range(2, total + 1):
            out += window(step)
        out += part * (window(0) + window(total + 1))
        array = out / np.float32(total + 2 * float(part))
    return array


def blurred_8bit(image: Image.Image, radius: float) -> Image.Image:
    """Pillow's own blur, fastest for full-size 8-bit pictures and masks."""
    return image.filter(ImageFilter.GaussianBlur(radius)) if radius > 0.2 else image


def as_image(array: Array) -> Image.Image:
    """8-bit RGB or L picture of an array."""
    return Image.fromarray(np.clip(array * 255.0 + 0.5, 0, 255).astype(np.uint8))


def as_array(image: Image.Image) -> Array:
    """Float array 0…1 of an 8-bit picture."""
    return np.asarray(image, dtype=np.float32) / np.float32(255.0)


def smoothstep(low: float, high: float, value: Array) -> Array:
    """0 at `low`, 1 at `high`, smooth between; works downwards too when low > high."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return t * t * (np.float32(3.0) - np.float32(2.0) * t)


def mix(first: Array, second: Array, amount: Array | float) -> Array:
    """Linear mix; a (h, w) amount spreads over channels."""
    weight = np.asarray(amount, dtype=np.float32)
    if weight.ndim == 2 and max(first.ndim, second.ndim) == 3:
        weight = weight[..., None]
    return first + (second - first) * weight
