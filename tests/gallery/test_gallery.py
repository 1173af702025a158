"""``/gallery/``: every picture of the team, newest first, narrowed by the address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.gallery import pictures as gallery_pictures
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product, Project
from generation.counts import recount
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery
from tests.pictures import photo
from tests.ui.markup import one_line


def shown(client: Client, address: str = "/gallery/", **headers: str) -> list[str]:
    """Ids of the pictures on a page, in their order."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return re.findall(r'id="(img_\w+)"', answer.content.decode())


def test_the_newest_picture_comes_first(pictures: Gallery, vera: User) -> None:
    older, newer = pictures(2), pictures(1)
    assert shown(browser_of(vera)) == [picture.id for picture in (*newer, *reversed(older))]


def test_a_picture_that_is_not_stored_yet_is_not_shown(pictures: Gallery, vera: User) -> None:
    (picture,) = pictures(1)
    picture.stored_at = None
    picture.save()
    assert shown(browser_of(vera)) == []


def test_days_have_headings_with_their_count(pictures: Gallery, vera: User) -> None:
    pictures(1, at=timezone.now() - timedelta(days=1))
    pictures(2)
    page = one_line(browser_of(vera).get("/gallery/").content.decode())
    assert re.findall(r"<h2[^>]*>(\w+)</h2><small data-day-count=\"\d+\">([^<]+)<", page) == [
        ("Today", "2 pictures"), ("Yesterday", "1 picture")
    ]  # fmt: skip


def test_the_day_at_the_end_of_a_page_is_counted_whole(
    pictures: Gallery, team: Team, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_pictures, "PAGE", 3)
    pictures(4, at=timezone.now() - timedelta(days=1))
    pictures(2)
    recount.count_totals(team.id)
    recount.count_days(team.id)
    html = browser_of(vera).get("/gallery/").content.decode()
    assert re.findall(r'data-day-count="\d+">([^<]+)<', html) == ["2 pictures", "4 pictures"]
    filtered = browser_of(vera).get("/gallery/?ratio=4:3").content.decode()
    assert re.findall(r'data-day-count="\d+">([^<]+)<', filtered) == ["2 pictures"]


def test_a_tile_knows_its_shape_before_it_is_loaded(pictures: Gallery, vera: User) -> None:
    (picture,) = pictures(1)
    page = one_line(browser_of(vera).get("/gallery/").content.decode())
    assert 'width="640" height="480" alt="Camp mug: On white marble"' in page
    assert f'data-thumbhash="{picture.thumb_hash}"' in page
    source = re.search(r'<img src="(/files/[^"]+)"', page)
    assert source is not None
    assert browser_of(vera).get(source[1])["Content-Type"] == "image/webp"


