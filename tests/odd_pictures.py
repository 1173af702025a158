"""Picture files as cameras, exporters and broken tools write them, put together byte by byte."""

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

Chunk = tuple[bytes, bytes]
SIDE = 32
"""Pixels along a patch: far more than lossy encoding mixes at its borders."""
COLOURS = [
    (0, 0, 0), (255, 255, 255), (64, 64, 64), (128, 128, 128),
    (200, 60, 60), (60, 200, 60), (60, 60, 200), (250, 200, 20),
]  # fmt: skip
"""Those of the patches, four in a row."""


def patches(colours: Sequence[tuple[int, ...]] = COLOURS) -> np.ndarray:
    """Flat patches of colours, four in a row; the shape is (rows, columns, channels)."""
    rows = np.array(colours).reshape(-1, 4, len(colours[0]))
    return np.kron(rows, np.ones((SIDE, SIDE, 1), dtype=int))


def grey(colours: np.ndarray) -> np.ndarray:
    """Green alone, which keeps the channel's axis."""
    return colours[..., 1:2]


# PNG


def chunk(kind: bytes, data: bytes, *, checksum: int | None = None) -> bytes:
    crc = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(
    samples: np.ndarray,
    *chunks: Chunk | bytes,
    depth: int = 8,
    palette: bool = False,
    end: bool = True,
) -> bytes:
    """A PNG of ``samples`` (rows, columns, channels), with ``chunks`` before its pixels."""
    height, width, channels = samples.shape
    kind = 3 if palette else {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    if depth == 16:
        lines = samples.astype(">u2").reshape(height, -1).view("u1")
    elif depth == 8:
        lines = samples.astype("u1").reshape(height, -1)
    else:
        bits = (samples.reshape(height, width, 1) >> np.arange(depth - 1, -1, -1)) & 1
        lines = np.packbits(bits.astype("u1").reshape(height, -1), axis=1)
    filtered = np.hstack([np.zeros((height, 1), "u1"), lines]).tobytes()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    between = b"".join(part if isinstance(part, bytes) else chunk(*part) for part in chunks)
    body = b"\x89PNG\r\n\x1a\n" + head + between + chunk(b"IDAT", zlib.compress(filtered))
    return body + (chunk(b"IEND", b"") if end else b"")


def iccp(profile: bytes) -> Chunk:
    return b"iCCP", b"profile\0\0" + zlib.compress(profile)


def gama(exponent: float) -> Chunk:
    """The exponent from samples to what the encoder meant by them: 1/2.2 for most pictures, 1 for linear ones."""
    return b"gAMA", struct.pack(">I", round(exponent * 100_000))


def chrm(*points: float) -> Chunk:
    """x and y of white, red, green and blue."""
    return b"cHRM", struct.pack(">8I", *(round(point * 100_000) for point in points))


def cicp(primaries: int, transfer: int) -> Chunk:
    return b"cICP", bytes([primaries, transfer, 0, 1])


SRGB: Chunk = (b"sRGB", b"\0")
D65 = (0.3127, 0.329)
P3_POINTS = (*D65, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
SRGB_POINTS = (*D65, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)


# JPEG


def jpeg(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, subsampling=0, **options)
    return out.getvalue()


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segment(data: bytes, marker: int, payload: bytes) -> bytes:
    """A JPEG with one more segment right after its start."""
    return data[:2] + segment(marker, payload) + data[2:]


def without_adobe(data: bytes) -> bytes:
    """A JPEG without the segment that says how its colours are kept."""
    begin = data.index(b"\xff\xee\x00\x0eAdobe")
    return data[:begin] + data[begin + 16 :]


# colour profiles


def _tag(kind: bytes, data: bytes) -> bytes:
    return kind + b"\0\0\0\0" + data + b"\0" * (-len(data) % 4)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: Sequence[float]) -> bytes:
    return _tag(b"XYZ ", b"".join(map(_fixed, values)))


def _gamma(exponent: float) -> bytes:
    return _tag(b"para", struct.pack(">HH", 0, 0) + _fixed(exponent))


def _srgb_curve() -> bytes:
    return _tag(
        b"para", struct.pack(">HH", 3, 0) + b"".join(map(_fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))
    )


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return _tag(b"mluc", struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded)


D50 = (0.9642, 1.0, 0.8249)


def _profile(
    space: bytes, tags: dict[bytes, bytes], *, kind: bytes = b"mntr", pcs: bytes = b"XYZ ", version: int = 0x04300000
) -> bytes:
    tags = {b"desc": _text("Test"), b"cprt": _text("None"), b"wtpt": _xyz(D50), **tags}
    place, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, place + len(body), len(data))
        body += data
    size = place + len(body)
    head = struct.pack(">I4sI4s4s4s12s4s", size, b"\0\0\0\0", version, kind, space, pcs, b"\0" * 12, b"acsp")
    head += b"\0" * (68 - len(head)) + b"".join(map(_fixed, D50))
    return head + b"\0" * (128 - len(head)) + table + body


