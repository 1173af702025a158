"""Photos from a browser: the good ones become products, the others get one sentence each."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from dashboard.accounts.models import User
from dashboard.projects.models import Product
from tests.conftest import browser_of
from tests.odd_pictures import DAMAGED, SOUND, chunk
from tests.pictures import photo
from tests.ui.markup import one_line

SCRIPT = {"HX-Request": "true"}
MB = 1024 * 1024


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def saved(picture: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)  # type: ignore[arg-type]
    return out.getvalue()


def animated() -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def huge() -> bytes:
    """A PNG whose header promises 60 megapixels."""
    header = struct.pack(">IIBBBBB", 10_000, 6_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif)


BAD = {
    "notes.txt": (b"just words", "This is not a JPEG, PNG or WebP picture."),
    "logo.png": (
        b"<svg/>",
        "This is an SVG drawing, not a JPEG, PNG or WebP picture.",
    ),
    "old.gif": (saved(Image.new("P", (8, 8)), "GIF"), "This is a GIF file, not a JPEG, PNG or WebP picture."),
    "empty.jpg": (b"", "The file is empty."),
    "cut.jpg": (photo()[:-400], "The picture is damaged or incomplete."),
    "huge.png": (huge(), "The picture has more than 50 megapixels."),
    "heavy.jpg": (photo() + bytes(11 * MB), "The file is larger than 10 MB."),
    "moving.webp": (animated(), "Animated pictures cannot be used; save one frame as a picture."),
}
GOOD = {
    "mug.jpg": photo(),
    "mug.png": photo(format="PNG"),
    "mug.webp": photo(format="WEBP"),
    "print.jpg": saved(Image.new("CMYK", (40, 30)), "JPEG"),
    "really-a-png.jpg": photo(format="PNG"),
    "phone.jpg": turned(),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_its_sentence_and_leaves_nothing(browser: Client, name: str) -> None:
    data, sentence = BAD[name]
    answer = browser.post("/products/upload/", {"photo": file(name, data)}, headers=SCRIPT)
    assert answer.status_code == 400
    assert answer.json() == {"error": sentence}
    assert not Product.objects.exists()


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_becomes_a_product(browser: Client, name: str) -> None:
    answer = browser.post("/products/upload/", {"photo": file(name, GOOD[name])}, headers=SCRIPT)
    assert answer.status_code == 200, answer.content
    assert f'data-product="{Product.objects.get().id}"' in answer.content.decode()


def test_a_turned_photo_is_measured_upright(browser: Client) -> None:
    browser.post("/products/upload/", {"photo": file("phone.jpg", turned())}, headers=SCRIPT)
    asset = Product.objects.get().asset
    assert (asset.width, asset.height) == (20, 40)


def test_a_photo_dropped_on_the_tray_comes_back_chosen(browser: Client) -> None:
    answer = browser.post("/products/upload/?into=tray", {"photo": file("camp-mug.jpg", photo())}, headers=SCRIPT)
    html = one_line(answer.content.decode())
    assert f'name="product" value="{Product.objects.get().id}" checked' in html and "Camp mug" in html


def test_without_script_the_good_go_on_and_the_bad_are_named(browser: Client) -> None:
    photos = [file("mug.jpg", photo()), file("empty.jpg", b""), file("vase.jpg", photo(colour="#aa3300"))]
    answer = browser.post("/products/upload/", {"photo": photos}, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["2 photos added.", "empty.jpg: The file is empty."]
    assert set(Product.objects.values_list("name", flat=True)) == {"Mug", "Vase"}


def test_odd_files_are_a_photo_or_a_sentence_with_a_script_and_without(browser: Client) -> None:
    odd = {**SOUND, **DAMAGED}
    answers = {
        name: browser.post("/products/upload/", {"photo": file(f"{name}.jpg", data)}, headers=SCRIPT).status_code
        for name, data in odd.items()
    }
    assert answers == dict.fromkeys(SOUND, 200) | dict.fromkeys(DAMAGED, 400)
    together = [file(f"{name}.jpg", data) for name, data in odd.items()]
    plain = browser.post("/products/upload/", {"photo": together}, follow=True)
    said = [str(message) for message in plain.context["messages"]]
    assert said == [
        f"{len(SOUND)} photos added.",
        *(f"{name}.jpg: The picture is damaged or incomplete." for name in DAMAGED),
    ]


def test_no_file_at_all_is_said(browser: Client) -> None:
    assert "Choose a photo" in browser.post("/products/upload/", follow=True).content.decode()
    assert browser.post("/products/upload/", headers=SCRIPT).status_code == 400


def test_it_takes_a_post(browser: Client) -> None:
    assert browser.get("/products/upload/").status_code == 405
