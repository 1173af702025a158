"""Pictures that tests draw themselves."""

import io

from PIL import Image, ImageDraw


def photo(*, size: tuple[int, int] = (400, 300), format: str = "JPEG", colour: str = "#2255cc") -> bytes:
    """A picture of a box on white, as a product photo is."""
    picture = Image.new("RGB", size, "white")
    across, down = size
    ImageDraw.Draw(picture).rectangle((across * 0.3, down * 0.3, across * 0.7, down * 0.8), fill=colour)
    out = io.BytesIO()
    picture.save(out, format)
    return out.getvalue()
