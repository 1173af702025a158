"""The demo team's products. Their photos are drawn here, so that the project ships no pictures."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter


@dataclass(frozen=True)
class SampleProduct:
    """``draw`` gives the photo's bytes, PNG with alpha or JPEG."""

    name: str
    sku: str
    tags: tuple[str, ...]
    draw: Callable[[], bytes]


def _simple(colour: str) -> Callable[[], bytes]:
    def draw() -> bytes:
        picture = Image.new("RGB", (1200, 1200), "#f4f3f1")
        ImageDraw.Draw(picture).rounded_rectangle((400, 250, 800, 1000), 60, fill=colour)
        out = io.BytesIO()
        picture.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=90)
        return out.getvalue()

    return draw


PRODUCTS = (
    SampleProduct("Camp mug", "MUG-01", ("home",), _simple("#24507a")),
    SampleProduct("Repair serum", "SER-30", ("beauty",), _simple("#7a3d12")),
    SampleProduct("Day cream", "CRM-50", ("beauty",), _simple("#dfe3df")),
    SampleProduct("Fig candle", "CAN-01", ("home",), _simple("#8a8f7a")),
    SampleProduct("Stoneware vase", "VAS-02", ("home",), _simple("#b9a48c")),
    SampleProduct("Hand balm", "TUB-75", ("beauty",), _simple("#86a58c")),
    SampleProduct("House espresso", "COF-250", ("food",), _simple("#2a2a2c")),
    SampleProduct("Blossom honey", "HON-350", ("food",), _simple("#d79a2b")),
)
