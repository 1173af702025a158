"""A photo on the web becomes a product, or one sentence says why not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_httpserver import HTTPServer

from dashboard.accounts.models import User
from dashboard.projects.models import Product
from tests.conftest import browser_of
from tests.pictures import photo

PAGE = "/products/link/"


@pytest.fixture
def shop(httpserver: HTTPServer, settings: Any) -> Iterator[HTTPServer]:
    """A shop's pictures, on an address that counts as our own and so may be private."""
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/camp-mug.jpg").respond_with_data(photo())
    httpserver.expect_request("/files/gone.jpg").respond_with_data(status=404)
    httpserver.expect_request("/files/words.jpg").respond_with_data(b"just words")
    httpserver.expect_request("/files/heavy.jpg").respond_with_data(bytes(11 * 1024 * 1024))
    yield httpserver


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


def test_the_photo_is_named_after_its_file(browser: Client, shop: HTTPServer) -> None:
    answer = browser.post(PAGE, {"url": f" {shop.url_for('/files/camp-mug.jpg?size=large')} "}, follow=True)
    product = Product.objects.get()
    assert product.name == "Camp mug" and answer.redirect_chain[-1][0] == f"/products/{product.id}/"


BAD = {
    "": "Give the address of a photo.",
    "mug.jpg": "The image URL is not a whole web address; it begins with https://.",
    "http://10.0.0.1/mug.jpg": "The image URL is not on the public internet.",
    "{shop}/secret.jpg": "The image URL is not on the public internet.",
    "{shop}/files/gone.jpg": "The server answered 404.",
    "{shop}/files/words.jpg": "This is not a JPEG, PNG or WebP picture.",
    "{shop}/files/heavy.jpg": "The file is larger than 10 MB.",
}


@pytest.mark.parametrize("address", BAD)
def test_what_cannot_be_had_gets_its_sentence_and_is_kept_in_the_field(
    browser: Client, shop: HTTPServer, address: str
) -> None:
    answer = browser.post(PAGE, {"url": address.format(shop=shop.url_for("").rstrip("/"))})
    html = answer.content.decode()
    assert answer.status_code == 422 and BAD[address] in html, html
    assert not Product.objects.exists()


def test_viewers_and_outsiders_add_nothing_to_the_library(vera: User, shop: HTTPServer) -> None:
    assert browser_of(vera).post(PAGE, {"url": shop.url_for("/files/camp-mug.jpg")}).status_code == 403
    assert not Product.objects.exists() and shop.log == []


def test_the_librarys_links_work_beside_the_sentence(browser: Client, mug: Product) -> None:
    assert browser.get(f"{PAGE}?tag=home&q=").headers["Location"] == "/products/?tag=home&q="
