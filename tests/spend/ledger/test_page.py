"""``/spend/ledger/``: every change of the team's credits, narrowed by the address."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product, Project
from dashboard.spend.ledger import lines as ledger_lines
from dashboard.spend.ledger.filters import LedgerFilters
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger
from generation.models import CreditAccount, Job, LedgerEntry
from tests.conftest import browser_of

Order = Callable[..., list[Job]]


@pytest.fixture
def order(creator: Actor, mug: Product) -> Order:
    """Jobs of one picture each, at 5 credits."""

    def place(count: int = 1, *, acting: Actor = creator, **more: Any) -> list[Job]:
        asked: dict[str, Any] = {"model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 1} | more
        spec = JobSpec(product=mug, prompt="On marble", **asked)
        return list(start(acting, specs=[spec] * count).jobs.order_by("id"))

    return place


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def lines(client: Client, query: str = "", **headers: str) -> list[str]:
    """Each line of a page as plain words."""
    answer = client.get(f"/spend/ledger/{query}", headers=headers)
    assert answer.status_code == 200
    found = re.findall(r'<article class="ledger-line">(.*?)</article>', answer.content.decode(), re.DOTALL)
    return [text(line).strip() for line in found]


def test_tells_every_kind_in_words_with_signed_credits(order: Order, team: Team, ada: User, spring: Project) -> None:
    first, second = order(2, project=spring)
    ledger.capture(job=first, credits=4, pictures=1)
    ledger.release(job=second)
    ledger.refund(job=first, credits=3, actor_id=ada.pk, reason="The mug was cut off")
    ledger.adjust(team_id=team.id, actor_id=ada.pk, granted=-20, reason="Typed twice")
    told = lines(browser_of(ada))
    assert [line.split()[1] for line in told] == ["Adjusted", "Refunded", "Released", "Paid", "Held", "Held", "Granted"]
    assert "Typed twice Ada granted −20" in told[0]
    assert "The mug was cut off" in told[1]
    assert "spent −3" in told[1]
    assert "1 picture · Free prompt · nanobanana2 Bob · Spring" in told[3]
    assert "on hold −5 spent +4" in told[3]
    assert "granted +100" in told[6]


@pytest.fixture
def spring(team: Team) -> Project:
    return Project.objects.create(team=team, name="Spring")


def matching(query: str) -> QuerySet[LedgerEntry]:
    """What the filters of an address leave of the only account's lines."""
    account = CreditAccount.objects.get()
    return LedgerFilters.of(QueryDict(query)).narrow(account.entries.all(), account.zone)


@pytest.fixture
def mixed(order: Order, team: Team, ada: User, spring: Project) -> dict[str, int]:
    """A paid job for each filter, which alone matches it; and how many lines do."""
    preset = Preset.objects.create(team=team, name="Marble")
    version = PresetVersion.objects.create(preset=preset, number=3, template="On marble")
    key, _ = ApiKey.issue(team=team, name="Nightly", created_by=ada)
    with time_machine.travel(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), tick=True):
        (old,) = order(1)
        ledger.capture(job=old, credits=5)
    (of_project,), (of_preset,) = order(1, project=spring), order(1, preset_version=version)
    (by_key,) = order(1, acting=Actor(team, Role.CREATOR, api_key=key))
    (cheap,) = order(1, model="seedream")
    for job in (of_project, of_preset, by_key, cheap):
        ledger.capture(job=job, credits=job.price, pictures=1)
    ledger.adjust(team_id=team.id, actor_id=ada.pk, granted=50, reason="A gift")
    bob = old.member_id
    return {
        f"project={spring.id}": 2, "project=none": 10, f"preset={preset.id}": 2, f"preset_version={version.pk}": 2,
        "preset=none": 10, "model=seedream": 2, "model=none": 2, f"key={key.id}": 2, "key=none": 10, f"member={bob}": 8,
        "member=none": 4, f"job={cheap.id}": 2, "job=none": 2, "kind=hold": 5, "kind=spent": 5, "kind=grant": 1,
        "kind=adjust": 1, "kind=refund": 0, "from=2026-03-01&to=2026-03-01": 2, "to=2026-03-02": 2,
        "from=2026-03-02": 10, "from=2026-03-02&kind=spent&model=seedream": 1,
    }  # fmt: skip


