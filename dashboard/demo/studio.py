"""A photographer's light tent: two softboxes beside the product, one above, white paper all around."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import ImageColor

from dashboard.demo.distance_fields import Array

Paint: TypeAlias = Callable[[Array, Array, Array], Array]
"""Linear colours (3, n) of points (3, n) with normals (3, n), seen along ways (3, n).

A fourth row is how much the colours cover what lies under them."""

KEY = np.array([[-0.62], [0.58], [0.53]], np.float32)
FILL = np.array([[0.80], [0.30], [0.52]], np.float32)


@dataclass(frozen=True)
class Material:
    """``rough`` is 0 for a mirror, 1 for chalk; ``coat`` is the strength of reflections; metals tint them."""

    paint: Paint
    rough: float = 0.4
    coat: float = 1.0
    metal: bool = False


def linear(colour: str) -> Array:
    """A hex colour as linear light (3, 1)."""
    srgb = np.array(ImageColor.getrgb(colour)[:3], np.float32)[:, None] / np.float32(255)
    return to_linear(srgb)


def to_linear(srgb: Array) -> Array:
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_pixels(light: Array) -> npt.NDArray[np.uint8]:
    """Linear light as 8-bit sRGB, with a soft shoulder so that highlights do not clip hard."""
    knee = np.float32(0.72)
    over = np.maximum(light - knee, 0)
    light = np.minimum(light, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-6) ** (1 / 2.4) - 0.055)
    return (np.clip(srgb, 0, 1) * 255 + 0.5).astype(np.uint8)


def plain(colour: str) -> Paint:
    value = linear(colour)
    return lambda points, normals, ways: np.broadcast_to(value, points.shape)


@dataclass(frozen=True)
class Spot:
    """Surface points (3, n): where, facing where, seen along which way; how open and how much in the key light (n)."""

    points: Array
    normals: Array
    ways: Array
    open_to: Array
    key: Array

    @property
    def seen(self) -> tuple[Array, Array, Array]:
        return self.points, self.normals, self.ways

    def at(self, which: npt.NDArray[np.intp]) -> "Spot":
        points, normals, ways = (values[:, which] for values in self.seen)
        return Spot(points, normals, ways, self.open_to[which], self.key[which])


def shaded(material: Material, colour: Array, spot: Spot) -> Array:
    """Linear light (3, n) that leaves each point of that colour towards the eye."""
    facing = np.clip(-(spot.ways * spot.normals).sum(axis=0), 0.02, 1)
    mirrored = spot.ways + 2 * facing * spot.normals
    rough = material.rough
    grazing = (1 - facing) ** 5 * np.float32(1 - 0.75 * rough)
    reflected = _surroundings(mirrored, rough) * (0.35 + 0.65 * spot.open_to)
    if material.metal:
        own, strength = colour * reflected, grazing
    else:
        own = colour * _irradiance(spot.normals, spot.open_to, spot.key)
        strength = np.float32(material.coat) * (np.float32(0.045 * (1 - 0.55 * rough)) + np.float32(0.6) * grazing)
    light: Array = own + (reflected - own) * strength
    return light


def _irradiance(normals: Array, open_to: Array, key: Array) -> Array:
    """Diffuse light on a surface; a white one that faces the camera comes out just below white."""
    left = np.clip(((KEY * normals).sum(axis=0) + 0.25) / 1.25, 0, 1)
    right = np.clip(((FILL * normals).sum(axis=0) + 0.35) / 1.35, 0, 1)
    above, below = np.maximum(normals[1], 0), np.maximum(-normals[1], 0)
    around = 0.36 + 0.14 * above + 0.10 * below
    light: Array = np.float32(0.92) * left * left * (0.35 + 0.65 * key) + open_to * (around + np.float32(0.20) * right)
    return light


def _surroundings(ways: Array, rough: float) -> Array:
    """What a reflection sees in each direction."""
    across = np.degrees(np.arctan2(ways[0], ways[2]))
    up = np.degrees(np.arcsin(np.clip(ways[1], -1, 1)))
    blur = np.float32(2.5 + 34 * rough)
    dim = np.float32(1 / (1 + 1.1 * rough))
    behind = _window(np.abs(across), 100, 400, 14 + blur)
    light = np.float32(0.22) + np.float32(0.75) * behind + np.float32(0.42) * _window(up, -400, -8, 10 + blur)
    light += dim * 9.0 * _window(across, -82, -44, blur) * _window(up, -28, 62, blur)
    light += dim * 5.0 * _window(across, 66, 80, blur) * _window(up, -30, 68, blur)
    light += dim * 3.0 * _window(up, 56, 400, blur)
    light += dim * 2.2 * _window(np.abs(across), 128, 158, blur) * _window(up, -20, 60, blur)
    return light


def _window(values: Array, low: float, high: float, blur: np.float32 | float) -> Array:
    """1 between the bounds, 0 outside, smooth over ``blur`` degrees."""
    rise = np.clip((values - np.float32(low)) / blur + np.float32(0.5), 0, 1)
    fall = np.clip((np.float32(high) - values) / blur + np.float32(0.5), 0, 1)
    both: Array = np.minimum(rise, fall)
    return both * both * (3 - 2 * both)
