"""The what-if page in a real browser, under the real policy."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.projects.models import Product
from tests import in_process
from tests.in_process import Open, pages_of
from tests.spend.orders import order

chromium = in_process.chromium


@pytest.fixture
def opened(chromium: Browser, ada: User) -> Iterator[Open]:
    """Open a page as Ada."""
    with pages_of(ada, chromium, at="/spend/what-if/") as open_page:
        yield open_page


def test_caps_are_changed_and_played_without_leaving_the_page(
    creator: Actor,
    mug: Product,
    opened: Open,
) -> None:
    order(creator, mug, 2)
    page = opened("/spend/what-if/?rows=2&0-whose=team&0-period=month&0-credits=100&1-whose=team&1-period=total")
    stopped = page.locator(".stat", has_text="Batches stopped")
    expect(stopped).to_contain_text("0")
    page.evaluate("document.body.dataset.here = '1'")
    page.locator("[name='1-whose']").select_option(label="Bob")
    page.locator("[name='1-credits']").fill("9")
    page.locator("[name='1-credits']").press("Enter")
    expect(stopped).to_contain_text("of 1 batch")
    expect(page.locator(".what-if-stopped tbody tr")).to_have_count(1)
    assert page.locator("body").get_attribute("data-here") == "1"
    assert "1-credits=9" in page.url
    page.get_by_role("link", name="Play with 10").last.click()
    expect(page.locator(".what-if-stopped")).to_have_count(0)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
