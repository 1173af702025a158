"""When it will be done: the rate limit, the turns of others, measured times; nothing where nobody knows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from dashboard.studio.estimate import UNMEASURED, seconds_left, words
from generation.models import Attempt, Batch, Connection, Job, JobState

Order = Callable[[int], Batch]


@pytest.fixture
def order(creator: Actor, mug: Product) -> Order:
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
    return lambda count: start(creator, specs=[spec] * count)


@pytest.fixture
def connection(team: Team) -> Connection:
    """Ten requests a minute."""
    Connection.objects.filter(team=team).update(plan_limit=10)
    return Connection.objects.get(team=team)


def done_in(seconds: float, job: Job) -> None:
    attempt = Attempt.objects.create(job=job, connection_id=job.connection_id, token_hash=job.id)
    finished = attempt.created_at + timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(state=JobState.COMPLETED, finished_at=finished)


def test_the_rate_limit_spaces_the_jobs(connection: Connection) -> None:
    assert seconds_left(connection, queued=20) == 120 + UNMEASURED


def test_nothing_to_do_takes_no_time(connection: Connection) -> None:
    assert seconds_left(connection, queued=0) == 0


def test_what_is_at_the_provider_needs_its_time_only(connection: Connection) -> None:
    assert seconds_left(connection, queued=0, running=3) == UNMEASURED


def test_the_time_of_a_job_is_the_median_of_those_done(connection: Connection, order: Order) -> None:
    for seconds, job in zip([4, 8, 90], order(3).jobs.all(), strict=True):
        done_in(seconds, job)
    assert seconds_left(connection, queued=0, running=1) == 8


def test_a_large_batch_of_others_delays_by_no_more_turns_than_ones_own(connection: Connection, order: Order) -> None:
    order(12)
    mine = order(5)
    assert seconds_left(connection, queued=5, batch_id=mine.id) == (5 + 5) / 10 * 60 + UNMEASURED
    assert seconds_left(connection, queued=2) == (2 + 2 + 2) / 10 * 60 + UNMEASURED


def test_a_provider_that_has_become_slow_is_seen_by_the_batchs_own_pace(connection: Connection) -> None:
    assert seconds_left(connection, queued=0, running=40, pace=0.5) == 80


@pytest.mark.parametrize(("pause", "seconds"), [("rate_limit", 45), ("credits", None), ("key", None)])
def test_a_pause_comes_on_top_and_one_without_an_end_has_no_estimate(
    connection: Connection, pause: str, seconds: int | None
) -> None:
    until: Any = timezone.now() + timedelta(seconds=seconds) if seconds else None
    Connection.objects.update(pause=pause, paused_until=until)
    connection.refresh_from_db()
    left = seconds_left(connection, queued=0, running=1)
    assert left is None if seconds is None else left == pytest.approx(seconds + UNMEASURED, abs=5)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "about 10 seconds left"),
        (34, "about 30 seconds left"),
        (55, "about a minute left"),
        (100, "about 2 minutes left"),
        (3600, "about an hour left"),
        (9000, "about 2 hours left"),
        (None, ""),
    ],
)
def test_it_is_said_roughly(seconds: float | None, said: str) -> None:
    assert words(seconds) == said
