"""Writing the picture, a JPEG or with alpha a PNG, with a note that the sandbox made it."""

from __future__ import annotations

import io

from PIL import Image

SOFTWARE = "Packshot sandbox"
IMAGE_DESCRIPTION, SOFTWARE_TAG = 0x010E, 0x0131


MIMES = {"RGB": "image/jpeg", "RGBA": "image/png"}


def encoded(image: Image.Image, model: str) -> bytes:
    """The file's bytes without dates, so that equal pictures give equal bytes; a JPEG has full colour resolution."""
    exif = Image.Exif()
    exif[SOFTWARE_TAG] = SOFTWARE
    exif[IMAGE_DESCRIPTION] = f"Rendered by the {SOFTWARE}, in place of {model}"
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "PNG", compress_level=4, exif=exif)
    else:
        image.save(out, "JPEG", quality=92, subsampling=0, exif=exif, comment=SOFTWARE)
    return out.getvalue()
