"""Colours as float RGB triples 0…1: parsing, mixing, and palettes that go with a product."""

from __future__ import annotations

import colorsys
from typing import NamedTuple

import numpy as np

from .raster import Array


class Colour(NamedTuple):
    """sRGB, each channel 0…1."""

    red: float
    green: float
    blue: float

    @property
    def array(self) -> Array:
        return np.array(self, dtype=np.float32)

    @property
    def luma(self) -> float:
        return 0.299 * self.red + 0.587 * self.green + 0.114 * self.blue

    def towards(self, other: Colour, amount: float) -> Colour:
        return Colour(*(a + (b - a) * amount for a, b in zip(self, other, strict=True)))

    def scaled(self, factor: float) -> Colour:
        return Colour(*(min(1.0, c * factor) for c in self))


def hexed(code: str) -> Colour:
    """Colour of an `rrggbb` code."""
    return Colour(*(int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)))


def from_hsv(hue: float, saturation: float, value: float) -> Colour:
    return Colour(*colorsys.hsv_to_rgb(hue % 1.0, saturation, value))


def hue_of(rgb: Array, weights: Array) -> tuple[float, float]:
    """Circular mean hue (0…1) of weighted colours (n, 3), weighted by chroma too, and mean chroma 0…1."""
    high, low = rgb.max(axis=1), rgb.min(axis=1)
    chroma = high - low
    angle = np.arctan2(np.sqrt(3.0) * (rgb[:, 1] - rgb[:, 2]), 2 * rgb[:, 0] - rgb[:, 1] - rgb[:, 2])
    force = chroma * weights
    hue = np.arctan2((force * np.sin(angle)).sum(), (force * np.cos(angle)).sum()) / (2 * np.pi)
    return float(hue % 1.0), float(force.sum() / max(float(weights.sum()), 1e-6))


WHITE, BLACK = Colour(1.0, 1.0, 1.0), Colour(0.0, 0.0, 0.0)
