"""Product photos drawn by the tests: a red can with a white band, in the ways photos come."""

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

RED = (200, 30, 40)
SIZE = (600, 600)
CAN = (210, 130, 390, 500)


def can(background: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    """A red can with a white band on a plain background."""
    big = Image.new("RGB", (SIZE[0] * 2, SIZE[1] * 2), background)
    draw = ImageDraw.Draw(big)
    left, top, right, bottom = (2 * edge for edge in CAN)
    draw.rounded_rectangle((left, top, right, bottom), 40, fill=RED)
    draw.rectangle((left, top + 250, right, top + 420), fill=(226, 227, 230))
    draw.rectangle((left + 60, top + 300, right - 60, top + 370), fill=(30, 60, 160))
    return big.reduce(2)


def cut_out_can(smear: bool = False) -> Image.Image:
    """The can on a transparent ground, with a see-through shadow below it if asked."""
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    if smear:
        shade = Image.new("L", SIZE, 0)
        ImageDraw.Draw(shade).ellipse((190, 540, 410, 570), fill=140)
        picture.putalpha(shade.filter(ImageFilter.GaussianBlur(8)))
    mask = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mask).rounded_rectangle(CAN, 20, fill=255)
    whole = can().convert("RGBA")
    picture.paste(whole, mask=mask)
    return picture


def mug(background: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    """A blue mug whose handle shows the background through."""
    picture = Image.new("RGB", SIZE, background)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((110, 210, 330, 430), fill=(40, 60, 150))
    draw.ellipse((150, 250, 290, 390), fill=background)
    draw.rectangle((230, 180, 470, 460), fill=(40, 60, 150))
    return picture


def shaded(picture: Image.Image) -> Image.Image:
    """The photo on a background that falls off to one corner, with sensor noise."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    fall = 1 - 0.10 * (rows / SIZE[1]) ** 2 - 0.06 * columns / SIZE[0]
    noise = np.random.default_rng(1).normal(0, 1.2, (SIZE[1], SIZE[0], 1))
    return Image.fromarray(np.clip(np.asarray(picture) * fall[..., None] + noise, 0, 255).astype(np.uint8))


def standing(picture: Image.Image) -> Image.Image:
    """The photo with a soft shadow touching the product's foot."""
    shade = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shade).ellipse((150, 470, 520, 540), fill=120)
    soft = np.asarray(shade.filter(ImageFilter.GaussianBlur(20)), dtype=np.float32)[..., None] / 255
    plain = np.asarray(picture, dtype=np.float32)
    background = (np.abs(plain - plain[0, 0]).max(axis=2, keepdims=True) < 3).astype(np.float32)
    return Image.fromarray((plain * (1 - soft * background)).astype(np.uint8))


def busy() -> Image.Image:
    """A can in front of a checked wall: nothing to flood."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    checks = ((rows // 40 + columns // 40) % 2 * 120 + 60).astype(np.uint8)
    picture = Image.fromarray(np.dstack([checks, checks // 2, 255 - checks]))
    picture.paste(can(), mask=cut_out_can().getchannel("A"))
    return picture


def saved(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The photo's bytes."""
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}), **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """The picture of some bytes."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture
