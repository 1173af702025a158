"""Taking back the rest of a batch: one conditional update, and every credit of it in the same transaction."""

from typing import Any

import pytest
from django.db.models import Sum
from pytest_django import DjangoAssertNumQueries

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger
from generation.models import HOLDING, Batch, CreditAccount, Hold, JobState, LedgerEntry
from generation.pipeline import events, jobs


def order(acting: Actor, product: Product, count: int) -> Batch:
    spec = JobSpec(product=product, prompt="On marble", model="nanobanana2", aspect_ratio="1:1", num_images=1)
    return start(acting, specs=[spec] * count)


def assert_the_books_agree(team: Team) -> None:
    account = CreditAccount.objects.get(team=team)
    sums = LedgerEntry.objects.filter(account_id=team.id).aggregate(Sum("granted"), Sum("held"), Sum("spent"))
    assert tuple(sums.values()) == (account.granted, account.held, account.spent)
    for hold in Hold.objects.select_related("job"):
        assert (hold.resolved_at is None) == (hold.job.state in HOLDING), hold.job.state


def test_only_what_is_queued_is_cancelled_and_given_back(creator: Actor, mug: Product, team: Team) -> None:
    batch = order(creator, mug, 5)
    claimed, taken_back = list(batch.jobs.order_by("id")[:2])
    jobs.claim(claimed)
    jobs.cancel(taken_back)
    assert jobs.cancel_all(batch) == 3
    assert set(batch.jobs.values_list("state", flat=True)) == {JobState.SUBMITTING, JobState.CANCELLED}
    assert ledger.left(team_id=team.id) == 95
    assert_the_books_agree(team)


def test_a_second_time_finds_nothing(creator: Actor, mug: Product, team: Team) -> None:
    batch = order(creator, mug, 2)
    assert (jobs.cancel_all(batch), jobs.cancel_all(batch)) == (2, 0)
    assert ledger.left(team_id=team.id) == 100
    assert LedgerEntry.objects.filter(kind=LedgerEntry.Kind.RELEASE).count() == 2


def test_another_batch_goes_on(creator: Actor, mug: Product) -> None:
    order(creator, mug, 2)
    other = order(creator, mug, 1)
    jobs.cancel_all(Batch.objects.earliest("id"))
    assert other.jobs.get().state == JobState.QUEUED


def test_many_jobs_take_few_queries(
    creator: Actor, mug: Product, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    CreditAccount.objects.update(granted=10_000)
    batch = order(creator, mug, 400)
    with django_assert_max_num_queries(18):  # SQLite writes the entries in a few portions
        assert jobs.cancel_all(batch) == 400


def test_open_pages_hear_of_it_once(
    creator: Actor, mug: Product, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    batch = order(creator, mug, 3)
    told: list[dict[str, str]] = []
    monkeypatch.setattr(events, "_publish", lambda team_id, news: told.append(news))
    with django_capture_on_commit_callbacks(execute=True):
        jobs.cancel_all(batch)
    assert told == [{"kind": "batch", "batch": batch.id}]


def test_a_worker_and_a_cancel_that_saw_the_same_job_do_not_both_get_it(
    creator: Actor, mug: Product, team: Team
) -> None:
    batch = order(creator, mug, 3)
    seen_before = list(batch.jobs.order_by("id"))
    assert jobs.claim(seen_before[0])
    assert jobs.cancel_all(batch) == 2
    assert [jobs.claim(job) for job in seen_before] == [False, False, False]
    assert ledger.left(team_id=team.id) == 95
    assert_the_books_agree(team)