def test_the_next_page_goes_on_where_the_first_ended(
    pictures: Gallery, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_pictures, "PAGE", 3)
    everything = [picture.id for picture in reversed(pictures(4) + pictures(3))]
    browser, seen, address = browser_of(vera), [], "/gallery/"
    while address:
        page = browser.get(address, headers={"HX-Request": "true"} if seen else {}).content.decode()
        seen += re.findall(r'id="(img_\w+)"', page)
        following = re.search(r'hx-get="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
        assert page.count(">Today</h2>") == (1 if len(seen) == 3 else 0)
    assert seen == everything


def test_without_script_the_next_page_is_a_page(pictures: Gallery, vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery_pictures, "PAGE", 1)
    rows = pictures(2)
    page = browser_of(vera).get(f"/gallery/?before={rows[1].id}").content.decode()
    assert "<h1>Gallery</h1>" in page
    assert rows[0].id in page


@pytest.fixture
def filtered(pictures: Gallery, creator: Actor, team: Team, mug: Product, ada: User) -> dict[str, Any]:
    """One picture for each filter, which alone matches it."""
    lamp = add_product(creator, photo=photo(colour="#aa0000"), filename="lamp.jpg")
    spring = Project.objects.create(team=team, name="Spring")
    preset = Preset.objects.create(team=team, name="Marble morning")
    version = PresetVersion.objects.create(preset=preset, number=1, template="On marble")
    admin = Actor(team, Role.ADMIN, user=ada)
    made = {
        f"product={lamp.id}": pictures(1, product=lamp),
        f"project={spring.id}": pictures(1, project=spring),
        f"preset={preset.id}": pictures(1, preset_version=version),
        "model=gpt-high": pictures(1, model="gpt-high"),
        "ratio=16:9": pictures(1, aspect_ratio="16:9"),
        f"member={ada.pk}": pictures(1, acting=admin),
        "q=FROZEN lake": pictures(1, prompt="On a frozen lake at dusk"),
    }
    return {address: rows[0].id for address, rows in made.items()}


def test_each_filter_narrows_to_what_it_says(filtered: dict[str, Any], vera: User) -> None:
    browser = browser_of(vera)
    assert len(shown(browser)) == len(filtered)
    for address, picture in filtered.items():
        assert shown(browser, f"/gallery/?{address}") == [picture]


def test_filters_add_up_and_can_be_taken_away(filtered: dict[str, Any], vera: User) -> None:
    browser = browser_of(vera)
    assert shown(browser, "/gallery/?model=gpt-high&ratio=16:9") == []
    page = browser.get("/gallery/?model=gpt-high&ratio=16:9").content.decode()
    assert "No picture matches" in page
    assert 'href="/gallery/?ratio=16%3A9"' in page


@pytest.mark.parametrize(
    "address", ["member=x", "member=²", f"member={'9' * 40}", "q=%00", "before=%00x", "ratio=" + "x" * 999]
)
def test_nonsense_in_the_address_harms_nothing(pictures: Gallery, vera: User, address: str) -> None:
    pictures(1)
    assert browser_of(vera).get(f"/gallery/?{address}").status_code == 200


def test_an_empty_gallery_says_how_to_begin(vera: User, bob: User) -> None:
    assert "Generate the first picture" in browser_of(bob).get("/gallery/").content.decode()
    for_viewer = browser_of(vera).get("/gallery/").content.decode()
    assert "No pictures yet" in for_viewer
    assert "Generate the first picture" not in for_viewer


def test_a_page_takes_a_bounded_number_of_queries(pictures: Gallery, vera: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get("/gallery/")
        return len(captured)

    browser = browser_of(vera)
    pictures(1)
    browser.get("/gallery/")  # the first page of a while also notes that she was here
    few = queries()
    for _ in range(3):
        pictures(4)
    assert queries() == few <= 15


def test_what_arrives_is_fetched_by_its_job(pictures: Gallery, vera: User) -> None:
    pictures(1)
    fresh = pictures(2)
    assert shown(browser_of(vera), f"/gallery/new/?job={fresh[0].job_id}") == [fresh[1].id, fresh[0].id]
    assert shown(browser_of(vera), f"/gallery/new/?job={fresh[0].job_id}&model=gpt-high") == []


def test_a_page_that_may_have_missed_some_fetches_the_newest(pictures: Gallery, vera: User) -> None:
    rows = pictures(1) + pictures(1)
    assert shown(browser_of(vera), "/gallery/new/") == [rows[1].id, rows[0].id]


def test_an_outsider_sees_nothing_of_it(pictures: Gallery, charlie: User) -> None:
    (picture,) = pictures(1)
    browser = browser_of(charlie)
    assert shown(browser) == []
    assert shown(browser, f"/gallery/?before={picture.id}x") == []
    assert shown(browser, f"/gallery/new/?job={picture.job_id}") == []
    assert "Camp mug" not in browser.get(f"/gallery/?product={picture.job.product_id}").content.decode()


def test_a_stranger_is_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/gallery/")["Location"].startswith("/accounts/login/")
