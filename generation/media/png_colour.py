"""What a PNG says of its colours. Source: the PNG specification, third edition (2025)."""

import contextlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]
Curve = Callable[[Samples], Samples]
"""From samples to light, both 0 to 1."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"acTL"})
_CHUNKS = 10_000
"""Chunks before the pixels that are looked at; encoders write some ten."""
_PROFILE_BYTES = 4 * 1024 * 1024
"""Of an ICC profile at most; those with the largest tables have some three megabytes."""
_SRGB_GAMMA = (45455).to_bytes(4)
"""How encoders say sRGB where they do not write its own chunk."""
_D65 = (0.3127, 0.3290)
_SRGB = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES = {
    1: _SRGB,
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
"""x and y of white, red, green and blue, by the numbers of ITU-T H.273."""
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def _srgb(sample: Samples) -> Samples:
    return np.where(sample <= 0.04045, sample / 12.92, ((sample + 0.055) / 1.055) ** 2.4)


def _pq(sample: Samples) -> Samples:
    """SMPTE ST 2084. White is at twice the 203 cd/m² of ITU-R BT.2408, about where Chromium's tones end."""
    root = sample ** (32 / 2523)
    light = np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)
    return np.asarray(light ** (8192 / 1305) * 10_000 / 406)


def _hlg(sample: Samples) -> Samples:
    """ITU-R BT.2100's hybrid log-gamma on a usual display, channel by channel."""
    scene = np.where(sample <= 0.5, sample**2 / 3, (np.exp((sample - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return np.asarray(2.44 * scene**1.2)


def _power(exponent: float) -> Curve:
    return lambda sample: sample**exponent


_CURVES: dict[int, Curve] = {
    **dict.fromkeys((1, 6, 14, 15), _power(2.4)),  # as displays show it, by ITU-R BT.1886
    4: _power(2.2),
    5: _power(2.8),
    8: _power(1),
    13: _srgb,
    16: _pq,
    18: _hlg,
}
"""By the numbers of ITU-T H.273."""


@dataclass(frozen=True)
class Light:
    """How samples become linear light of sRGB's primaries."""

    curve: Curve
    matrix: npt.NDArray[np.float64]


def chunks(data: bytes) -> dict[bytes, bytes]:
    """What a PNG says of its colours and frames before its pixels, by the names of the chunks.

    Empty for other formats.
    """
    found = {}
    place = len(_SIGNATURE) if data.startswith(_SIGNATURE) else len(data)
    for _ in range(_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, place) if place + 8 <= len(data) else (0, b"IDAT")
        if kind == b"IDAT":
            break
        if kind in _KEPT:
            found[kind] = data[place + 8 : place + 8 + length]
        place += 12 + length
    return found


def coded(said: dict[bytes, bytes]) -> Light | None:
    """By cICP, which beats all others."""
    body = said.get(b"cICP", b"")
    points, curve = (_PRIMARIES.get(body[0]), _CURVES.get(body[1])) if len(body) == 4 else (None, None)
    if points is None or curve is None or body[2]:
        return None
    return Light(curve, _to_srgb(points))


def profile(said: dict[bytes, bytes]) -> bytes:
    """The ICC profile, which may be broken; empty for none."""
    _, _, packed = said.get(b"iCCP", b"").partition(b"\0")
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj().decompress(packed[1:], _PROFILE_BYTES)
    return b""


def measured(said: dict[bytes, bytes]) -> Light | None:
    """By gAMA with or without cHRM, where nothing better is there; cHRM alone says nothing."""
    gamma, points = said.get(b"gAMA", b""), said.get(b"cHRM")
    exponent = int.from_bytes(gamma) / 100_000
    if len(gamma) != 4 or not exponent or b"sRGB" in said or (points is None and gamma == _SRGB_GAMMA):
        return None
    try:
        numbers = struct.unpack(">8I", points) if points is not None else ()
        with np.errstate(all="ignore"):
            matrix = _to_srgb(tuple(number / 100_000 for number in numbers) or _SRGB)
    except (struct.error, ZeroDivisionError, np.linalg.LinAlgError):
        return None
    return (
        Light(_power(1 / exponent), matrix)
        if np.isfinite(matrix).all() and max(numbers, default=0) <= 100_000
        else None
    )


def _to_srgb(points: tuple[float, ...]) -> npt.NDArray[np.float64]:
    return np.asarray(np.linalg.inv(_to_d50(_SRGB)) @ _to_d50(points))


def _to_d50(points: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """The matrix from linear RGB to XYZ under D50, where colours of different whites are compared."""
    white, *primaries = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in zip(points[::2], points[1::2], strict=True))
    columns = np.array(primaries).T
    cones, aims = _BRADFORD @ white, _BRADFORD @ np.array([0.96422, 1, 0.82521])
    adapted = np.linalg.inv(_BRADFORD) @ np.diag(aims / cones) @ _BRADFORD
    return np.asarray(adapted @ columns @ np.diag(np.linalg.solve(columns, white)))
