from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.projects.models import Product, Project
from dashboard.studio.actions import JobSpec, start
from generation.credits import caps, integrity, ledger
from generation.credits.ledger import BadEntry, CapReached
from generation.models import Cap, CapPeriod, CreditAccount, Hold, Job, LedgerEntry
from generation.pipeline import jobs

Order = Callable[..., list[Job]]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def order(creator: Actor, mug: Product) -> Order:
    """Start jobs of one picture each, at 5 credits."""

    def place(count: int = 1, *, project: Project | None = None, acting: Actor = creator) -> list[Job]:
        asked: dict[str, Any] = {"model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 1, "project": project}
        spec = JobSpec(product=mug, prompt="On marble", **asked)
        return list(start(acting, specs=[spec] * count).jobs.order_by("id"))

    return place


@pytest.fixture
def spring(team: Team) -> Project:
    return Project.objects.create(team=team, name="Spring")


def cap(team: Team, credits: int, **fields: Any) -> Cap:
    row = Cap(team=team, credits=credits, **fields)
    caps.save(row)
    return row


def standing(row: Cap) -> tuple[int, int]:
    (found,) = caps.standings(team_id=row.team_id)
    return found.held, found.spent


def test_a_cap_stops_what_does_not_fit_and_names_itself(team: Team, order: Order, spring: Project) -> None:
    cap(team, 12, project=spring)
    order(2, project=spring)
    with pytest.raises(
        CapReached,
        match=r"costs 5 credits, but the monthly cap of Spring allows only 2 more \(of 12: 0 spent, 10 held\)\. It",
    ) as at:
        order(1, project=spring)
    assert (at.value.asked, at.value.left) == (5, 2)
    order(1)  # outside the project
    assert CreditAccount.objects.get(team=team).held == 15
    assert list(integrity.violations()) == []


def test_a_refusal_holds_nothing_anywhere(team: Team, order: Order, bob: User) -> None:
    wide, tight = cap(team, 50), cap(team, 4, member=bob)
    with pytest.raises(CapReached) as stopped:
        order(1)
    assert stopped.value.standing.cap == tight
    assert not CapPeriod.objects.filter(cap=wide, held__gt=0).exists()
    assert not Job.objects.exists()
    assert CreditAccount.objects.get(team=team).held == 0


def test_the_tightest_of_several_caps_is_named(team: Team, order: Order, bob: User) -> None:
    cap(team, 4)
    tightest = cap(team, 3, member=bob, period=Cap.Period.TOTAL)
    with pytest.raises(CapReached, match=r"the cap of Bob allows only 3 more \(of 3: 0 spent, 0 held\).$") as stopped:
        order(1)
    assert stopped.value.standing.cap == tightest


def test_a_capture_moves_from_held_to_spent_and_a_release_gives_back(team: Team, order: Order) -> None:
    row = cap(team, 50)
    first, second, third = order(3)
    ledger.capture(job=first, credits=4)
    ledger.release(job=second)
    assert standing(row) == (5, 4)
    ledger.refund(job=first, credits=3, actor_id=None, reason="The picture was broken.")
    assert standing(row) == (5, 1)
    ledger.adjust(team_id=team.id, actor_id=None, spent=2, job=first, reason="ProductAI charged 6.")
    assert standing(row) == (5, 3)
    assert jobs.cancel_all(third.batch) == 3
    assert standing(row) == (0, 3)


def test_a_key_counts_against_whoever_made_it(team: Team, order: Order, ada: User) -> None:
    key, _ = ApiKey.issue(team=team, name="Nightly", created_by=ada)
    cap(team, 7, member=ada)
    acting = Actor(team, Role.CREATOR, api_key=key)
    order(1, acting=acting)
    with pytest.raises(CapReached):
        order(1, acting=acting)
    assert Hold.objects.get().spender == ada


def test_a_new_cap_counts_what_is_held_and_spent_already(team: Team, order: Order) -> None:
    first, _, _ = order(3)
    ledger.capture(job=first, credits=5)
    row = cap(team, 8)
    assert standing(row) == (10, 5)
    (found,) = caps.standings(team_id=team.id)
    assert found.left == -7
    with pytest.raises(CapReached, match="allows only 0 more"):
        order(1)


def test_a_month_starts_anew_and_a_total_does_not(team: Team, order: Order) -> None:
    with time_machine.travel(NOON, tick=True):
        monthly, total = cap(team, 5), cap(team, 10, period=Cap.Period.TOTAL)
        order(1)
        with pytest.raises(CapReached, match="It resets on 1 December."):
            order(1)
    with time_machine.travel(datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC), tick=True):
        order(1)
        standings = {found.cap.id: found.left for found in caps.standings(team_id=team.id)}
        assert standings == {monthly.id: 0, total.id: 0}
    with time_machine.travel(datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC), tick=True), pytest.raises(CapReached) as at:
        order(1)
    assert at.value.standing.cap == total


