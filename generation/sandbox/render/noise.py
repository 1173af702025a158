"""Seeded randomness and tileable smooth noise, the raw material of every texture."""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image

from .raster import Array, floats

Random = np.random.Generator
ROWS = 64  # sampled at a time: what is needed meanwhile stays in the processor's cache


def seeded(*parts: str) -> Random:
    """A generator decided by the parts alone, equal on every machine."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def chance(random: Random) -> float:
    """A number 0…1."""
    return float(random.random())


def lattice(random: Random, rows: int, columns: int, size: int) -> Array:
    """Tileable smooth noise (size × size), −1…1, from a random grid of rows × columns."""
    grid = random.random((rows, columns), dtype=np.float32) * 2 - 1
    wrapped = Image.fromarray(np.pad(grid, 3, mode="wrap"))
    box = (3, 3, 3 + columns, 3 + rows)
    return np.asarray(wrapped.resize((size, size), Image.Resampling.BICUBIC, box=box), dtype=np.float32)


def fbm(random: Random, size: int, cells: tuple[int, int], octaves: int, gain: float = 0.5) -> Array:
    """Tileable fractal noise (size × size), roughly −1…1, first octave of `cells` (rows, columns)."""
    total = np.zeros((size, size), np.float32)
    weight, whole = 1.0, 0.0
    rows, columns = cells
    for _ in range(octaves):
        if max(rows, columns) > size:
            break
        total += weight * lattice(random, rows, columns, size)
        whole += weight**2
        weight *= gain
        rows, columns = rows * 2, columns * 2
    return total * np.float32(1.35 / whole**0.5)


def sampled(tile: Array, u: Array, v: Array) -> Array:
    """The tile (a power of two square) read at pixel coordinates u (columns), v (rows), wrapping, bilinear."""
    u, v = np.broadcast_arrays(u, v)
    result = np.empty(u.shape, np.float32)
    for start in range(0, len(u), ROWS):
        part = slice(start, start + ROWS)
        result[part] = _bilinear(tile, u[part], v[part])
    return result


def _bilinear(tile: Array, u: Array, v: Array) -> Array:
    last = tile.shape[0] - 1
    shift = tile.shape[0].bit_length() - 1
    left, top = np.floor(u), np.floor(v)
    across, down = u - left, v - top
    i, j = left.astype(np.int32), top.astype(np.int32)
    i1, j1 = (i + 1) & last, ((j + 1) & last) << shift
    i &= last
    j = (j & last) << shift
    flat = tile.ravel()
    upper = flat.take(j + i)
    upper += (flat.take(j + i1) - upper) * across
    lower = flat.take(j1 + i)
    lower += (flat.take(j1 + i1) - lower) * across
    upper += (lower - upper) * down
    return floats(upper)