_TO_D50 = np.array(
    [
        [1.0479298, 0.0229468, -0.0501922],
        [0.0296278, 0.9904344, -0.0170738],
        [-0.0092430, 0.0150552, 0.7518743],
    ]
)
"""From XYZ under D65 to XYZ under D50, by Bradford's cones."""


def rgb_profile(points: Sequence[float] = P3_POINTS, *, exponent: float | None = None) -> bytes:
    """A display's profile with a D65 white; sRGB's curve, or a plain exponent."""
    white, *colours = [np.array([x / y, 1, (1 - x - y) / y]) for x, y in zip(points[::2], points[1::2], strict=True)]
    matrix = np.array(colours).T
    matrix = _TO_D50 @ (matrix * np.linalg.solve(matrix, white))
    curve = _srgb_curve() if exponent is None else _gamma(exponent)
    tags = {b"rXYZ": _xyz(matrix[:, 0]), b"gXYZ": _xyz(matrix[:, 1]), b"bXYZ": _xyz(matrix[:, 2])}
    return _profile(b"RGB ", tags | {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def grey_profile(exponent: float) -> bytes:
    return _profile(b"GRAY", {b"kTRC": _gamma(exponent)})


def cmyk_profile() -> bytes:
    """Inks that are duller than pure ones: a table of the sixteen corners, in Lab."""
    corners = []
    for corner in range(16):
        c, m, y, k = (corner >> 3) & 1, (corner >> 2) & 1, (corner >> 1) & 1, corner & 1
        light = 100 * (1 - 0.35 * c) * (1 - 0.5 * m) * (1 - 0.08 * y) * (1 - 0.85 * k)
        a, b = (-35 * c + 70 * m - 5 * y) * (1 - 0.9 * k), (-45 * c - 5 * m + 85 * y) * (1 - 0.9 * k)
        corners.append((round(light * 255 / 100), round(a + 128), round(b + 128)))
    ramp = bytes(range(256))
    table = struct.pack(">BBBB", 4, 3, 2, 0) + b"".join(map(_fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    table += ramp * 4 + bytes(np.array(corners, dtype="u1").tobytes()) + ramp * 3
    return _profile(b"CMYK", {b"A2B0": _tag(b"mft1", table)}, kind=b"prtr", pcs=b"Lab ", version=0x02400000)


P3 = rgb_profile()
ADOBE = rgb_profile((*D65, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06), exponent=563 / 256)
LINEAR = rgb_profile(SRGB_POINTS, exponent=1)


# whole files

SQUARE = patches()
"""128 × 64 pixels; the first patch is black, the second white."""
PHOTO = jpeg(Image.fromarray(SQUARE.astype("u1")))
TURNED = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
RAW_EXIF = (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 9\nzz"))
NO_RESOLUTION = (
    b"Exif\0\0MM\0*\0\0\0\x08"
    + struct.pack(">HHHIHH", 2, 0x0112, 3, 1, 6, 0)
    + struct.pack(">HHIII", 0x011A, 10, 1, 38, 0)
    + struct.pack(">ii", -1, 0)
)


def two_in_one() -> bytes:
    """What phones write: a second picture, and an index that tells of it."""
    out = io.BytesIO()
    first = Image.fromarray(SQUARE.astype("u1"))
    first.save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (40, 30), "red")])
    return out.getvalue()


def phone_scan() -> bytes:
    """A sequential JPEG whose scan says that it has no frequencies, as some phones write it."""
    begin = PHOTO.index(b"\xff\xda")
    end = begin + 2 + int.from_bytes(PHOTO[begin + 2 : begin + 4])
    return PHOTO[: end - 3] + b"\0\0\0" + PHOTO[end:]


SOUND = {
    "a scan without frequencies": phone_scan(),
    "EXIF that begins twice": with_segment(PHOTO, 0xE1, b"Exif\0\0Exif\0\0MM\0*\0\0\0\x08\0\0"),
    "a segment without a length": PHOTO[:2] + b"\xff\xe1\0\1" + PHOTO[2:],
    "bytes before the end mark": PHOTO[:-2] + b"\0" * 40 + PHOTO[-2:],
    "a JPEG with a second picture inside": two_in_one(),
    "a broken profile": jpeg(Image.fromarray(SQUARE.astype("u1")), icc_profile=b"rubbish" * 40),
    "a profile cut short": jpeg(Image.fromarray(SQUARE.astype("u1")), icc_profile=P3[:-200]),
    "EXIF that is none": with_segment(PHOTO, 0xE1, b"Exif\0\0rubbish"),
    "EXIF that points nowhere": with_segment(PHOTO, 0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "XMP cut short": with_segment(PHOTO, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmp"),
    "a comment that is no text": with_segment(PHOTO, 0xFE, b"\xff\xfe\0"),
    "a JPEG without its end mark": PHOTO[:-2],
    "bytes after the end": PHOTO + b"\0" * 1000,
    "a PNG without its end": png(SQUARE, end=False),
    "a profile that cannot be unpacked": png(SQUARE, (b"iCCP", b"x\0\0rubbish")),
    "a profile with a wrong checksum": png(SQUARE, chunk(*iccp(P3), checksum=1)),
    "a text with a wrong checksum": png(SQUARE, chunk(b"tEXt", b"k\0v", checksum=1)),
    "EXIF in a PNG that is none": png(SQUARE, (b"eXIf", b"rubbish")),
    "EXIF in a text that is none": png(SQUARE, RAW_EXIF),
    "a gamma without a number": png(SQUARE, (b"gAMA", b"")),
    "colours cut short": png(SQUARE, (b"cICP", b"\x0c")),
}
"""Sound pixels, which show :data:`SQUARE`, with broken metadata."""


def _resized(data: bytes, width: int, height: int) -> bytes:
    """A PNG that says another size than its pixels have."""
    head = chunk(b"IHDR", struct.pack(">II", width, height) + data[24:29])
    return data[:8] + head + data[33:]


_FRAME = PHOTO.index(b"\xff\xc0")
DAMAGED = {
    "no width": _resized(png(SQUARE), 0, 64),
    "no height": PHOTO[: _FRAME + 5] + b"\0\0" + PHOTO[_FRAME + 7 :],
    "pixels for half of its height": _resized(png(SQUARE), 128, 128),
    "a palette that is not there": png(np.zeros((8, 8, 1), dtype=int), palette=True),
    "a checksum of pixels": png(SQUARE)[:-17] + b"\0" + png(SQUARE)[-16:],
    "the signature alone": b"\x89PNG\r\n\x1a\n",
    "a header alone": PHOTO[: _FRAME + 19],
    "half of the pixels": PHOTO[: len(PHOTO) * 2 // 3],
    "a WebP without a picture": b"RIFF\x04\0\0\0WEBP",
    "a JPEG's first bytes": b"\xff\xd8\xff",
}
"""Pixels that are damaged or missing."""
