"""A sheet's further pictures become further photos; the same sheet again changes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.projects import imports, previews, tasks
from dashboard.projects.models import Product, ProductImport, ProductPhoto
from generation.models import Asset
from tests.conftest import browser_of
from tests.pictures import photo
from tests.ui.markup import one_line

COLOURS = {"a": "#2255cc", "b": "#aa3300", "c": "#22aa55"}


@pytest.fixture
def shop(httpserver: HTTPServer, settings: Any) -> Iterator[HTTPServer]:
    """A shop's pictures, on an address that counts as our own and so may be private."""
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    for name, colour in COLOURS.items():
        httpserver.expect_request(f"/files/{name}.jpg").respond_with_data(photo(colour=colour))
    httpserver.expect_request("/files/gone.jpg").respond_with_data(status=404)
    yield httpserver


def sheet(shop: HTTPServer, *rows: str) -> bytes:
    """Rows as ``name|sku|files``."""
    lines = ["name;sku;images"]
    for row in rows:
        name, sku, files = row.split("|")
        lines.append(";".join([name, sku, " ".join(shop.url_for(f"/files/{file}.jpg") for file in files.split())]))
    return "\n".join(lines).encode()


def imported(acting: Actor, data: bytes) -> ProductImport:
    batch = previews.preview(acting, data=data, filename="spring.csv")
    imports.start(acting, batch)
    while batch.id in imports.due():
        tasks.import_rows(batch.id)
    return batch


def photos(name: str) -> list[str]:
    """The letters of a product's photos, in their order."""
    rows = ProductPhoto.objects.filter(product__name=name).order_by("place")
    return [row.source.rpartition("/")[2].removesuffix(".jpg") for row in rows]


def test_the_first_picture_is_the_main_photo_and_the_rest_follow(creator: Actor, shop: HTTPServer) -> None:
    batch = imported(creator, sheet(shop, "Mug|M-1|a b c", "Vase|V-1|b"))
    mug = Product.objects.get(sku="M-1")
    assert (photos("Mug"), photos("Vase")) == (["a", "b", "c"], ["b"])
    assert mug.asset == mug.photos.get(place=0).asset and Asset.objects.count() == 3
    assert imports.progress(batch).summary == "2 products, 2 further photos"


def test_a_further_picture_that_cannot_be_had_costs_neither_product_nor_the_others(
    creator: Actor, shop: HTTPServer
) -> None:
    batch = imported(creator, sheet(shop, "Mug|M-1|a gone c"))
    assert photos("Mug") == ["a", "c"]
    assert imports.progress(batch).summary == "1 product, 1 further photo, 1 row left out"
    (left,) = imports.left_out(batch)
    assert (left.place, left.message) == (1, "The server answered 404.")


def test_an_address_that_is_none_is_left_out_and_the_next_picture_is_the_main_one(
    creator: Actor, shop: HTTPServer
) -> None:
    data = sheet(shop, "Mug|M-1|b").replace(b"http://", b"mug.jpg, http://", 1)
    batch = imported(creator, data)
    assert photos("Mug") == ["b"] and "lacks the server’s name" in imports.left_out(batch).get().message


def test_the_same_sheet_again_changes_nothing_and_says_so(creator: Actor, bob: User, shop: HTTPServer) -> None:
    data = sheet(shop, "Mug|M-1|a b", "Vase||c")
    imported(creator, data)
    asked = len(shop.log)
    again = previews.preview(creator, data=data, filename="spring.csv")
    assert imports.progress(again).summary == "0 products, 2 in the library already"
    page = browser_of(bob).get(f"/products/import/{again.id}/").content.decode()
    assert "Nothing is new." in page and not imports.left_out(again)
    imports.start(creator, again)
    assert not imports.due() and (Product.objects.count(), len(shop.log)) == (2, asked)


