"""A product's photo is replaced; what was made of the old one stays as it is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.audit.models import AuditEvent
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.models import Asset, Connection
from tests.conftest import browser_of
from tests.pictures import photo


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


def replace(browser: Client, product: Product, data: bytes) -> str:
    file = {"photo": SimpleUploadedFile("new.jpg", data)}
    return browser.post(f"/products/{product.id}/photo/", file, follow=True).content.decode()


def page(browser: Client, product: Product) -> str:
    return browser.get(f"/products/{product.id}/").content.decode()


def test_jobs_keep_the_photo_that_they_were_made_of(browser: Client, mug: Product, creator: Actor) -> None:
    old = mug.asset
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
    job = start(creator, specs=[spec]).jobs.get()
    replace(browser, mug, photo(colour="#aa3300"))
    mug.refresh_from_db()
    job.refresh_from_db()
    assert mug.asset != old and job.asset == old
    event = AuditEvent.objects.get(action="product.photo_replaced")
    assert (event.before, event.after) == ({"asset": old.id}, {"asset": mug.asset_id})


def test_an_earlier_photo_is_shown_and_comes_back(browser: Client, mug: Product) -> None:
    old = mug.asset_id
    assert "Earlier photos" not in page(browser, mug)
    replace(browser, mug, photo(colour="#aa3300"))
    assert "Earlier photos" in page(browser, mug) and f'value="{old}"' in page(browser, mug)
    browser.post(f"/products/{mug.id}/photo/earlier/", {"asset": old})
    mug.refresh_from_db()
    assert mug.asset_id == old


def test_another_products_photo_is_not_an_earlier_one(browser: Client, mug: Product, creator: Actor) -> None:
    vase = add_product(creator, photo=photo(colour="#aa3300"), filename="vase.jpg")
    before = mug.asset_id
    browser.post(f"/products/{mug.id}/photo/earlier/", {"asset": vase.asset_id})
    mug.refresh_from_db()
    assert mug.asset_id == before


def test_the_same_photo_again_changes_nothing(browser: Client, mug: Product) -> None:
    assert "is shown by this photo already" in replace(browser, mug, photo())
    assert Asset.objects.count() == 1 and not AuditEvent.objects.filter(action="product.photo_replaced").exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"words", "This is not a JPEG, PNG or WebP picture."), (b"", "The file is empty."), (None, "Choose a photo")],
)
def test_what_is_no_photo_gets_its_sentence(browser: Client, mug: Product, data: bytes | None, sentence: str) -> None:
    file = {} if data is None else {"photo": SimpleUploadedFile("new.jpg", data)}
    answer = browser.post(f"/products/{mug.id}/photo/", file)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    mug.refresh_from_db()
    assert mug.asset == Asset.objects.get()


def test_the_page_says_whether_the_provider_has_the_photo(browser: Client, mug: Product) -> None:
    Connection.objects.update(base_url="https://api.productai.photo/v1")
    assert "ProductAI gets this photo with its first job, once." in page(browser, mug)
    Asset.objects.update(provider_id="asset_at_provider")
    assert "ProductAI has this photo; it is not sent again." in page(browser, mug)
    Connection.objects.update(photo_delivery=Connection.PhotoDelivery.LINK)
    assert "ProductAI gets an expiring link with each job." in page(browser, mug)
    Connection.objects.all().delete()
    assert "No provider is connected yet." in page(browser, mug)


def test_only_creators_of_the_team_replace_a_photo(vera: User, charlie: User, mug: Product) -> None:
    for end in ("photo/", "photo/earlier/"):
        assert browser_of(vera).post(f"/products/{mug.id}/{end}").status_code == 403
        assert browser_of(charlie).post(f"/products/{mug.id}/{end}").status_code == 404
    assert "Replace the photo" not in page(browser_of(vera), mug)
