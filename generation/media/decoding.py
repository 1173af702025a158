"""Bytes into pixels: upright and in sRGB, within bounds that are checked before work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyvips

from generation.errors import UserFacingError
from generation.media import colour, kinds, png_colour
from generation.media.kinds import JPEG, PNG, WEBP, Kind

MAX_PIXELS = 50_000_000
_MAX_WORK = 1_500_000_000
"""Pixels times scans of a JPEG: thirty scans of the largest, where encoders write ten."""
DAMAGED = "The picture is damaged or incomplete."
_SCAN_OF_JPEG, _END_OF_JPEG = b"\xff\xda", b"\xff\xd9"

pyvips.cache_set_max(0)  # a cache of operations keeps whole files alive
pyvips.concurrency_set(1)  # pictures are decoded side by side already


class UnusablePicture(UserFacingError):
    """The bytes are not a picture that we take, or can show."""


LOADERS = {
    JPEG: "jpegload_buffer",
    PNG: "pngload_buffer",
    WEBP: "webpload_buffer",
    kinds.GIF: "gifload_buffer",
    kinds.AVIF: "heifload_buffer",
}
PHOTOS = (JPEG, PNG, WEBP)
"""What the provider takes."""


@dataclass(frozen=True)
class Decoded:
    kind: Kind
    width: int
    height: int
    """Those of the upright original."""
    pixels: pyvips.Image
    """At most as large as asked for."""
    is_whole: bool
    """Whether nothing was cut off."""


def is_animated(data: bytes, *, kind: Kind) -> bool:
    if kind is PNG:
        return b"acTL" in png_colour.chunks(data)
    header = _header(data, kind)
    return kind is WEBP and header.get_n_pages() > 1


def decode(data: bytes, *, kind: Kind, longest: int) -> Decoded:
    """The first picture of ``data``, at most ``longest`` pixels along its longer side.

    What is cut off is decoded as far as it goes. Raises :class:`UnusablePicture`.
    """
    header = _header(data, kind)
    options = {"shrink": _shrink(header, longest)} if kind is JPEG else {}
    for attempt, fail_on, is_whole in _attempts(data, kind):
        try:
            opened = _open(attempt, kind, fail_on=fail_on, **options)
            pixels = colour.to_srgb(fitted(opened, longest), data=data).copy_memory()
        except pyvips.Error:
            continue
        # Where a JPEG was shrunk while it was read, its own size is only in the header.
        upright = header.autorot()
        return Decoded(kind, upright.width, upright.height, pixels.autorot(), is_whole)
    raise UnusablePicture(DAMAGED)


def _attempts(data: bytes, kind: Kind) -> Iterator[tuple[bytes, str, bool]]:
    """What to read, the slightest fault that fails it, and whether nothing is cut off where none does."""
    yield data, "error", True
    if kind is JPEG:  # perhaps only the end mark is missing: with one, anything else that is shows as a warning
        yield data + _END_OF_JPEG, "warning", True
    yield data, "none", False


def _open(data: bytes, kind: Kind, **options: Any) -> pyvips.Image:
    """Raises ``pyvips.Error``, also when its pixels are read."""
    opened: pyvips.Image = getattr(pyvips.Image, LOADERS[kind])(data, access="sequential", **options)
    return opened


def _header(data: bytes, kind: Kind) -> pyvips.Image:
    """What a file says of itself, within our bounds. Raises :class:`UnusablePicture`."""
    try:
        header = _open(data, kind)
    except pyvips.Error as error:
        raise UnusablePicture(DAMAGED) from error
    pixels = header.width * header.height
    if pixels > MAX_PIXELS:
        raise UnusablePicture(f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels.")
    if kind is JPEG and pixels * data.count(_SCAN_OF_JPEG) > _MAX_WORK:
        raise UnusablePicture("The picture is stored in too many scans; save it again as a usual JPEG.")
    return header


def _shrink(header: pyvips.Image, longest: int) -> int:
    """By how much a JPEG may be shrunk while it is read: half of what is too much, so that it stays sharp."""
    return next((factor for factor in (8, 4, 2) if max(header.width, header.height) >= 2 * factor * longest), 1)


def fitted(picture: pyvips.Image, longest: int) -> pyvips.Image:
    """``picture``, shrunk where its longer side has more than ``longest`` pixels."""
    scale = longest / max(picture.width, picture.height)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in (picture.width, picture.height))
    mixed = picture.premultiply() if picture.hasalpha() else picture
    small = mixed.resize(width / picture.width, vscale=height / picture.height)
    return small.unpremultiply().cast(picture.format) if picture.hasalpha() else small
