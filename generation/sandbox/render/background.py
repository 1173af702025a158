"""A model of a plain photo background: a smooth colour surface fitted to the photo's border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .raster import Array, floats


@dataclass(frozen=True)
class Background:
    """Quadratic colour surface over the photo (coordinates 0…1), in levels 0…255, with its spread."""

    coefficients: npt.NDArray[np.float64]
    noise: float

    @property
    def tolerance(self) -> float:
        """Levels within which a colour still counts as background."""
        return min(16.0, 3.5 + 3.0 * self.noise)

    def over(self, size: tuple[int, int], part: tuple[float, float, float, float]) -> Array:
        """The background's colours for `part` (left, top, right, bottom) of the photo at `size` (width, height)."""
        left, top, right, bottom = part
        x = left + (np.arange(size[0]) + 0.5) / size[0] * (right - left)
        y = top + (np.arange(size[1]) + 0.5) / size[1] * (bottom - top)
        c = self.coefficients
        across = c[0] + np.outer(x, c[1]) + np.outer(x * x, c[3])
        down = np.outer(y, c[2]) + np.outer(y * y, c[4])
        both = np.multiply.outer(np.outer(y, x), c[5])
        return floats(np.clip(across[None] + down[:, None] + both, 0, 255).astype(np.float32))


def fit_background(rgb: Array) -> Background | None:
    """Fit the border's colours robustly; None when the border is not plain enough to be one surface."""
    height, width = rgb.shape[:2]
    ring = max(2, min(height, width) // 40)
    edge = np.zeros((height, width), np.bool_)
    edge[:ring], edge[-ring:], edge[:, :ring], edge[:, -ring:] = True, True, True, True
    ys, xs = np.nonzero(edge)
    x, y = (xs + 0.5) / width, (ys + 0.5) / height
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    colours = rgb[ys, xs].astype(np.float64)
    weights = (np.abs(colours - np.median(colours, axis=0)).max(axis=1) < 45).astype(np.float64) + 1e-6
    for _ in range(4):
        weighted = terms.T * weights**2
        fitted = np.linalg.solve(weighted @ terms, weighted @ colours)
        away = np.abs(colours - terms @ fitted).max(axis=1)
        weights = 1.0 / (1.0 + (away / 6.0) ** 2)
    near = away < 12.0
    if near.mean() < 0.8:
        return None
    return Background(fitted, noise=float(np.median(away[near])))