def test_each_filter_narrows_to_what_it_says(mixed: dict[str, int], ada: User) -> None:
    browser = browser_of(ada)
    assert len(lines(browser)) == 12
    assert {query: len(lines(browser, f"?{query}")) for query in mixed} == mixed


def test_days_begin_where_the_team_is(mixed: dict[str, int], team: Team, ada: User) -> None:
    ledger.set_time_zone(team_id=team.id, name="Europe/Berlin")
    browser = browser_of(ada)
    assert len(lines(browser, "?from=2026-03-01&to=2026-03-01")) == 0
    assert len(lines(browser, "?from=2026-03-02&to=2026-03-02")) == 2
    assert "Monday 2 March 2026" in browser.get("/spend/ledger/?to=2026-03-02").content.decode()
    assert lines(browser, "?to=2026-03-02")[0].startswith("00:30")


def sums(client: Client, query: str = "") -> dict[str, str]:
    page = client.get(f"/spend/ledger/{query}").content.decode()
    return dict(re.findall(r'<dt>([^<]+)</dt>\s*<dd class="big num[^"]*">([^<]*)</dd>', page))


@pytest.mark.parametrize("page_length", [3, 50])
def test_sums_on_top_are_those_of_the_lines(
    mixed: dict[str, int], ada: User, monkeypatch: pytest.MonkeyPatch, page_length: int
) -> None:
    """Whether they come from the lines, the days or the account."""
    monkeypatch.setattr(ledger_lines, "PAGE", page_length)
    browser = browser_of(ada)
    whole = sums(browser)
    assert {name: whole[name] for name in ("Granted", "On hold", "Spent")} == {
        "Granted": "150",
        "On hold": "0",
        "Spent": "23",
    }
    by_day = [query for query in mixed if "kind" not in query and "job" not in query]
    assert {query: sums(browser, f"?{query}&sums=1")["Spent"] for query in by_day} == {
        query: str(sum(row.spent for row in matching(query))) for query in by_day
    }


