"""Float pictures: resizing, blurring and mixing arrays of shape (h, w) or (h, w, 3), values 0…1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Array = npt.NDArray[np.float32]
BILINEAR, BICUBIC, BOX = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BOX


def floats(values: npt.ArrayLike) -> Array:
    """The values as 32-bit floats; no copy where they are already."""
    return np.asarray(values, dtype=np.float32)


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
    half = max(0.0, ((4.0 * sigma * sigma + 1.0) ** 0.5 - 1.0) / 2.0)
    return _box_down(_box_down(array, half).swapaxes(0, 1), half).swapaxes(0, 1)


def _box_down(array: Array, half: float) -> Array:
    """Mean over 2 × `half` + 1 rows."""
    whole = int(half)
    rows = array.shape[0]
    padded = np.pad(array, [(whole + 1, whole + 1)] + [(0, 0)] * (array.ndim - 1), mode="edge")
    total = padded[1 : 1 + rows].copy()
    for start in range(2, 2 * whole + 2):
        total += padded[start : start + rows]
    total += (half - whole) * (padded[:rows] + padded[2 * whole + 2 :])
    return floats(total / (2 * half + 1))


def blurred_8bit(image: Image.Image, radius: float) -> Image.Image:
    """Pillow's own blur, fastest for full-size 8-bit pictures and masks."""
    return image.filter(ImageFilter.GaussianBlur(radius)) if radius > 0.2 else image


def as_image(array: Array) -> Image.Image:
    """8-bit RGB or L picture of an array."""
    return Image.fromarray(np.clip(array * 255.0 + 0.5, 0, 255).astype(np.uint8))


def as_array(image: Image.Image) -> Array:
    """Float array 0…1 of an 8-bit picture."""
    return floats(np.asarray(image, dtype=np.float32) / 255.0)


def smoothstep(low: float, high: float, value: Array) -> Array:
    """0 at `low`, 1 at `high`, smooth between; works downwards too when low > high."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return floats(t * t * (3.0 - 2.0 * t))


def mix(first: Array, second: Array, amount: Array | float) -> Array:
    """Linear mix; a (h, w) amount spreads over channels."""
    weight = floats(amount)
    if weight.ndim == 2 and max(first.ndim, second.ndim) == 3:
        weight = weight[..., None]
    return first + (second - first) * weight
