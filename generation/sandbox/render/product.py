"""The cut-out product as the scene sees it: pixels at their final size, stance and colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from .colour import hue_of
from .cutout import Cutout
from .raster import Array, as_array


@dataclass(frozen=True)
class Silhouette:
    """What the product's shape tells before it is placed; shares are of its width, 0…1."""

    aspect: float  # width / height
    contact: float  # from the first to the last column that touches the ground
    touching: float  # columns that touch the ground
    lean: float  # how far its middle is from being over what touches the ground, 0 where it is
    hue: float
    chroma: float
    luma: float

    @property
    def balanced(self) -> bool:
        """Whether it would not fall over: a ball stands, a tilted hat does not."""
        return self.contact >= 0.42 or (self.contact >= 0.2 and self.lean == 0)

    @property
    def slack(self) -> bool:
        """Whether its outline is that of clothes: taller than wide, and narrow where it ends."""
        return self.aspect < 0.95 and self.touching < 0.5


@dataclass(frozen=True)
class CutProduct:
    """Pixels at final size: rgb (h, w, 3) and alpha (h, w), 0…1; `left`, `top` place them in the picture."""

    rgb: Array
    alpha: Array
    left: int
    top: int

    @property
    def width(self) -> int:
        return int(self.alpha.shape[1])

    @property
    def height(self) -> int:
        return int(self.alpha.shape[0])

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def gaps(self) -> Array:
        """Per column the distance in px from its lowest pixel to the product's base; the height where empty."""
        solid = self.alpha > 0.5
        lowest = np.argmax(solid[::-1], axis=0).astype(np.float32)
        return np.where(solid.any(axis=0), lowest - lowest[solid.any(axis=0)].min(initial=self.height), self.height)


def silhouette_of(cutout: Cutout) -> Silhouette:
    """Measure the cut-out on a small copy."""
    small = cutout.image.copy()
    small.thumbnail((160, 160), Image.Resampling.BOX)
    pixels = as_array(small)
    rgb, alpha = pixels[..., :3].reshape(-1, 3), pixels[..., 3]
    solid = alpha > 0.5
    lowest = np.where(solid.any(axis=0), np.argmax(solid[::-1], axis=0), alpha.shape[0])
    columns = np.nonzero(lowest <= max(2, 0.035 * alpha.shape[0]))[0]
    contact = (columns.max() - columns.min() + 1) / alpha.shape[1] if columns.size else 0.0
    touching = columns.size / alpha.shape[1]
    hue, chroma = hue_of(rgb, alpha.ravel())
    luma = float((rgb @ np.array([0.299, 0.587, 0.114]) * alpha.ravel()).sum() / max(float(alpha.sum()), 1e-6))
    middle = float((alpha.sum(axis=0) * np.arange(alpha.shape[1])).sum() / max(float(alpha.sum()), 1e-6))
    lean = max(0.0, columns.min() - middle, middle - columns.max()) / alpha.shape[1] if columns.size else 1.0
    aspect = cutout.image.width / cutout.image.height
    return Silhouette(aspect, float(contact), touching, float(lean), hue, chroma, luma)


def placed(cutout: Cutout, width: int, height: int, left: int, top: int) -> CutProduct:
    """The product scaled to width × height px with its upper left corner at left, top."""
    image = cutout.image.resize((width, height), Image.Resampling.LANCZOS)
    pixels = as_array(image)
    return CutProduct(pixels[..., :3], np.ascontiguousarray(pixels[..., 3]), left, top)
