"""The gallery in a real browser, under the real policy. Requests are answered in-process: no server."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.accounts.models import Team, User
from dashboard.gallery import pictures as gallery_pictures
from dashboard.gallery.review import OWN_WORK
from generation.models import Image
from tests import in_process
from tests.gallery.conftest import Gallery
from tests.in_process import Open, pages_of
from tests.ui.test_in_browser import HOST

chromium = in_process.chromium


@pytest.fixture
def opened(chromium: Browser, bob: User) -> Iterator[Open]:
    """Open a page as Bob."""
    with pages_of(bob, chromium, at="/gallery/") as open_page:
        yield open_page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.parentElement.id"))


def shown(page: Page) -> list[str]:
    return [str(tile.get_attribute("id")) for tile in page.locator("#gallery .picture").all()]


def test_arrows_go_through_the_pictures_and_enter_opens_one(pictures: Gallery, opened: Open) -> None:
    rows = list(reversed(pictures(4)))
    page = opened()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert focused(page) == rows[1].id
    page.keyboard.press("Enter")
    expect(page.locator("#lightbox")).to_contain_text("On white marble")
    expect(page).to_have_url(f"{HOST}/gallery/{rows[1].id}/")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{HOST}/gallery/{rows[2].id}/")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{HOST}/gallery/")
    expect(page.locator("#lightbox")).not_to_be_visible()
    assert focused(page) == rows[1].id


def test_back_closes_the_picture_and_forward_opens_it(pictures: Gallery, opened: Open) -> None:
    pictures(2)
    page = opened("/gallery/?model=nanobanana")
    page.locator("#gallery .picture a").first.click()
    expect(page.locator("#lightbox")).to_be_visible()
    page.go_back()
    expect(page.locator("#lightbox")).not_to_be_visible()
    expect(page).to_have_url(f"{HOST}/gallery/?model=nanobanana")
    page.go_forward()
    expect(page.locator("#lightbox")).to_be_visible()


def test_a_picture_at_its_own_address_closes_to_the_gallery(pictures: Gallery, opened: Open) -> None:
    (row,) = pictures(1)
    page = opened(f"/gallery/{row.id}/?ratio=4:3")
    expect(page.locator("#lightbox:modal")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/gallery/\?ratio=4%3A3$"))
    expect(page.locator("#gallery .picture")).to_have_count(1)


def badge(page: Page, picture: str) -> Locator:
    return page.locator(f"#{picture} .picture-marks .badge")


def test_keys_judge_the_tile_that_has_the_focus(pictures: Gallery, opened: Open) -> None:
    (row,) = pictures(1)
    page = opened()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    expect(badge(page, row.id)).to_have_text("Approved")
    page.keyboard.press("x")
    expect(badge(page, row.id)).to_have_text("Rejected")
    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("x")
    expect(badge(page, row.id)).to_have_count(0)
    assert focused(page) == row.id
    assert Image.objects.get().review == ""


def test_keys_judge_the_open_picture_and_its_tile_follows(pictures: Gallery, opened: Open) -> None:
    (row,) = pictures(1)
    page = opened("/gallery/?review=none")
    page.locator("#gallery .picture a").click()
    expect(page.locator("#approve")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approved")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("list", name="Reviews")).to_contain_text("Approved by Bob")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    expect(badge(page, row.id)).to_have_text("Approved")
    expect(page).to_have_url(f"{HOST}/gallery/?review=none")


def test_the_team_s_rule_is_told_where_one_presses(pictures: Gallery, opened: Open, team: Team) -> None:
    Team.objects.update(approve_own=False)
    (row,) = pictures(1)
    page = opened()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text(OWN_WORK)
    page.keyboard.press("Enter")
    expect(page.locator("#approve")).to_be_disabled()
    expect(page.locator("#lightbox")).to_contain_text(OWN_WORK)
    expect(badge(page, row.id)).to_have_count(0)


def test_the_product_photo_is_laid_over_the_picture(pictures: Gallery, opened: Open) -> None:
    (row,) = pictures(1)
    page = opened(f"/gallery/{row.id}/")
    page.keyboard.press("b")
    expect(page.locator(".compare-photo img")).to_be_visible()
    page.get_by_role("button", name="Compare with the photo").click()
    expect(page.locator(".compare-photo")).to_have_count(0)


def test_new_pictures_come_by_themselves_and_are_announced(pictures: Gallery, opened: Open) -> None:
    old = pictures(1)
    page = opened()
    expect(page.locator("[data-day-count]")).to_have_text("1 picture")
    fresh = pictures(2)
    moved = {"id": fresh[0].job_id, "state": "completed"}
    for _ in range(2):  # the stream may say a thing twice
        page.evaluate("detail => document.body.dispatchEvent(new CustomEvent('live:job', {detail}))", moved)
    expect(page.locator("[data-arrivals]")).to_have_text("2 new pictures")
    expect(page.locator("[data-day-count]")).to_have_text("3 pictures")
    assert shown(page) == [fresh[1].id, fresh[0].id, old[0].id]


def test_the_first_picture_replaces_the_empty_state(pictures: Gallery, opened: Open) -> None:
    page = opened()
    expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    (row,) = pictures(1)
    moved = {"id": row.job_id, "state": "completed"}
    page.evaluate("detail => document.body.dispatchEvent(new CustomEvent('live:job', {detail}))", moved)
    expect(page.locator(f"#{row.id}")).to_be_visible()


def test_the_next_page_is_there_before_its_place_is_reached(
    pictures: Gallery, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_pictures, "PAGE", 3)
    rows = pictures(4) + pictures(3)
    page = opened()
    expect(page.locator("#gallery .picture")).to_have_count(7)
    assert shown(page) == [row.id for row in reversed(rows)]
    expect(page.locator("[data-more]")).to_have_count(0)
    assert Axe().run(page).violations_count == 0


def test_slash_searches_and_question_mark_helps(pictures: Gallery, opened: Open) -> None:
    pictures(1)
    page = opened()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("marble")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{HOST}/gallery/?q=marble")
