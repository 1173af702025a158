"""Pictures: verified by decoding, made upright, stripped, and derived in the sizes that pages need."""

import hashlib
import io
import warnings
from dataclasses import dataclass

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from generation.errors import UserFacingError
from generation.media import thumbhash

FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}
MAX_PIXELS = 50_000_000
DISPLAY_PIXELS = 1600
THUMBNAIL_PIXELS = 480


class UnusablePicture(UserFacingError):
    """The bytes are not a picture that we take."""


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
    """Decode ``data`` completely and derive the sizes. Raises :class:`UnusablePicture`."""
    if not data:
        raise UnusablePicture("The file is empty.")
    if len(data) > max_bytes:
        raise UnusablePicture(f"The file is larger than {max_bytes // 1024 // 1024} MB.")
    with warnings.catch_warnings():
        # Pillow only warns of pictures that would take hundreds of megabytes to decode.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _derive(data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large() from error
        except UnidentifiedImageError as error:
            raise UnusablePicture("This is not a JPEG, PNG or WebP picture.") from error
        except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
            raise UnusablePicture("The picture is damaged or incomplete.") from error


def _too_large() -> UnusablePicture:
    return UnusablePicture(f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels.")


def _derive(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data), formats=list(FORMATS)) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise _too_large()
        if getattr(opened, "n_frames", 1) > 1:
            raise UnusablePicture("Animated pictures cannot be used; save one frame as a picture.")
        mime, extension = FORMATS[opened.format or ""]
        opened.load()
        upright = _plain(opened)
    small = _shrunk(upright, THUMBNAIL_PIXELS)
    return Picture(
        data=data,
        mime=mime,
        extension=extension,
        sha256=hashlib.sha256(data).hexdigest(),
        width=upright.width,
        height=upright.height,
        display=_webp(_shrunk(upright, DISPLAY_PIXELS), quality=84),
        thumbnail=_webp(small, quality=78),
        thumb_hash=_thumb_hash(small),
    )


def _plain(opened: Image.Image) -> Image.Image:
    """The picture upright, in sRGB, with alpha only where it has any, and without metadata."""
    upright = ImageOps.exif_transpose(opened)
    alpha = upright.has_transparency_data
    profile = upright.info.get("icc_profile")
    if profile and upright.mode in {"RGB", "CMYK"}:
        upright = _to_srgb(upright, profile)
    return upright.convert("RGBA" if alpha else "RGB")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except ImageCms.PyCMSError:
        return picture  # a broken profile only costs the exact colours
    return converted or picture


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    scale = longest / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _webp(picture: Image.Image, *, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()


def _thumb_hash(picture: Image.Image) -> str:
    tiny = picture.convert("RGBA")
    tiny.thumbnail((64, 64), Image.Resampling.BOX)
    return thumbhash.encode(np.asarray(tiny, dtype=np.float64) / 255)


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
