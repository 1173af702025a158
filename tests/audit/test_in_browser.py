"""The audit page in a real browser, under the real policy. Requests are answered in-process: no server."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.audit import lines
from dashboard.audit.record import record
from tests import in_process
from tests.audit.conftest import Log
from tests.in_process import Open, pages_of
from tests.ui.test_in_browser import HOST

chromium = in_process.chromium


@pytest.fixture
def opened(chromium: Browser, ada: User) -> Iterator[Open]:
    """Open a page as Ada."""
    with pages_of(ada, chromium, at="/audit/") as open_page:
        yield open_page


def test_what_an_event_changed_comes_when_it_is_opened(log: Log, admin: Actor, opened: Open) -> None:
    log(2)
    record(admin, "preset.edited", "preset_1", before={"template": "At dawn"}, after={"template": "At dusk"})
    page = opened()
    first = page.locator(".audit-line").first
    first.locator("summary").click()
    expect(first.locator("del")).to_contain_text("At dawn")
    expect(first.locator("ins")).to_contain_text("At dusk")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    first.get_by_text("All its events").click()
    expect(page).to_have_url(f"{HOST}/audit/?object=preset_1")
    expect(page.locator(".audit-line")).to_have_count(1)


def test_older_events_come_as_one_scrolls(log: Log, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PAGE", 20)
    log(50)
    page = opened()
    expect(page.locator(".audit-line")).to_have_count(20)
    for count in (40, 50):
        page.mouse.wheel(0, 10_000)
        expect(page.locator(".audit-line")).to_have_count(count)
    assert page.locator(".audit-day").count() == 1


def test_days_and_search_stay_in_the_address(log: Log, opened: Open) -> None:
    log(1)
    page = opened("/audit/?action=project.edited")
    page.get_by_text("When").click()
    page.fill("#since", "2026-01-01")
    page.get_by_text("Show these days").click()
    expect(page).to_have_url(f"{HOST}/audit/?since=2026-01-01&until=&action=project.edited")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("spring")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{HOST}/audit/?q=spring&action=project.edited&since=2026-01-01")
    expect(page.locator(".audit-line")).to_have_count(1)


def test_says_how_to_verify(log: Log, opened: Open) -> None:
    log(1)
    page = opened()
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#verify")).to_contain_text("python3 verify.py")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
