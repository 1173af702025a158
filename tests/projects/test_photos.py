"""A product has a main photo and more; what was made of one stays as it is."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.audit.models import AuditEvent
from dashboard.projects import actions
from dashboard.projects.actions import add_photo, add_product, take_photo
from dashboard.projects.forms import PHOTOS_MAX
from dashboard.projects.models import Product, ProductPhoto
from dashboard.studio.actions import JobSpec, start
from generation.models import Asset, Connection
from tests.conftest import browser_of
from tests.pictures import photo

RED, GREEN = "#aa3300", "#22aa55"


@pytest.fixture
def browser(bob: User) -> Client:
    return browser_of(bob)


@pytest.fixture
def red(creator: Actor, mug: Product) -> Asset:
    """The mug's second photo."""
    asset = take_photo(creator, photo(colour=RED))
    add_photo(creator, mug, asset=asset, note="Red")
    return asset


def add(browser: Client, product: Product, *files: bytes) -> str:
    sent = {"photo": [SimpleUploadedFile(f"{at}.jpg", data) for at, data in enumerate(files)]}
    return browser.post(f"/products/{product.id}/photos/", sent, follow=True).content.decode()


def press(browser: Client, product: Product, verb: str, asset: str) -> str:
    answer = browser.post(f"/products/{product.id}/photos/{verb}/", {"asset": asset}, follow=True)
    product.refresh_from_db()
    return answer.content.decode()


def page(browser: Client, product: Product, asset: str = "") -> str:
    return browser.get(f"/products/{product.id}/", {"photo": asset} if asset else {}).content.decode()


def places(product: Product) -> list[str]:
    return list(product.photos.order_by("place").values_list("asset", flat=True))


def test_photos_are_added_in_their_order_and_the_main_one_stays(browser: Client, mug: Product) -> None:
    main = mug.asset_id
    html = add(browser, mug, photo(colour=RED), b"words", photo(colour=GREEN))
    assert "2 photos added." in html and "1.jpg: This is not a JPEG, PNG or WebP picture." in html
    mug.refresh_from_db()
    assert (mug.asset_id, places(mug)[0], len(places(mug))) == (main, main, 3)
    assert AuditEvent.objects.filter(action="product.photo_added", object_id=mug.id).count() == 2


def test_any_photo_becomes_the_main_one_and_jobs_keep_theirs(
    browser: Client, mug: Product, red: Asset, creator: Actor
) -> None:
    old = mug.asset
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
    job = start(creator, specs=[spec]).jobs.get()
    assert "Make this the main photo" in page(browser, mug, red.pk)
    assert "This is the main photo now." in press(browser, mug, "main", red.pk)
    job.refresh_from_db()
    assert mug.asset == red and job.asset == old and places(mug) == [old.pk, red.pk]
    event = AuditEvent.objects.get(action="product.photo_replaced")
    assert (event.before, event.after) == ({"asset": old.id}, {"asset": red.pk})


def test_a_removed_photo_is_an_earlier_one_and_comes_back(browser: Client, mug: Product, red: Asset) -> None:
    old = mug.asset_id
    assert "Earlier photos" not in page(browser, mug)
    html = press(browser, mug, "remove", old)
    assert mug.asset == red and places(mug) == [red.pk], "the next photo is the main one now"
    assert "Earlier photos" in html and f'value="{old}"' in html
    press(browser, mug, "restore", old)
    assert mug.asset == red and places(mug) == [red.pk, old]
    assert "Earlier photos" not in page(browser, mug)


def test_the_only_photo_stays(browser: Client, mug: Product) -> None:
    assert "This is the only photo of Camp mug." in press(browser, mug, "remove", mug.asset_id)
    assert places(mug) == [mug.asset_id]


def test_another_products_photo_is_none_of_this_one(browser: Client, mug: Product, creator: Actor) -> None:
    vase = add_product(creator, photo=photo(colour=RED), filename="vase.jpg")
    before = mug.asset_id
    for verb in ("main", "remove", "restore"):
        press(browser, mug, verb, vase.asset_id)
        assert (mug.asset_id, places(mug)) == (before, [before])


def test_the_same_photo_again_changes_nothing(browser: Client, mug: Product) -> None:
    assert "Camp mug has this photo already." in add(browser, mug, photo())
    assert Asset.objects.count() == 1 and ProductPhoto.objects.count() == 1


def test_products_of_before_have_their_photo(mug: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("dashboard.projects.migrations.0003_product_photos")
    monkeypatch.setattr(migration, "PORTION", 2)
    facts = {"team": mug.team, "asset": mug.asset}
    Product.objects.bulk_create(Product(name=str(n), **facts) for n in range(4))
    ProductPhoto.objects.all().delete()
    migration.fill(apps, None)
    assert sorted(ProductPhoto.objects.values_list("product", "asset", "place")) == sorted(
        (pk, mug.asset_id, 0) for pk in Product.objects.values_list("pk", flat=True)
    )


def test_no_more_photos_than_fit(browser: Client, mug: Product, creator: Actor) -> None:
    facts = {"team": mug.team, "size": 1, "width": 1, "height": 1}
    assets = Asset.objects.bulk_create(Asset(sha256=str(n), **facts) for n in range(1, PHOTOS_MAX))
    ProductPhoto.objects.bulk_create(
        ProductPhoto(product=mug, asset=asset, place=n) for n, asset in enumerate(assets, 1)
    )
    assert f"Camp mug has {PHOTOS_MAX} photos already; no more fit." in add(browser, mug, photo(colour=RED))
    assert "A product has at most 20 photos; these are 21." in add(browser, mug, *[b"x"] * (PHOTOS_MAX + 1))
    with pytest.raises(actions.PhotoRefused):
        add_photo(creator, mug, asset=take_photo(creator, photo(colour=GREEN)))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"words", "This is not a JPEG, PNG or WebP picture."), (b"", "The file is empty."), (None, "Choose a photo")],
)
def test_what_is_no_photo_gets_its_sentence(browser: Client, mug: Product, data: bytes | None, sentence: str) -> None:
    file = {} if data is None else {"photo": SimpleUploadedFile("new.jpg", data)}
    answer = browser.post(f"/products/{mug.id}/photos/", file)
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


def test_only_creators_of_the_team_change_photos(vera: User, charlie: User, mug: Product) -> None:
    for end in ("photos/", "photos/main/", "photos/remove/", "photos/restore/"):
        assert browser_of(vera).post(f"/products/{mug.id}/{end}").status_code == 403
        assert browser_of(charlie).post(f"/products/{mug.id}/{end}").status_code == 404
    assert "Add photos" not in page(browser_of(vera), mug)