def test_sums_of_years_are_asked_for_by_a_script(
    mixed: dict[str, int], ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_lines, "PAGE", 3)
    browser = browser_of(ada)
    page = browser.get("/spend/ledger/?model=nanobanana2").content.decode()
    (address,) = re.findall(r'hx-get="(/spend/ledger/\?[^"]*sums=1)"', page)
    part = browser.get(address.replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert "<dt>Spent</dt>" in part
    assert "<!doctype" not in part
    assert "hx-get" not in browser.get("/spend/ledger/?job=none").content.decode().split('class="ledger')[0]


def test_sums_leave_out_what_a_kind_is_not_about(mixed: dict[str, int], ada: User) -> None:
    browser = browser_of(ada)
    assert sums(browser, "?kind=spent") == {"Spent": "23", "Pictures paid for": "4"}
    assert sums(browser, "?kind=hold") == {"On hold": "23"}


def test_sums_that_only_every_line_could_tell_are_left_out(
    mixed: dict[str, int], ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_lines, "PAGE", 3)
    assert sums(browser_of(ada), "?kind=hold") == {}
    assert "What these lines add up to" in browser_of(ada).get("/spend/ledger/?kind=hold").content.decode()


def test_below_admin_one_sees_what_one_spent_oneself(
    order: Order, team: Team, ada: User, bob: User, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = ApiKey.issue(team=team, name="Bob's script", created_by=bob)
    others, _ = ApiKey.issue(team=team, name="Ada's script", created_by=ada)
    mine, keys, theirs = (
        order(1, acting=acting)[0]
        for acting in (
            Actor(team, Role.CREATOR, user=bob),
            Actor(team, Role.CREATOR, api_key=key),
            Actor(team, Role.CREATOR, api_key=others),
        )
    )
    for job in (mine, keys, theirs):
        ledger.capture(job=job, credits=5, pictures=1)
    browser = browser_of(bob)
    assert len(lines(browser)) == 4
    assert len(lines(browser, f"?member={ada.pk}")) == len(lines(browser, f"?key={others.pk}")) == 0
    for query in ("", f"?key={others.pk}", f"?job={theirs.id}", "?from=2020-01-01"):
        page = browser.get(f"/spend/ledger/{query}").content.decode()
        export = browser.get(f"/spend/ledger.csv{query}").getvalue().decode()
        assert "Ada" not in text(page) + export
    monkeypatch.setattr(ledger_lines, "PAGE", 1)
    assert sums(browser) == {"Spent": "10", "Pictures paid for": "2"}
    assert sums(browser, "?model=nanobanana2&sums=1") == {"Spent": "10", "Pictures paid for": "2"}
    assert "/spend/ledger/refund/" not in browser.get("/spend/ledger/").content.decode()
    assert "You have spent nothing yet" in browser_of(vera).get("/spend/ledger/").content.decode()


def test_an_outsider_sees_nothing_of_it(order: Order, charlie: User, spring: Project) -> None:
    (job,) = order(1, project=spring)
    browser = browser_of(charlie)
    assert lines(browser) == lines(browser, f"?job={job.id}") == []
    assert "Spring" not in browser.get(f"/spend/ledger/?project={spring.id}").content.decode()


NONSENSE = [
    "member=²", f"member={'9' * 40}", "member=x", "preset_version=x", "from=2026-02-31", "from=x", "to=0001-01-01",
    "to=9999-12-31", "kind=x", "job=%00", "project=%27%22", "before=x", "before=20261122T120000Z-x", "before=²-²",
    f"before=20261122T120000Z-{'9' * 40}", "before=20261122T120000-1",
    "before=00010101T000000%2B2300-5", "before=99991231T235959-2300-5",
    "day=%00", "model=" + "x" * 999,
]  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_in_the_address_harms_nothing(team: Team, ada: User, query: str) -> None:
    browser = browser_of(ada)
    assert browser.get(f"/spend/ledger/?{query}").status_code == 200
    assert browser.get(f"/spend/ledger.csv?{query}").status_code == 200


def test_the_next_page_goes_on_where_the_first_ended(order: Order, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also among lines of the same moment, as a batch writes them."""
    monkeypatch.setattr(ledger_lines, "PAGE", 3)
    order(8)
    browser, ids, address, headings = browser_of(ada), [], "/spend/ledger/?kind=hold", 0
    while address:
        answer = browser.get(address, headers={"HX-Request": "true"} if ids else {})
        page = answer.content.decode()
        ids += [line.entry.pk for day in answer.context["days"] for line in day.lines]
        headings += page.count('class="ledger-day"')
        following = re.search(r'hx-get="(/spend/ledger/\?[^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert ids == sorted(LedgerEntry.objects.filter(kind="hold").values_list("pk", flat=True), reverse=True)
    assert headings == 1


def test_takes_as_many_queries_for_many_lines_as_for_few(order: Order, ada: User, spring: Project) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(path).getvalue()
        return len(captured)

    browser = browser_of(ada)
    browser.get("/spend/ledger/")  # the first request of a while also notes that she was here
    order(1, project=spring)
    few = [queries(path) for path in ("/spend/ledger/", "/spend/ledger.csv")]
    for job in order(12, project=spring):
        ledger.capture(job=job, credits=5)
    assert [queries(path) for path in ("/spend/ledger/", "/spend/ledger.csv")] == few
    assert max(few) <= 26


@pytest.mark.parametrize("query", ["", "kind=spent", "from=2026-01-01", "project=proj_1", "member=1&model=seedream"])
@pytest.mark.parametrize("before", [None, (datetime(2026, 11, 22, tzinfo=UTC), 7)])
def test_pages_come_in_the_order_of_the_index(team: Team, ada: User, query: str, before: Any) -> None:
    plan = ledger_lines.newest(matching(query), before=before)[:51].explain()
    assert "entry_of_account" in plan
    assert "TEMP B-TREE" not in plan


def test_an_empty_ledger_says_what_will_be_here(charlie: User) -> None:
    assert "No credits yet" in browser_of(charlie).get("/spend/ledger/").content.decode()


def test_filters_that_fit_nothing_say_so_and_can_be_taken_away(team: Team, ada: User) -> None:
    page = browser_of(ada).get("/spend/ledger/?kind=refund&from=2026-01-01").content.decode()
    assert "Nothing matches" in page
    assert 'href="/spend/ledger/?kind=refund"' in page
    assert 'href="/spend/ledger/?from=2026-01-01"' in page


def test_who_left_the_team_can_still_be_chosen(order: Order, ada: User, bob: User) -> None:
    order(1)
    Membership.objects.filter(user=bob).delete()
    assert f'href="/spend/ledger/?member={bob.pk}">Bob<' in browser_of(ada).get("/spend/ledger/").content.decode()
