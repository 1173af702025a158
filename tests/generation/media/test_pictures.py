import io
import struct
import zlib

import pytest
from PIL import Image

from generation.media import pictures
from generation.media.pictures import UnusablePicture, read_picture
from tests.pictures import photo

MB = 1024 * 1024


def encoded(picture: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """A tiny file that claims a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_are_known_by_their_bytes(format: str) -> None:
    assert read_picture(photo(format=format), max_bytes=MB).mime == f"image/{format.lower()}"


def test_derived_sizes_are_small_stripped_webp() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    picture = read_picture(encoded(Image.new("RGB", (3000, 1500), "red"), "JPEG", exif=exif), max_bytes=MB)
    display, thumbnail = (Image.open(io.BytesIO(data)) for data in (picture.display, picture.thumbnail))
    assert (display.size, thumbnail.size) == ((1600, 800), (480, 240))
    assert (display.format, thumbnail.format) == ("WEBP", "WEBP")
    assert b"secret place" in picture.data
    assert b"secret place" not in picture.display + picture.thumbnail


def test_a_small_picture_is_not_blown_up() -> None:
    picture = read_picture(photo(size=(40, 30)), max_bytes=MB)
    assert Image.open(io.BytesIO(picture.display)).size == (40, 30)


def test_an_exif_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = read_picture(encoded(Image.new("RGB", (300, 100)), "JPEG", exif=exif), max_bytes=MB)
    assert (picture.width, picture.height) == (100, 300)


def test_cmyk_is_taken() -> None:
    picture = read_picture(encoded(Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "JPEG"), max_bytes=MB)
    red, green, _ = Image.open(io.BytesIO(picture.display)).convert("RGB").getpixel((25, 25))  # type: ignore[misc]
    assert red > 200 > green


def test_transparency_survives() -> None:
    picture = read_picture(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"), max_bytes=MB)
    assert Image.open(io.BytesIO(picture.display)).mode == "RGBA"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ANIMATED = encoded(Image.new("RGB", (9, 9)), "WEBP", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hello", "This is not a JPEG, PNG or WebP picture."),
        (SVG, "This is not a JPEG, PNG or WebP picture."),
        (encoded(Image.new("RGB", (9, 9)), "GIF"), "This is not a JPEG, PNG or WebP picture."),
        (photo()[:900], "The picture is damaged or incomplete."),
        (photo(format="PNG")[:300], "The picture is damaged or incomplete."),
        (b"x" * (MB + 1), "The file is larger than 1 MB."),
        (blank_png(10_000, 6_000), "The picture has more than 50 megapixels."),
        (blank_png(100_000, 100_000), "The picture has more than 50 megapixels."),
        (ANIMATED, "Animated pictures cannot be used; save one frame as a picture."),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnusablePicture) as raised:
        read_picture(data, max_bytes=MB)
    assert str(raised.value) == sentence


def test_storing_again_replaces_the_same_keys() -> None:
    picture = read_picture(photo(), max_bytes=MB)
    assert pictures.store(picture, folder="t/p") == pictures.store(picture, folder="t/p")
    assert pictures.read("t/p/original.jpg") == picture.data
