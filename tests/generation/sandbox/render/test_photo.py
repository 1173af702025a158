"""Photos of every kind are read upright in RGB, and what is none is refused in one sentence."""

import io

import pytest
from PIL import Image

from generation.sandbox.render import UnreadablePhoto
from generation.sandbox.render.photo import WORKING_SIDE, read_photo
from tests.generation.sandbox.render.photos import can, cut_out_can, saved


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        saved(can())[:2000],
        saved(can(), "PNG")[:500],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        saved(Image.new("RGB", (8, 8)), "PNG"),
        saved(Image.new("1", (9000, 6000)), "PNG"),
        saved(can(), "GIF"),
    ],
    ids=["empty", "text", "cut JPEG", "cut PNG", "SVG", "tiny", "54 megapixels", "GIF"],
)
def test_what_is_no_usable_photo_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(UnreadablePhoto) as refusal:
        read_photo(data)
    message = str(refusal.value)
    assert message.endswith(".") and message.count(".") == 1 and message[0].isupper()


def test_exif_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_photo(saved(can().crop((0, 0, 600, 300)), exif=exif)).size == (300, 600)


def test_cmyk_and_grey_photos_become_rgb() -> None:
    assert read_photo(saved(can().convert("CMYK"))).mode == "RGB"
    assert read_photo(saved(can().convert("L"))).mode == "RGB"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_survives_reading(kind: str) -> None:
    assert read_photo(saved(cut_out_can(), kind)).getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_palette_transparency_survives_reading() -> None:
    palette = Image.new("P", (64, 64), 0)
    out = io.BytesIO()
    palette.save(out, "PNG", transparency=0)
    assert read_photo(out.getvalue()).mode == "RGBA"


def test_large_photos_are_reduced() -> None:
    assert max(read_photo(saved(Image.new("RGB", (5200, 3000)))).size) == WORKING_SIDE
