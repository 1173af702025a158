"""The visible part of a level surface, in world units, for textures to paint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .camera import Camera
from .raster import Array, floats


@dataclass(frozen=True)
class Plane:
    """World x, z of each pixel (h, w) and the surface depth, in units, that one pixel covers per row (h, 1)."""

    x: Array
    z: Array
    step: Array

    def keeps(self, wavelength: float) -> Array:
        """How much of a detail of that many units survives per row (h, 1): 1 near, 0 where it is below two pixels."""
        return floats(np.clip(np.float32(wavelength) / self.step * 0.6 - 0.7, 0.0, 1.0))

    def turned(self, angle: float, scale: float = 1.0) -> tuple[Array, Array]:
        """World coordinates turned by `angle` radians and divided by `scale`."""
        c, s = np.float32(np.cos(angle) / scale), np.float32(np.sin(angle) / scale)
        return self.x * c + self.z * s, self.z * c - self.x * s


def plane_below(camera: Camera, first_row: int) -> Plane:
    """The floor that the camera sees from `first_row` to the bottom of the picture."""
    x, z, depth = camera.floor_grid(first_row)
    step = depth * depth / np.float32(camera.squash) if not camera.overhead else depth
    return Plane(x, z, step[:, None].astype(np.float32))
