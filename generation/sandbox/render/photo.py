"""Reading the source photo: formats, orientation, colour space."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
MIN_SIDE = 16
WORKING_SIDE = 2400


class UnreadablePhoto(ValueError):
    """The photo cannot be decoded or is unfit for a picture; the message is one sentence for the user."""


def read_photo(data: bytes) -> Image.Image:
    """Decode to upright RGB or RGBA with a longest side of at most `WORKING_SIDE` px, or raise UnreadablePhoto."""
    if not data:
        raise UnreadablePhoto("The photo is empty; send a JPEG, PNG or WebP picture.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(data)
    except UnreadablePhoto:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds for damaged files
        raise UnreadablePhoto("The photo cannot be read; send a complete JPEG, PNG or WebP picture.") from error


def _decode(data: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(data), formats=FORMATS)
    if opened.width * opened.height > MAX_PIXELS:
        raise UnreadablePhoto("The photo has more than 50 megapixels; send a smaller one.")
    if min(opened.size) < MIN_SIDE:
        raise UnreadablePhoto(f"The photo is smaller than {MIN_SIDE} pixels; send a larger one.")
    opened.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
    opened.load()
    image: Image.Image = opened
    if max(image.size) > WORKING_SIDE and image.mode in ("RGB", "RGBA", "L", "CMYK"):
        image.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    image = ImageOps.exif_transpose(image)
    seen_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = image.convert("RGBA" if seen_through else "RGB")
    image.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    return image
