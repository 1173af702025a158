"""The replay of what really happened: it agrees with the live caps, and it is quick."""

import random
import time
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.projects.models import Product, Project
from dashboard.spend.what_if import queries as whatif_ledger
from dashboard.spend.what_if.replay import ProposedCap, Replay, replay
from generation.credits import caps, ledger
from generation.models import Batch, Cap, CreditAccount, Hold, Image, Job, LedgerEntry
from generation.pipeline import jobs
from tests.spend.orders import order

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 10, 1, tzinfo=ZONE)
DAYS = [date(2026, 10, 1) + timedelta(days=number) for number in range(61)]


def proposed(row: Cap) -> ProposedCap:
    return ProposedCap(row.credits, row.period, row.project_id, row.member_id)


def replayed(team: Team, proposals: list[ProposedCap], *, days: list[date] = DAYS) -> Replay:
    account = CreditAccount.objects.get(team=team)
    first = datetime.combine(days[0].replace(day=1), datetime.min.time(), ZONE)
    until = datetime.combine(days[-1] + timedelta(days=1), datetime.min.time(), ZONE)
    events = whatif_ledger.history(account, first=first, until=until)
    before = whatif_ledger.in_use(account, at=first)
    return replay(events, caps=proposals, days=days, zone=account.zone, before=before)


@pytest.fixture
def spring(team: Team) -> Project:
    ledger.grant(team_id=team.id, credits=100_000)
    ledger.set_time_zone(team_id=team.id, name=str(ZONE))
    return Project.objects.create(team=team, name="Spring")


@pytest.fixture
def script(team: Team, ada: User) -> Actor:
    key, _ = ApiKey.issue(team=team, name="Nightly", created_by=ada)
    return Actor(team, Role.CREATOR, api_key=key)


def settle(job: Job, chance: random.Random) -> None:
    """One of the ends that a job may have."""
    match chance.randrange(5):
        case 0:
            ledger.release(job=job)
        case 1:
            ledger.capture(job=job, credits=chance.randrange(9), pictures=1)
        case 2:
            ledger.capture(job=job, credits=5, pictures=1)
            ledger.refund(job=job, credits=2, actor_id=None, reason="Broken.")
        case 3:
            ledger.capture(job=job, credits=5, pictures=1)