def test_what_was_held_in_one_month_and_captured_in_the_next_counts_in_the_first(team: Team, order: Order) -> None:
    with time_machine.travel(NOON, tick=True):
        row = cap(team, 50)
        (job,) = order(1)
    with time_machine.travel(NOON + timedelta(days=20), tick=True):
        ledger.capture(job=job, credits=5)
        assert standing(row) == (0, 0)
        assert not [found for found in integrity.violations() if found.row == row.id]
    assert row.periods.get().spent == 5


@pytest.mark.parametrize(
    ("zone", "at", "starts"),
    [
        ("UTC", NOON, datetime(2026, 11, 1, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 11, 30, 11, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 10, 1, 4, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_month_begins_where_the_team_is(zone: str, at: datetime, starts: datetime) -> None:
    found, ends = caps.bounds(Cap.Period.MONTH, at=at, zone=ZoneInfo(zone))
    assert found == starts
    assert found <= at < ends
    assert caps.bounds(Cap.Period.MONTH, at=ends, zone=ZoneInfo(zone))[0] == ends


def test_another_time_zone_counts_the_month_anew(team: Team, order: Order) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 23, 30, tzinfo=UTC), tick=True):
        row = cap(team, 50)
        order(2)
        ledger.set_time_zone(team_id=team.id, name="Europe/Berlin")
        assert standing(row) == (10, 0)
        assert row.periods.get().starts == datetime(2026, 11, 30, 23, tzinfo=UTC)
        assert list(integrity.violations()) == []


def test_a_raise_ends_by_itself(team: Team, order: Order) -> None:
    row = cap(team, 5)
    order(1)
    row.raised_by, row.raised_until = 5, timezone.now() + timedelta(hours=1)
    caps.save(row)
    order(1)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=True):
        (found,) = caps.standings(team_id=team.id)
        assert (found.limit, found.left) == (5, -5)


def test_a_removed_cap_stops_nothing(team: Team, order: Order) -> None:
    row = cap(team, 1)
    caps.remove(row)
    order(1)
    assert LedgerEntry.objects.filter(kind=LedgerEntry.Kind.HOLD).count() == 1


def test_a_hold_that_waited_over_the_months_end_counts_in_the_new_month(
    team: Team, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = cap(team, 5)
    with time_machine.travel(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), tick=False) as clock:
        order(1)

        def wait(team_id: str) -> CreditAccount:
            clock.shift(2)
            return lock(team_id)

        lock = caps.lock
        monkeypatch.setattr(caps, "lock", wait)
        order(1)
    assert list(row.periods.order_by("starts").values_list("held", flat=True)) == [5, 5]
    assert list(integrity.violations()) == []


def test_a_clock_set_back_finds_what_was_used_before(team: Team, order: Order) -> None:
    evening, midnight = datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    with time_machine.travel(evening, tick=False) as clock:
        row = cap(team, 9)
        (job,) = order(1)
        clock.move_to(midnight)
        ledger.set_time_zone(team_id=team.id, name="Atlantic/Reykjavik")
        clock.move_to(evening)
        with pytest.raises(CapReached, match="allows only 4 more"):
            order(1)
        clock.move_to(midnight - timedelta(days=1))
        jobs.cancel(job)
        clock.move_to(midnight)
        caps.save(row)
        assert list(integrity.violations()) == []


def test_a_cap_that_becomes_another_counts_anew(team: Team, order: Order, spring: Project) -> None:
    row = cap(team, 50)
    order(1, project=spring)
    order(1)
    row.period = Cap.Period.TOTAL
    caps.save(row)
    assert standing(row) == (10, 0)
    row.project = spring
    caps.save(row)
    assert standing(row) == (5, 0)
    assert list(integrity.violations()) == []


def test_a_raise_does_not_add_the_whole_ledger_up_again(team: Team, order: Order) -> None:
    row = cap(team, 50, period=Cap.Period.TOTAL)
    order(2)
    row.raised_by, row.raised_until = 5, timezone.now() + timedelta(hours=1)
    with CaptureQueriesContext(connection) as asked:
        caps.save(row)
    assert not [query for query in asked.captured_queries if "ledgerentry" in query["sql"]]
    assert standing(row) == (10, 0)


def test_an_adjustment_takes_no_more_from_a_job_than_it_cost(team: Team, order: Order) -> None:
    row = cap(team, 50)
    first, second = order(2)
    ledger.capture(job=first, credits=5)
    ledger.capture(job=second, credits=3)
    with pytest.raises(BadEntry, match="This job cost 3 credits"):
        ledger.adjust(team_id=team.id, actor_id=None, spent=-4, job=second, reason="It was free.")
    assert standing(row) == (0, 8)
