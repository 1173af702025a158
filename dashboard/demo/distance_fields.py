"""Solids as signed distance fields: a field takes points (3, n) and gives each one's distance to the surface (n).

Lengths are in units of about ten centimetres; x goes right, y up, z towards the camera, the floor is y = 0.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float32]
Field: TypeAlias = Callable[[Array], Array]
Corner: TypeAlias = tuple[float, float, float]

_STEP = 0.01
_MARGIN = 0.15


def rounded(corners: Sequence[Corner]) -> Array:
    """A polyline (n, 2) through corners (x, y, reach), each cut off by a curve that begins ``reach`` before it."""
    points = [np.array(corners[0][:2])]
    for before, (x, y, reach), after in zip(corners, corners[1:], corners[2:], strict=False):
        corner = np.array((x, y))
        start, end = (corner + reach * _unit(np.array(other[:2]) - corner) for other in (before, after))
        ways = np.linspace(0, 1, 12)[:, None] if reach else np.zeros((1, 1))
        points.extend((1 - ways) ** 2 * start + 2 * ways * (1 - ways) * corner + ways**2 * end)
    points.append(np.array(corners[-1][:2]))
    return np.array(points, np.float32)


def _unit(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return vector / max(float(np.hypot(*vector)), 1e-9)


class Turned:
    """Solids of revolution around the y axis, whose distances are read from one table over radius and height."""

    def __init__(self, outlines: Sequence[Array]) -> None:
        self.outlines = outlines

    @cached_property
    def table(self) -> tuple[Array, Array]:
        """The distances, and the radius and height of the first."""
        everything = np.concatenate(list(self.outlines))
        low, high = everything.min(axis=0) - _MARGIN, everything.max(axis=0) + _MARGIN
        low[0] = 0
        columns, rows = (np.ceil((high - low) / _STEP) + 1).astype(int)
        across = low[0] + _STEP * np.arange(columns, dtype=np.float32)
        down = low[1] + _STEP * np.arange(rows, dtype=np.float32)
        place = np.meshgrid(across, down)
        return np.minimum.reduce([_distances(outline, *place) for outline in self.outlines]), low

    def __call__(self, p: Array) -> Array:
        table, low = self.table
        rows, columns = table.shape
        u = (np.hypot(p[0], p[2]) - low[0]) * np.float32(1 / _STEP)
        v = (p[1] - low[1]) * np.float32(1 / _STEP)
        x, y = np.clip(u, 0, np.float32(columns - 1.01)), np.clip(v, 0, np.float32(rows - 1.01))
        outside = np.hypot(u - x, v - y)
        i, j = x.astype(np.int32), y.astype(np.int32)
        x -= i
        y -= j
        i += j * np.int32(columns)
        flat = table.ravel()
        upper = flat.take(i)
        upper += (flat.take(i + 1) - upper) * x
        i += np.int32(columns)
        lower = flat.take(i)
        lower += (flat.take(i + 1) - lower) * x
        upper += (lower - upper) * y
        distance: Array = np.where(outside > 1.5, (outside - 1) * np.float32(_STEP) + np.float32(_MARGIN), upper)
        return distance


def turned(corners: Sequence[Corner]) -> Turned:
    """A solid of revolution; the outline (radius, y, reach) begins and ends on the axis."""
    return Turned([rounded(corners)])


def _distances(outline: Array, x: Array, y: Array) -> Array:
    """Signed distance of each (x, y) to a polyline that the axis closes; negative inside."""
    best = np.full(x.shape, np.inf, np.float32)
    inside = np.zeros(x.shape, np.bool_)
    for (ax, ay), (bx, by) in pairwise(outline):
        dx, dy = bx - ax, by - ay
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / max(float(dx * dx + dy * dy), 1e-12), 0, 1)
        best = np.minimum(best, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2)
        if ay != by:
            inside ^= ((y >= ay) != (y >= by)) & (x < ax + (y - ay) * dx / dy)
    return np.where(inside, -np.sqrt(best), np.sqrt(best)).astype(np.float32)


def _within(a: Array, b: Array) -> Array:
    """Distance to the common part of two solids at right angles, from the distance to each."""
    distance: Array = np.hypot(np.maximum(a, 0), np.maximum(b, 0)) + np.minimum(np.maximum(a, b), 0)
    return distance


def box(half: tuple[float, float, float], centre: tuple[float, float, float], radius: float) -> Field:
    """A box with rounded edges."""
    sides = [np.float32(length - radius) for length in half]
    middle = [np.float32(place) for place in centre]

    def field(p: Array) -> Array:
        x, y, z = (np.abs(p[axis] - middle[axis]) - sides[axis] for axis in range(3))
        return _within(_within(x, y), z) - np.float32(radius)

    return field


def strap(
    half: tuple[float, float], centre: tuple[float, float], bend: float, section: tuple[float, float], edge: float
) -> Field:
    """A flat strap bent into a rounded rectangle in the x-y plane, like a handle; ``section`` is half its size."""

    def field(p: Array) -> Array:
        x, y = np.abs(p[0] - np.float32(centre[0])), np.abs(p[1] - np.float32(centre[1]))
        qx, qy = x - np.float32(half[0] - bend), y - np.float32(half[1] - bend)
        ring = np.abs(_within(qx, qy) - np.float32(bend)) - np.float32(section[0] - edge)
        return _within(ring, np.abs(p[2]) - np.float32(section[1] - edge)) - np.float32(edge)

    return field


def hexagon(inner: float, low: float, high: float, radius: float) -> Field:
    """An upright hexagonal prism, one flat side to the camera, with rounded edges; ``inner`` is centre to side."""
    lean, fold, slant = np.float32(-(0.75**0.5)), np.float32(0.5), np.float32(3**-0.5)
    middle, half, side = np.float32((low + high) / 2), np.float32((high - low) / 2 - radius), np.float32(inner - radius)

    def field(p: Array) -> Array:
        x, z = np.abs(p[0]), np.abs(p[2])
        over = 2 * np.minimum(lean * x + fold * z, 0)
        x, z = x - over * lean, z - over * fold
        x = x - np.clip(x, -slant * side, slant * side)
        z = z - side
        across = np.hypot(x, z) * np.sign(z)
        return _within(across, np.abs(p[1] - middle) - half) - np.float32(radius)

    return field


def union(*fields: Field) -> Field:
    """All of them; solids around the same axis share one table, which is as quick as one of them."""
    coaxial = [field for field in fields if isinstance(field, Turned)]
    others = [field for field in fields if not isinstance(field, Turned)]
    if coaxial:
        others.append(Turned([outline for field in coaxial for outline in field.outlines]))
    return others[0] if len(others) == 1 else lambda p: np.asarray(np.minimum.reduce([one(p) for one in others]))


def welded(one: Field, other: Field, seam: float) -> Field:
    """A union whose inner edge is filled smoothly over ``seam``."""

    def field(p: Array) -> Array:
        a, b = one(p), other(p)
        near = np.maximum(np.float32(seam) - np.abs(a - b), 0) / np.float32(seam)
        distance: Array = np.minimum(a, b) - near * near * np.float32(seam / 4)
        return distance

    return field


def pouch(height: float, half: tuple[float, float], top: float, *, squarings: int, taper: int) -> Field:
    """A bag or tube: ``half`` its width and depth at the foot, ``top`` half its depth at the top.

    Its cross-section is an ellipse with one of ``squarings``, flatter and squarer with each more. ``taper`` is how
    the depth falls off: 1 in a straight line, 2 stays full for longer.
    """
    wide, deep = (np.float32(value) for value in half)
    middle = np.float32(height / 2)

    def field(p: Array) -> Array:
        x = np.minimum(np.abs(p[0]) / wide, 2)
        level = np.clip(p[1] / np.float32(height), 0, 1)
        depth = np.float32(top) + (deep - np.float32(top)) * (1 - level**taper)
        z = p[2] / depth
        across = x
        for _ in range(squarings):
            across = across * across
        value = across + z * z - 1
        steep = np.float32(2**squarings) * across / (np.maximum(x, np.float32(0.05)) * wide)
        slope = np.hypot(steep, 2 * z / depth) + np.float32(1e-3)
        side = np.clip(value / slope, -0.2, None) * np.float32(0.95)
        up = np.abs(p[1] - middle) - middle
        # Far away the bounds are the better estimate.
        around = np.maximum(np.maximum(np.abs(p[0]) - wide, np.abs(p[2]) - deep), up)
        return np.where(around > 0.04, around, _within(side, up))

    return field
