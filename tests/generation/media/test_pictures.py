import contextlib
import io
import random
import resource
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from generation.media import pictures
from generation.media.decoding import UnusablePicture
from generation.media.pictures import read_picture
from tests.odd_pictures import (
    NO_RESOLUTION,
    P3,
    PHOTO,
    SOUND,
    SQUARE,
    TURNED,
    chunk,
    gama,
    iccp,
    jpeg,
    png,
    two_in_one,
    with_segment,
)
from tests.pictures import photo

MB = 1024 * 1024


def encoded(picture: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """A tiny file that claims a huge picture."""
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


@pytest.mark.parametrize("data", SOUND.values(), ids=SOUND)
def test_metadata_never_costs_a_picture(data: bytes) -> None:
    picture = read_picture(data, max_bytes=MB)
    shown = Image.open(io.BytesIO(picture.thumbnail)).convert("RGB")
    assert (picture.width, picture.height) == shown.size == (128, 64)
    assert max(shown.getpixel((16, 16))) < 4  # type: ignore[arg-type,type-var]
    assert min(shown.getpixel((48, 16))) > 251  # type: ignore[arg-type,type-var]


@pytest.mark.parametrize("exif", [TURNED, NO_RESOLUTION], ids=["alone", "beside a resolution of -1/0"])
def test_a_turned_picture_stands_upright_whatever_else_its_metadata_says(exif: bytes) -> None:
    picture = read_picture(with_segment(PHOTO, 0xE1, exif), max_bytes=MB)
    assert (picture.width, picture.height) == Image.open(io.BytesIO(picture.thumbnail)).size == (64, 128)


def test_a_large_turned_picture_keeps_its_own_size() -> None:
    large = jpeg(Image.new("RGB", (6000, 4500), "red"))
    picture = read_picture(with_segment(large, 0xE1, TURNED), max_bytes=MB)
    assert (picture.width, picture.height) == (4500, 6000)
    assert Image.open(io.BytesIO(picture.display)).size == (1200, 1600)


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000)])
def test_a_line_stays_one_pixel_wide(size: tuple[int, int]) -> None:
    picture = read_picture(encoded(Image.new("RGB", size), "PNG"), max_bytes=MB)
    assert sorted(Image.open(io.BytesIO(picture.thumbnail)).size) == [1, 480]


def test_colours_under_full_transparency_do_not_shine_through_at_edges() -> None:
    """Cut-outs keep the old ground under their holes."""
    cutout = Image.new("RGBA", (900, 200), (0, 255, 0, 0))
    cutout.paste((255, 0, 0, 255), (0, 0, 451, 200))
    shown = np.asarray(Image.open(io.BytesIO(read_picture(encoded(cutout, "PNG"), max_bytes=MB).thumbnail)))
    assert shown[shown[..., 3] > 40][:, 1].max() < 60


def many_scans(count: int, *, size: int) -> bytes:
    """A JPEG whose header says that ``count`` scans follow."""
    whole = jpeg(Image.new("RGB", (size, size)), progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * (count - whole.count(b"\xff\xda")) + whole[-2:]


def test_a_jpeg_of_too_many_scans_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(UnusablePicture, match="too many scans"):
        read_picture(many_scans(250, size=2500), max_bytes=10 * MB)
    with pytest.raises(UnusablePicture):
        read_picture(many_scans(5000, size=100), max_bytes=10 * MB)


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
def test_metadata_that_unpacks_to_a_hundred_megabytes_is_not_unpacked(kind: bytes) -> None:
    bomb = zlib.compress(b"\0" * 100_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_picture(png(SQUARE, (kind, b"k\0\0" + bomb)), max_bytes=MB).width == 128
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_bytes_that_changed_on_the_way_are_a_picture_or_a_sentence() -> None:
    chance = random.Random(1)
    whole = [
        PHOTO,
        png(SQUARE, iccp(P3), gama(1)),
        encoded(Image.new("RGBA", (40, 30)), "WEBP"),
        two_in_one(),
    ]
    for turn in range(400):
        data = bytearray(whole[turn % len(whole)])
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(UnusablePicture):
            read_picture(bytes(data), max_bytes=MB)


def test_cmyk_is_taken() -> None:
    picture = read_picture(encoded(Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "JPEG"), max_bytes=MB)
    red, green, _ = Image.open(io.BytesIO(picture.display)).convert("RGB").getpixel((25, 25))  # type: ignore[misc]
    assert red > 200 > green


def test_transparency_survives() -> None:
    picture = read_picture(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"), max_bytes=MB)
    assert Image.open(io.BytesIO(picture.display)).mode == "RGBA"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
APNG = png(SQUARE, (b"acTL", struct.pack(">II", 2, 0)))
ANIMATED = encoded(Image.new("RGB", (9, 9)), "WEBP", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "This is a HEIC file, not a JPEG, PNG or WebP picture."),
        (b"hello", "This is not a JPEG, PNG or WebP picture."),
        (SVG, "This is an SVG drawing, not a JPEG, PNG or WebP picture."),
        (encoded(Image.new("RGB", (9, 9)), "GIF"), "This is a GIF file, not a JPEG, PNG or WebP picture."),
        (photo()[:900], "The picture is damaged or incomplete."),
        (photo(format="PNG")[:300], "The picture is damaged or incomplete."),
        (b"x" * (MB + 1), "The file is larger than 1 MB."),
        (blank_png(10_000, 6_000), "The picture has more than 50 megapixels."),
        (blank_png(100_000, 100_000), "The picture has more than 50 megapixels."),
        (ANIMATED, "Animated pictures cannot be used; save one frame as a picture."),
        (APNG, "Animated pictures cannot be used; save one frame as a picture."),
        (jpeg(Image.new("RGB", (900, 900)), progressive=True)[:900], "The picture is damaged or incomplete."),
        (photo()[:-40], "The picture is damaged or incomplete."),
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
