"""ThumbHash: some 25 bytes that a browser paints as a blurred stand-in while the picture loads.

The format is public: https://evanw.github.io/thumbhash/. Luminance, two colour axes and alpha are each
a few cosine terms, quantised to four bits.
"""

import base64
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Channel:
    constant: float
    terms: Floats
    scale: float

    def nibbles(self) -> list[int]:
        if not self.scale:
            return [8] * len(self.terms)
        return [_level(value, 15) for value in 0.5 + 0.5 / self.scale * self.terms]


def encode(rgba: Floats) -> str:
    """Return the base-64 hash of an array of shape (height, width, 4), values 0 to 1, at most 100 pixels a side."""
    height, width = rgba.shape[:2]
    alpha = rgba[..., 3]
    opaque = bool(alpha.min() == 1)
    weight = alpha.sum()
    average = (rgba[..., :3] * alpha[..., None]).sum(axis=(0, 1)) / weight if weight else np.zeros(3)
    red, green, blue = np.moveaxis(average * (1 - alpha[..., None]) + alpha[..., None] * rgba[..., :3], -1, 0)
    detail = 7 if opaque else 5
    columns = max(1, round(detail * width / max(width, height)))
    rows = max(1, round(detail * height / max(width, height)))
    light = _channel((red + green + blue) / 3, max(3, columns), max(3, rows))
    yellow = _channel((red + green) / 2 - blue, 3, 3)
    crimson = _channel(red - green, 3, 3)
    clear = None if opaque else _channel(alpha, 5, 5)
    return base64.b64encode(_pack(light, yellow, crimson, clear, columns, rows, wide=width > height)).decode()


def _level(value: float, top: int) -> int:
    # Half rounds up, as in the format's reference; Python's own round would go to the even number.
    return min(top, max(0, int(np.floor(value * top + 0.5))))


def _channel(values: Floats, columns: int, rows: int) -> _Channel:
    """Cosine terms (cx, cy) below the diagonal of a ``columns`` × ``rows`` triangle."""
    height, width = values.shape
    across = np.cos(np.pi / width * np.outer(np.arange(columns), np.arange(width) + 0.5))
    down = np.cos(np.pi / height * np.outer(np.arange(rows), np.arange(height) + 0.5))
    spectrum = down @ values @ across.T / (width * height)
    wanted = [(y, x) for y in range(rows) for x in range(columns) if x * rows < columns * (rows - y)]
    terms = np.array([spectrum[y, x] for y, x in wanted if (y, x) != (0, 0)])
    return _Channel(float(spectrum[0, 0]), terms, float(np.abs(terms).max()) if len(terms) else 0.0)


def _pack(
    light: _Channel, yellow: _Channel, crimson: _Channel, clear: _Channel | None, columns: int, rows: int, *, wide: bool
) -> bytes:
    first = (
        _level(light.constant, 63)
        | _level(0.5 + 0.5 * yellow.constant, 63) << 6
        | _level(0.5 + 0.5 * crimson.constant, 63) << 12
        | _level(light.scale, 31) << 18
        | (clear is not None) << 23
    )
    second = (rows if wide else columns) | _level(yellow.scale, 63) << 3 | _level(crimson.scale, 63) << 9 | wide << 15
    head = first.to_bytes(3, "little") + second.to_bytes(2, "little")
    if clear:
        head += bytes([_level(clear.constant, 15) | _level(clear.scale, 15) << 4])
    nibbles = [nibble for channel in (light, yellow, crimson, clear) if channel for nibble in channel.nibbles()]
    nibbles += [0] * (len(nibbles) % 2)
    return head + bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
