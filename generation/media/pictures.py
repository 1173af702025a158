"""Pictures: verified by decoding, made upright, stripped, and derived in the sizes that pages need."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import pyvips
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from generation.media import decoding, kinds, thumbhash
from generation.media.decoding import Decoded, UnusablePicture

DISPLAY_PIXELS = 1600
THUMBNAIL_PIXELS = 480


class Flaw(StrEnum):
    """What keeps a picture that is paid for from being shown whole."""

    INCOMPLETE = "incomplete"
    """It is cut off; what there is of it is shown."""
    UNDECODABLE = "undecodable"
    """The original alone is kept."""
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    """It was not kept."""


@dataclass(frozen=True)
class Picture:
    """A picture with its derived sizes; width and height are those of the upright original."""

    data: bytes
    mime: str
    extension: str
    sha256: str
    width: int
    height: int
    display: bytes
    thumbnail: bytes
    thumb_hash: str
    flaw: str = ""
    """A :class:`Flaw`, with which sizes that could not be derived are empty and lengths 0."""


@dataclass(frozen=True)
class StoredKeys:
    original: str
    display: str
    thumbnail: str


def read_picture(data: bytes, *, max_bytes: int) -> Picture:
    """Decode ``data``, a photo that somebody brings, and derive the sizes. Raises :class:`UnusablePicture`."""
    if not data:
        raise UnusablePicture("The file is empty.")
    if len(data) > max_bytes:
        raise UnusablePicture(f"The file is larger than {max_bytes // 1024 // 1024} MB.")
    kind = kinds.sniff(data)
    if kind not in decoding.PHOTOS:
        what = "not" if kind is kinds.UNKNOWN else f"{kind.name}, not"
        raise UnusablePicture(f"This is {what} a JPEG, PNG or WebP picture.")
    if decoding.is_animated(data, kind=kind):
        raise UnusablePicture("Animated pictures cannot be used; save one frame as a picture.")
    decoded = decoding.decode(data, kind=kind, longest=DISPLAY_PIXELS)
    if not decoded.is_whole:
        raise UnusablePicture(decoding.DAMAGED)
    return _derive(data, decoded)


def read_delivery(data: bytes) -> Picture:
    """A picture that is paid for: never refused, and shown as far as it can be decoded."""
    kind = kinds.sniff(data)
    if kind not in decoding.LOADERS:
        return without_sizes(data, flaw=Flaw.UNDECODABLE if data else Flaw.EMPTY)
    try:
        decoded = decoding.decode(data, kind=kind, longest=DISPLAY_PIXELS)
    except UnusablePicture:
        return without_sizes(data, flaw=Flaw.UNDECODABLE)
    return _derive(data, decoded)


def without_sizes(data: bytes, *, flaw: Flaw) -> Picture:
    digest, mime = hashlib.sha256(data).hexdigest(), kinds.sniff(data).mime
    # Nothing of it is ever answered as more than bytes to save, so it has no name that says more.
    return Picture(data, mime, "bin", digest, 0, 0, display=b"", thumbnail=b"", thumb_hash="", flaw=flaw)


def _derive(data: bytes, decoded: Decoded) -> Picture:
    small = decoding.fitted(decoded.pixels, THUMBNAIL_PIXELS).copy_memory()
    return Picture(
        data=data,
        mime=decoded.kind.mime,
        extension=decoded.kind.extension,
        sha256=hashlib.sha256(data).hexdigest(),
        width=decoded.width,
        height=decoded.height,
        display=_webp(decoded.pixels, quality=84),
        thumbnail=_webp(small, quality=78),
        thumb_hash=_thumb_hash(small),
        flaw="" if decoded.is_whole else Flaw.INCOMPLETE,
    )


def _webp(picture: pyvips.Image, *, quality: int) -> bytes:
    return bytes(picture.webpsave_buffer(Q=quality, effort=2, keep="none"))


def _thumb_hash(picture: pyvips.Image) -> str:
    tiny = decoding.fitted(picture, 64)
    return thumbhash.encode((tiny if tiny.hasalpha() else tiny.bandjoin(255)).numpy() / 255)


def store(picture: Picture, *, folder: str) -> StoredKeys:
    """Write the original and its derived sizes below ``folder``; storing again replaces the same keys."""
    return StoredKeys(
        original=_write(f"{folder}/original.{picture.extension}", picture.data),
        display=_write(f"{folder}/display.webp", picture.display),
        thumbnail=_write(f"{folder}/thumbnail.webp", picture.thumbnail),
    )


def _write(key: str, data: bytes) -> str:
    """The key of what was written; empty for nothing."""
    return default_storage.save(key, ContentFile(data)) if data else ""


def read(key: str) -> bytes:
    with default_storage.open(key) as file:
        return bytes(file.read())


def link(key: str, *, seconds: int | None = None, download_as: str = "") -> str:
    """An expiring URL of a stored file; with ``download_as`` the browser saves it under that name."""
    parameters = {"ResponseContentDisposition": f'attachment; filename="{download_as}"'} if download_as else None
    return str(default_storage.url(key, parameters=parameters, expire=seconds))  # type: ignore[call-arg]
