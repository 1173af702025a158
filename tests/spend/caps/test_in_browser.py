"""Caps beside the price, in a real browser under the real policy. Requests are answered in-process: no server."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dashboard.accounts.models import Team, User
from dashboard.projects.models import Product, Project
from generation.credits import caps
from generation.models import Cap
from tests import in_process
from tests.in_process import assert_for_everybody, pages_of
from tests.spend.orders import cap
from tests.ui.test_in_browser import HOST

chromium = in_process.chromium


@pytest.fixture
def spring(team: Team) -> Cap:
    """What Spring may spend: two pictures at 5 credits."""
    return cap(team, 10, project=Project.objects.create(team=team, name="Spring"))


@pytest.fixture
def page(chromium: Browser, ada: User, mug: Product, spring: Cap) -> Iterator[Page]:
    """The studio as Ada opens it."""
    with pages_of(ada, chromium, at="/generate/") as open_page:
        page = open_page()
        page.locator("#tray input").check()
        page.get_by_label("Model").select_option("nanobanana2")
        for shape in ("4:3", "9:16"):
            page.locator(f"input[name=aspect_ratio][value='{shape}']").check()
        yield page


def test_a_project_brings_its_cap_along_and_trimming_fits_into_it(page: Page) -> None:
    quote, button = page.locator("#quote"), page.locator("[data-price-button]")
    expect(button).to_be_enabled()
    expect(quote).not_to_contain_text("Spring")
    page.get_by_label("Project").select_option(label="Spring")
    expect(quote).to_contain_text("Left in Spring this month")
    expect(quote).to_contain_text("2 of 3 pictures fit, limited by the monthly cap of Spring")
    expect(button).to_be_disabled()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Trim to fit").click()
    expect(button).to_have_text("Generate 2 pictures · 10 credits")
    expect(button).to_be_enabled()
    expect(page.get_by_role("region", name="Why is this blocked?")).not_to_be_visible()


def test_the_tightest_limit_is_said_before_the_server_answers(page: Page) -> None:
    page.get_by_label("Project").select_option(label="Spring")
    page.get_by_role("button", name="Trim to fit").click()
    expect(page.locator("[data-price-button]")).to_be_enabled()
    page.context.route("**/quote/", lambda route: route.abort())
    page.get_by_role("group", name="Pictures of each").get_by_text("4", exact=True).click()
    short = page.locator("[data-price-short]")
    expect(short).to_have_text("This needs 40 credits, but the monthly cap of Spring has only 10 left.")
    expect(page.locator("[data-price-button]")).to_be_disabled()


def test_coming_back_to_the_page_asks_again_whether_it_is_still_blocked(page: Page, spring: Cap) -> None:
    page.get_by_label("Project").select_option(label="Spring")
    why = page.get_by_role("region", name="Why is this blocked?")
    expect(why).to_be_visible()
    expect(why.get_by_role("link", name="Raise it")).to_have_attribute("href", f"/spend/caps/{spring.pk}/?lack=5#raise")
    spring.credits = 15
    caps.save(spring)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(why).not_to_be_visible()
    expect(page.locator("[data-price-button]")).to_be_enabled()


def test_axe_finds_nothing_on_the_pages_of_caps(page: Page, spring: Cap) -> None:
    for path in ("/spend/caps/", f"/spend/caps/{spring.pk}/?lack=5"):
        page.goto(HOST + path)
        assert_for_everybody(page)