def live(people: list[Actor], mug: Product, places: list[Project | None], *, seed: int) -> list[bool]:
    """Two months of presses on the button; which of them a cap refused."""
    chance, refused, running = random.Random(seed), [], list[Job]()
    for number in range(40):
        with time_machine.travel(BEGIN + timedelta(hours=36 * number), tick=False):
            chance.shuffle(running)
            for job in running[: len(running) // 2]:
                settle(job, chance)
            running = running[len(running) // 2 :]
            try:
                running += order(chance.choice(people), mug, chance.randrange(1, 6), project=chance.choice(places))
                refused.append(False)
            except ledger.CapReached:
                refused.append(True)
    return refused


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_happened_is_stopped_by_the_caps_that_were_in_force(
    seed: int, team: Team, creator: Actor, script: Actor, mug: Product, spring: Project, bob: User, ada: User
) -> None:
    bounds: list[dict[str, Any]] = [{}, {"project": spring}, {"member": bob}, {"member": ada}]
    rows = [Cap(team=team, credits=60 + 40 * (not bound), **bound) for bound in bounds]
    rows.append(Cap(team=team, credits=140, period=Cap.Period.TOTAL, project=spring))
    with time_machine.travel(BEGIN, tick=False):
        for row in rows:
            caps.save(row)
    refused = live([creator, script], mug, [None, spring], seed=seed)
    assert any(refused)
    assert not all(refused)
    found = replayed(team, [proposed(row) for row in rows])
    assert found.batches == refused.count(False)
    assert found.refusals == []
    assert all(use.peak <= row.credits for row, use in zip(rows, found.uses, strict=True))
    assert found.uses[-1].days[-1].replayed == rows[-1].periods.get().used


def test_a_cap_in_all_counts_what_came_before_the_period(
    team: Team, creator: Actor, script: Actor, mug: Product, spring: Project, ada: User
) -> None:
    live([creator, script], mug, [None, spring], seed=7)
    row = Cap(team=team, credits=10**6, period=Cap.Period.TOTAL, member=ada)
    caps.save(row)
    november = [day for day in DAYS if day.month == 11]
    (late,) = replayed(team, [proposed(row)], days=november).uses
    (whole,) = replayed(team, [proposed(row)]).uses
    assert late.days == whole.days[-len(november) :]
    assert late.days[-1].happened == row.periods.get().used > 0


def test_a_batch_of_many_jobs_is_one(team: Team, creator: Actor, mug: Product, spring: Project) -> None:
    with time_machine.travel(BEGIN + timedelta(days=3), tick=False):
        first = order(creator, mug, 6, project=spring)
        order(creator, mug, 2)
    found = replayed(team, [ProposedCap(29)])
    (refusal,) = found.refusals
    assert (found.batches, refusal.batch.batch_id, refusal.asked, refusal.left) == (2, first[0].batch_id, 30, 29)


def test_what_a_batch_came_to(team: Team, creator: Actor, mug: Product, spring: Project) -> None:
    one, two, three = order(creator, mug, 3)
    ledger.capture(job=one, credits=4, pictures=2)
    ledger.release(job=two)
    for index, review in enumerate([Image.Review.APPROVED, Image.Review.REJECTED]):
        Image.objects.create(team=team, job=one, index=index, source_url="https://example.com/1.png", review=review)
    other = order(creator, mug, 1)[0]
    jobs.cancel_all(other.batch)
    found = whatif_ledger.outcomes([three.batch_id, other.batch_id])
    assert found[three.batch_id] == whatif_ledger.JobOutcome(credits=4 + 5, pictures=2, approved=1)
    assert found[other.batch_id] == whatif_ledger.JobOutcome(credits=0, pictures=0, approved=0)


def many(job: Job, count: int) -> None:
    """Copy a job so often, each in a batch of its own, held and paid at another cost."""
    at = [BEGIN + timedelta(seconds=25 * number) for number in range(count)]
    batches = [Batch(team_id=job.team_id, member_id=job.member_id) for _ in at]
    Batch.objects.bulk_create(batches, batch_size=5000)
    fields = {field.attname: getattr(job, field.attname) for field in Job._meta.fields if field.attname != "id"}
    rows = [Job(**fields | {"batch_id": batch.pk}) for batch in batches]
    Job.objects.bulk_create(rows, batch_size=5000)
    Hold.objects.bulk_create(
        (
            Hold(job=row, account_id=job.team_id, credits=5, held_at=moment, spender_id=job.member_id)
            for row, moment in zip(rows, at, strict=True)
        ),
        batch_size=5000,
    )
    entry = {"account_id": job.team_id, "project_id": job.project_id, "member_id": job.member_id, "model": job.model}
    held, paid = ({"kind": "hold", "held": 5}, {"kind": "capture", "held": -5, "spent": 4, "pictures": 1})
    pairs = zip(rows, at, strict=True)
    entries = [(row.pk, moment + delay, change) for row, moment in pairs for delay, change in _turns(held, paid)]
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(job_id=row, created_at=moment, **change, **entry)
            for row, moment, change in sorted(entries, key=_at)
        ),
        batch_size=5000,
    )


def _turns(*changes: dict[str, Any]) -> list[tuple[timedelta, dict[str, Any]]]:
    return [(timedelta(minutes=number), change) for number, change in enumerate(changes)]


def _at(entry: tuple[str, datetime, dict[str, Any]]) -> datetime:
    return entry[1]


def test_a_period_of_many_jobs_takes_few_queries(team: Team, creator: Actor, mug: Product, spring: Project) -> None:
    count = 2_000
    with time_machine.travel(BEGIN - timedelta(days=1), tick=False):
        (job,) = order(creator, mug, 1, project=spring)
    many(job, count)
    proposals = [
        ProposedCap(4 * count // 2),
        ProposedCap(10**9, project_id=spring.id),
        ProposedCap(10**9, Cap.Period.TOTAL),
    ]
    started = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        found = replayed(team, proposals)
        whatif_ledger.outcomes([refusal.batch.batch_id for refusal in found.refusals])
    assert found.batches == count
    assert len(found.refusals) > count // 3
    assert len(queries) <= 8
    assert time.process_time() - started < 2
