"""Violation what each pixel sees: rays marched through a distance field, first for blocks of pixels, then for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.demo.distance_fields import Array, Field

BLOCK = 8
FAR = 26.0
AT_ONCE = 48_000  # rays whose intermediate results stay in the processor's cache
Indices: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True)
class View:
    """A shift-lens camera, which keeps verticals upright.

    The picture is the square of ``width`` units in the plane z = 0 around x = 0 and ``middle``; the eye is
    ``height`` above the floor and ``away`` in front of that plane.
    """

    pixels: int
    width: float
    middle: float
    height: float
    away: float = 11.0

    @property
    def pixel(self) -> float:
        return self.width / self.pixels

    def plane(self, rows: Array, columns: Array) -> tuple[Array, Array]:
        """x and y in the plane z = 0 of picture positions in pixels."""
        x = (columns - np.float32(self.pixels / 2)) * np.float32(self.pixel)
        y = np.float32(self.middle) - (rows - np.float32(self.pixels / 2)) * np.float32(self.pixel)
        return x, y

    def rays(self, rows: Array, columns: Array) -> tuple[Array, Array]:
        """The eye (3, 1) and unit directions (3, n)."""
        x, y = self.plane(rows, columns)
        eye = np.array([[0], [self.height], [self.away]], np.float32)
        way = np.stack([x, y - np.float32(self.height), np.full_like(x, -self.away)])
        return eye, way / np.sqrt((way * way).sum(axis=0))


@dataclass(frozen=True)
class Seen:
    """The pixels that see something: where, along which way, which points facing where, and how much of the pixel."""

    rows: Indices
    columns: Indices
    ways: Array
    points: Array
    normals: Array
    cover: Array

    def parts(self) -> Iterator[slice]:
        return (slice(start, start + AT_ONCE) for start in range(0, self.rows.size, AT_ONCE))


def trace(view: View, field: Field) -> Seen:
    """March every pixel that may see the field. Edges are anti-aliased by how closely a ray misses."""
    rows, columns, start = _candidates(view, field)
    pieces = [
        _marched(view, field, rows[at : at + AT_ONCE], columns[at : at + AT_ONCE], start[at : at + AT_ONCE])
        for at in range(0, rows.size, AT_ONCE)
    ]
    return Seen(**{name: np.concatenate([vars(piece)[name] for piece in pieces], axis=-1) for name in vars(pieces[0])})


def _marched(view: View, field: Field, rows: Array, columns: Array, start: Array) -> Seen:
    eye, ways = view.rays(rows, columns)
    size = np.float32(view.pixel)
    best, best_at = np.full_like(start, np.inf), start.copy()
    going, way, far = np.arange(start.size), ways, start
    for _ in range(48):
        distance = field(eye + way * far)
        closer = distance < best[going]
        best[going] = np.where(closer, distance, best[going])
        best_at[going] = np.where(closer, far, best_at[going])
        on = (distance > size * np.float32(0.2)) & (far < FAR)
        if not on.any():
            break
        going, way, far = going[on], way[:, on], (far + np.maximum(distance, size * np.float32(0.4)))[on]
    cover = np.clip(np.float32(1.2) - best / size, 0, 1).astype(np.float32)
    kept = cover > 0.02
    ways = ways[:, kept]
    points = eye + ways * best_at[kept]
    row, column = (axis[kept].astype(np.int32) for axis in (rows, columns))
    return Seen(row, column, ways, points, normals(field, points), cover[kept])


def _candidates(view: View, field: Field) -> tuple[Array, Array, Array]:
    """Rows, columns and a safe starting distance of the pixels whose block a cone of rays does not find empty."""
    count = view.pixels // BLOCK
    centre = (np.arange(count, dtype=np.float32) + np.float32(0.5)) * BLOCK
    rows, columns = (axis.ravel() for axis in np.meshgrid(centre, centre, indexing="ij"))
    eye, ways = view.rays(rows, columns)
    spread = np.float32(view.pixel * (BLOCK * 0.71 + 1.5) / view.away)
    far = np.full(rows.shape, view.away * 0.6, np.float32)
    going = np.arange(far.size)
    for _ in range(60):
        room = field(eye + ways[:, going] * far[going]) - spread * far[going]
        free = room > 0
        far[going] += np.where(free, room, 0)
        going = going[free & (far[going] < FAR)]
        if going.size == 0:
            break
    hit = far < FAR
    inside = np.arange(BLOCK, dtype=np.float32) + np.float32(0.5 - BLOCK / 2)
    down, right = (axis.ravel() for axis in np.meshgrid(inside, inside, indexing="ij"))
    each_row = (rows[hit][:, None] + down).ravel()
    each_column = (columns[hit][:, None] + right).ravel()
    return each_row, each_column, np.repeat(far[hit], BLOCK * BLOCK)


def normals(field: Field, points: Array, reach: float = 0.018) -> Array:
    """Unit normals (3, n) from four samples at the corners of a tetrahedron."""
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
    slope = np.zeros_like(points)
    for corner in corners:
        slope += corner[:, None] * field(points + corner[:, None] * np.float32(reach))
    unit: Array = slope / np.maximum(np.sqrt((slope * slope).sum(axis=0)), np.float32(1e-9))
    return unit


def openness(field: Field, points: Array, outward: Array, reaches: tuple[float, ...] = (0.05, 0.16, 0.4)) -> Array:
    """How much of the surroundings a point sees, 0…1: ambient occlusion by a few samples along the normal."""
    closed = np.zeros(points.shape[1], np.float32)
    for weight, reach in zip((0.45, 0.35, 0.3), reaches, strict=True):
        there = points + outward * np.float32(reach)
        room = np.minimum(field(there), np.maximum(there[1], 0))
        closed += np.float32(weight / reach) * np.maximum(np.float32(reach) - room, 0)
    return np.clip(1 - closed, 0, 1)


def lit(field: Field, points: Array, towards: Array, *, softness: float, steps: int = 26) -> Array:
    """How much of a light in direction ``towards`` (3, 1) reaches each point, 0…1, with a penumbra."""
    light = np.ones(points.shape[1], np.float32)
    far = np.full(points.shape[1], 0.03, np.float32)
    for _ in range(steps):
        room = field(points + towards * far)
        light = np.minimum(light, np.float32(0.5) + room / (np.float32(2 * softness) * far))
        far += np.clip(room, np.float32(0.03), np.float32(0.3))
    light = np.clip(light, 0, 1)
    return light * light * (3 - 2 * light)
