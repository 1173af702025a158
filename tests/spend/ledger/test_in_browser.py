"""The ledger and the provider's books in a real browser, under the real policy."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from dashboard.accounts.models import Team, User
from dashboard.spend.ledger import lines
from generation.credits import ledger
from generation.models import Connection, CreditAccount, Discrepancy, Reconciliation
from tests import in_process
from tests.in_process import Open, assert_for_everybody, pages_of
from tests.ui.test_in_browser import HOST

chromium = in_process.chromium


@pytest.fixture
def opened(chromium: Browser, team: Team, ada: User) -> Iterator[Open]:
    """Open a page as Ada."""
    with pages_of(ada, chromium, at="/spend/ledger/") as open_page:
        yield open_page


def test_older_lines_come_as_one_scrolls(team: Team, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "PAGE", 20)
    for number in range(49):
        ledger.grant(team_id=team.id, credits=1 + number)
    page = opened("/spend/ledger/")
    expect(page.locator(".ledger-line")).to_have_count(20)
    for count in (40, 50):
        page.mouse.wheel(0, 10_000)
        expect(page.locator(".ledger-line")).to_have_count(count)
    assert page.locator(".ledger-day").count() == 1
    assert_for_everybody(page)


def test_what_takes_long_to_add_up_comes_after_the_page(
    team: Team, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PAGE", 2)
    for _ in range(3):
        ledger.adjust(team_id=team.id, actor_id=None, spent=4, reason="Paid by card")
    page = opened("/spend/ledger/?model=none")
    expect(page.locator(".ledger-sums .big").first).to_have_text("12")
    assert_for_everybody(page)


def test_days_join_the_other_filters_in_the_address(team: Team, opened: Open) -> None:
    page = opened("/spend/ledger/?kind=grant")
    page.get_by_text("When").click()
    page.fill("#from", "2026-01-01")
    page.get_by_text("Show these days").click()
    expect(page).to_have_url(f"{HOST}/spend/ledger/?from=2026-01-01&to=&kind=grant")
    expect(page.locator(".ledger-line")).to_have_count(1)


def test_an_adjustment_is_made_and_seen(team: Team, opened: Open) -> None:
    page = opened("/spend/ledger/")
    page.get_by_role("link", name="Adjust").click()
    assert_for_everybody(page)
    page.get_by_text("What was granted").click()
    page.get_by_label("Credits", exact=True).fill("-20")
    page.get_by_role("button", name="Adjust").click()
    expect(page.get_by_text("Say why, so that everybody can read it in the ledger.")).to_be_visible()
    page.get_by_label("Reason").fill("Typed twice")
    page.get_by_role("button", name="Adjust").click()
    expect(page.locator(".ledger-line").first).to_contain_text("Typed twice")
    assert CreditAccount.objects.get().granted == 80


def test_a_top_up_is_settled_and_granted(team: Team, opened: Open) -> None:
    now = timezone.now()
    row = Reconciliation.objects.create(
        team=team, connection=Connection.objects.get(), checked_at=now, since=now - timedelta(hours=1), balance=600,
        captured_in_all=0, moved=-500, drift=-500,
    )  # fmt: skip
    Discrepancy.objects.create(reconciliation=row, provider_job_id="job_theirs", charged=6, note="Made elsewhere.")
    page = opened("/spend/provider/")
    assert_for_everybody(page)
    page.get_by_text("A top-up", exact=True).click()
    page.get_by_label("After a top-up, also grant the team 500 credits").check()
    page.get_by_label("Reason").fill("Invoice 7")
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("Agrees exactly.")).to_be_visible()
    assert CreditAccount.objects.get().granted == 600
