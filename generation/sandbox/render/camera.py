"""The camera and the level plane it looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .raster import Array, floats


@dataclass(frozen=True)
class Camera:
    """A level camera. One world unit is one pixel at the product's base; the product stands at depth ratio 1.

    `horizon` and `base` are rows in px, `centre` a column in px, `focal` the distance to the product in units.
    """

    width: int
    height: int
    horizon: float
    base: float
    centre: float
    focal: float
    overhead: bool = False

    def row_at(self, depth: float) -> float:
        """The picture row of floor points at a depth ratio (1 = product, 2 = twice as far)."""
        return self.horizon + (self.base - self.horizon) / depth

    def depth_at(self, rows: Array) -> Array:
        """Depth ratio of floor points seen at rows below the horizon."""
        return floats(np.float32(self.base - self.horizon) / np.maximum(rows - np.float32(self.horizon), 0.5))

    def floor_grid(self, first_row: int) -> tuple[Array, Array, Array]:
        """World coordinates x, z in units of the floor seen from `first_row` down, and the depth ratio per row."""
        columns = np.arange(self.width, dtype=np.float32) - np.float32(self.centre)
        rows = np.arange(first_row, self.height, dtype=np.float32) + 0.5
        if self.overhead:
            x = np.broadcast_to(columns, (rows.size, self.width)).astype(np.float32)
            z = np.broadcast_to((np.float32(self.base) - rows)[:, None], x.shape).astype(np.float32)
            return x, z, np.ones(rows.size, np.float32)
        depth = self.depth_at(rows)
        x = columns[None, :] * depth[:, None]
        z = np.broadcast_to((np.float32(self.focal) * (depth - 1))[:, None], x.shape).astype(np.float32)
        return x, z, depth

    def floor_point(self, x: float, z: float) -> tuple[float, float]:
        """Picture column and row of the floor point at world x, z (units from the product's base)."""
        if self.overhead:
            return self.centre + x, self.base - z
        depth = max(0.25, 1 + z / self.focal)
        return self.centre + x / depth, self.row_at(depth)

    @property
    def squash(self) -> float:
        """Picture rows per unit of floor depth at the product's base."""
        return 1.0 if self.overhead else (self.base - self.horizon) / self.focal
