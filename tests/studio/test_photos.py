"""Pictures are made of the photos that were chosen of a product; without a choice of its main one."""

import pytest
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.projects.actions import add_photo, add_product, take_photo
from dashboard.projects.models import Product
from generation.models import Asset, Job
from tests.pictures import photo
from tests.studio.conftest import Press
from tests.ui.markup import one_line


@pytest.fixture
def red(creator: Actor, mug: Product) -> Asset:
    """The mug's second photo."""
    asset = take_photo(creator, photo(colour="#aa3300"))
    add_photo(creator, mug, asset=asset, note="Red")
    return asset


def made_of() -> set[tuple[str, str]]:
    return {(job.asset_id, job.aspect_ratio) for job in Job.objects.all()}


def test_the_main_photo_is_taken_without_a_choice(press: Press, mug: Product, red: Asset) -> None:
    press()
    assert made_of() == {(mug.asset_id, "1:1")}


def test_each_chosen_photo_is_made_in_every_shape(press: Press, mug: Product, red: Asset) -> None:
    press(**{f"photo.{mug.id}": ["", mug.asset_id, red.pk], "aspect_ratio": ["1:1", "4:3"]})
    assert made_of() == {(asset, shape) for asset in (mug.asset_id, red.pk) for shape in ("1:1", "4:3")}
    assert Job.objects.values("batch").distinct().count() == 1


def test_another_photo_instead_of_the_main_one(press: Press, mug: Product, red: Asset) -> None:
    press(**{f"photo.{mug.id}": ["", red.pk]})
    assert made_of() == {(red.pk, "1:1")}


def test_the_price_counts_photos_and_says_so(
    browser: Client, asked: dict[str, object], mug: Product, red: Asset
) -> None:
    form = asked | {f"photo.{mug.id}": ["", mug.asset_id, red.pk]}
    html = one_line(browser.post("/generate/quote/", form, headers={"HX-Request": "true"}).content.decode())
    assert "2 photos of 1 product × 1 shape × 2" in html and "4 pictures" in html


def test_no_photo_of_a_chosen_product_is_a_question(press: Press, mug: Product, red: Asset) -> None:
    answer = press(**{f"photo.{mug.id}": [""]})
    assert "Choose at least one photo of Camp mug, or leave the product out." in answer.content.decode()
    assert not Job.objects.exists()


def test_a_photo_of_another_product_is_none_of_this_one(press: Press, mug: Product, red: Asset, creator: Actor) -> None:
    vase = add_product(creator, photo=photo(colour="#22aa55"), filename="vase.jpg")
    press(**{f"photo.{mug.id}": ["", vase.asset_id]})
    assert made_of() == {(mug.asset_id, "1:1")}


def test_the_card_offers_the_photos_of_a_product_that_has_several(
    browser: Client, mug: Product, red: Asset, creator: Actor
) -> None:
    vase = add_product(creator, photo=photo(colour="#22aa55"), filename="vase.jpg")
    html = one_line(browser.get("/generate/", {"product": mug.id, "photo": red.pk}).content.decode())
    assert f'name="photo.{mug.id}" value="{red.pk}" checked' in html
    assert f'name="photo.{mug.id}" value="{mug.asset_id}"' in html
    assert f'value="{mug.asset_id}" checked' not in html
    assert f"photo.{vase.id}" not in html


def test_the_choice_outlasts_a_search(browser: Client, mug: Product, red: Asset) -> None:
    query = {"q": "nothing", "product": mug.id, f"photo.{mug.id}": red.pk}
    html = one_line(browser.get("/generate/tray/", query).content.decode())
    assert f'name="photo.{mug.id}" value="{red.pk}" checked' in html


def test_the_settings_of_a_job_bring_its_photo_along(press: Press, browser: Client, mug: Product, red: Asset) -> None:
    press(**{f"photo.{mug.id}": ["", red.pk]})
    html = one_line(browser.get("/generate/", {"job": Job.objects.get().pk}).content.decode())
    assert f'name="photo.{mug.id}" value="{red.pk}" checked' in html
