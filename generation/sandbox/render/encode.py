"""Writing the picture: JPEG with a note that the sandbox made it."""

from __future__ import annotations

import io

from PIL import Image

SOFTWARE = "Packshot sandbox"
IMAGE_DESCRIPTION, SOFTWARE_TAG = 0x010E, 0x0131


def encoded(image: Image.Image, model: str) -> bytes:
    """JPEG bytes with full colour resolution, without dates, so equal pictures give equal bytes."""
    exif = Image.Exif()
    exif[SOFTWARE_TAG] = SOFTWARE
    exif[IMAGE_DESCRIPTION] = f"Rendered by the {SOFTWARE}, in place of {model}"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, subsampling=0, exif=exif, comment=SOFTWARE)
    return out.getvalue()