def test_a_sheet_with_new_pictures_adds_them_alone(creator: Actor, shop: HTTPServer) -> None:
    imported(creator, sheet(shop, "Mug|M-1|a"))
    batch = imported(creator, sheet(shop, "Mug|m-1|b a c", "Vase|V-1|b"))
    assert photos("Mug") == ["a", "c", "b"] or photos("Mug") == ["a", "b", "c"]
    assert Product.objects.count() == 2
    assert imports.progress(batch).summary == "1 product, 2 further photos, 1 in the library already"


def test_a_photo_that_was_uploaded_by_hand_is_not_added_twice(creator: Actor, mug: Product, shop: HTTPServer) -> None:
    mug.sku = "M-1"
    mug.save()
    data = sheet(shop, "Camp mug|M-1|a")
    batch = imported(creator, data)
    assert (mug.photos.count(), Product.objects.count(), imports.progress(batch).photos) == (1, 1, 0)
    assert imports.progress(previews.preview(creator, data=data, filename="a.csv")).waiting == 0


def test_another_name_for_a_sku_is_said(creator: Actor, mug: Product, shop: HTTPServer) -> None:
    mug.sku = "M-1"
    mug.save()
    batch = previews.preview(creator, data=sheet(shop, "Vase|M-1|a b"), filename="a.csv")
    assert imports.left_out(batch).get().message == "Camp mug has the SKU M-1 already."


def test_what_was_left_out_is_mended_and_imported_to_its_product(creator: Actor, bob: User, shop: HTTPServer) -> None:
    batch = imported(creator, sheet(shop, "Mug||a gone", "Vase|V-1|gone b c"))
    assert Product.objects.count() == 1
    file = browser_of(bob).get(f"/products/import/{batch.id}/left-out.csv").content
    again = imported(creator, file.replace(b"gone", b"c", 1).replace(b"gone", b"a", 1))
    assert imports.progress(again).left_out == 0
    assert (photos("Mug"), photos("Vase")) == (["a", "c"], ["a", "b", "c"])
    assert Product.objects.count() == 2


def test_a_product_that_fails_takes_its_photos_with_it(creator: Actor, shop: HTTPServer, bob: User) -> None:
    batch = imported(creator, sheet(shop, "Mug|M-1|gone a b"))
    assert imports.progress(batch).summary == "0 products, 1 row left out"
    assert not Product.objects.exists() and not imports.due()


def test_a_killed_worker_leaves_nothing_half_done(creator: Actor, shop: HTTPServer) -> None:
    batch = previews.preview(creator, data=sheet(shop, "Mug|M-1|a b"), filename="a.csv")
    imports.start(creator, batch)
    product = imports.next_row(batch.id)
    assert product and imports.next_row(batch.id) is None, "a photo waits for its product"
    imports.work(product)
    claimed = imports.next_row(batch.id)  # whoever claimed it dies, or is only slow
    assert claimed and claimed.place == 1
    with time_machine.travel(timezone.now() + imports.LEASE + timedelta(seconds=1)):
        tasks.import_rows(batch.id)
        imports.work(claimed)
    assert photos("Mug") == ["a", "b"] and imports.progress(batch).waiting == 0


def test_a_product_that_is_gone_meanwhile_says_so(creator: Actor, shop: HTTPServer) -> None:
    batch = previews.preview(creator, data=sheet(shop, "Mug|M-1|a b"), filename="a.csv")
    imports.start(creator, batch)
    row = imports.next_row(batch.id)
    assert row
    imports.work(row)
    Product.objects.all().delete()
    tasks.import_rows(batch.id)
    assert imports.left_out(batch).get().message == "Its product is not in the library any more."


def test_the_pages_show_photos_under_their_product(bob: User, creator: Actor, shop: HTTPServer) -> None:
    browser: Client = browser_of(bob)
    batch = previews.preview(creator, data=sheet(shop, "Mug|M-1|a b"), filename="a.csv")
    page = browser.get(f"/products/import/{batch.id}/").content.decode()
    assert "1 product, 1 further photo." in page and "photo 2 of Mug" in one_line(page)
