"""Pictures: verified by decoding, made upright, stripped, and derived in the sizes that pages need."""

import hashlib
from dataclasses import dataclass

import pyvips
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from generation.media import decoding, thumbhash
from generation.media.decoding import Decoded, UnusablePicture

DISPLAY_PIXELS = 1600
THUMBNAIL_PIXELS = 480


@dataclass(frozen=True)
class Picture:
    """A verified picture with its derived sizes; width and height are those of the upright original."""

    data: bytes
    mime: str
    extension: str
    sha256: str
    width: int
    height: int
    display: bytes
    thumbnail: bytes
    thumb_hash: str


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
    format = decoding.sniff(data)
    if format not in decoding.PHOTOS:
        raise UnusablePicture("This is not a JPEG, PNG or WebP picture.")
    if decoding.is_animated(data, format=format):
        raise UnusablePicture("Animated pictures cannot be used; save one frame as a picture.")
    decoded = decoding.decode(data, format=format, longest=DISPLAY_PIXELS)
    if not decoded.is_whole:
        raise UnusablePicture(decoding.DAMAGED)
    return _derive(data, decoded)


def _derive(data: bytes, decoded: Decoded) -> Picture:
    small = decoding.fitted(decoded.pixels, THUMBNAIL_PIXELS).copy_memory()
    return Picture(
        data=data,
        mime=decoded.format.mime,
        extension=decoded.format.extension,
        sha256=hashlib.sha256(data).hexdigest(),
        width=decoded.width,
        height=decoded.height,
        display=_webp(decoded.pixels, quality=84),
        thumbnail=_webp(small, quality=78),
        thumb_hash=_thumb_hash(small),
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
    return default_storage.save(key, ContentFile(data))


def read(key: str) -> bytes:
    with default_storage.open(key) as file:
        return bytes(file.read())


def link(key: str, *, seconds: int | None = None, download_as: str = "") -> str:
    """An expiring URL of a stored file; with ``download_as`` the browser saves it under that name."""
    parameters = {"ResponseContentDisposition": f'attachment; filename="{download_as}"'} if download_as else None
    return str(default_storage.url(key, parameters=parameters, expire=seconds))  # type: ignore[call-arg]
