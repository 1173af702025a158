"""The overview in a real browser, under the real policy. Requests are answered in-process: no server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, expect

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product
from generation.credits import caps, ledger
from generation.models import Cap
from tests import in_process
from tests.in_process import Open, pages_of
from tests.spend.spending import pay

chromium = in_process.chromium


@pytest.fixture
def opened(chromium: Browser, ada: User) -> Iterator[Open]:
    """Open a page as Ada."""
    with pages_of(ada, chromium, at="/spend/") as open_page:
        yield open_page


@pytest.fixture
def spent(team: Team, creator: Actor, mug: Product) -> None:
    """Five weeks of spending on two versions of a preset, under a cap."""
    ledger.grant(team_id=team.id, credits=1000)
    marble = Preset.objects.create(team=team, name="Marble")
    versions = [PresetVersion.objects.create(preset=marble, number=number, template="x") for number in (1, 2)]
    caps.save(Cap(team=team, credits=400))
    now = timezone.now()
    for back in range(0, 35, 3):
        day = (now - timedelta(days=back)).date().isoformat()
        pay(creator, mug, 5 + back, on=day, pictures=2, approved=1, preset_version=versions[back % 2])


def test_breaks_no_rule_of_accessibility_and_fits_a_phone(spent: None, opened: Open) -> None:
    page = opened()
    for summary in page.locator(".chart-table > summary").all():
        summary.click()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_preset_unfolds_by_key(spent: None, opened: Open) -> None:
    page = opened("/spend/?period=90")
    version = page.get_by_role("row", name="Version 2")
    expect(version).to_be_hidden()
    page.get_by_text("Marble").first.press("Enter")
    expect(version).to_be_visible()


def test_a_bar_leads_to_the_lines_of_its_day(spent: None, opened: Open) -> None:
    page = opened()
    page.locator("a.chart-bar").last.click(position={"x": 3, "y": 20})
    today = timezone.now().date().isoformat()
    page.wait_for_url(f"**/spend/ledger/?from={today}&to={today}&kind=spent")


def test_days_are_chosen_in_the_menu(spent: None, opened: Open) -> None:
    page = opened()
    page.locator(".spend-steps summary").click()
    page.get_by_label("From", exact=True).fill("2026-01-05")
    page.get_by_label("To", exact=True).fill("2026-01-09")
    page.get_by_role("button", name="Show these days").click()
    expect(page.locator(".spend-steps summary")).to_have_text("5–9 Jan 2026")
    expect(page.get_by_text("Nothing was spent in these days")).to_be_visible()
