"""Reading the source photo: formats, orientation, colour space."""

from PIL import Image

from generation.media import decoding, kinds

MIN_SIDE = 16
WORKING_SIDE = 2400


class UnreadablePhoto(ValueError):
    """The photo cannot be decoded or is unfit for a picture; the message is one sentence for the user."""


def read_photo(data: bytes) -> Image.Image:
    """Decode to upright RGB or RGBA with a longest side of at most `WORKING_SIDE` px, or raise UnreadablePhoto."""
    if not data:
        raise UnreadablePhoto("The photo is empty; send a JPEG, PNG or WebP picture.")
    kind = kinds.sniff(data)
    if kind not in decoding.PHOTOS:
        raise UnreadablePhoto("The photo cannot be read; send a complete JPEG, PNG or WebP picture.")
    try:
        decoded = decoding.decode(data, kind=kind, longest=WORKING_SIDE)
    except decoding.UnusablePicture as error:
        raise UnreadablePhoto(str(error)) from error
    if not decoded.is_whole:
        raise UnreadablePhoto(decoding.DAMAGED)
    if min(decoded.width, decoded.height) < MIN_SIDE:
        raise UnreadablePhoto(f"The photo is smaller than {MIN_SIDE} pixels; send a larger one.")
    return Image.fromarray(decoded.pixels.numpy())
