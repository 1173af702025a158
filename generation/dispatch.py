"""Which job next: due rows, leases, rate limits and pauses.

A Celery message is only a hint. The dispatcher looks at the rows every few seconds, so losing every message
delays work by seconds and loses nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from generation import connections, jobs, limits
from generation.models import Attempt, Connection, Job, JobState

HINTED = timedelta(seconds=30)
"""How long a hinted row is left alone before it is hinted again."""
BURST = 8
"""Submissions hinted at once for one connection; each that ends hints the next."""
_SWEEP = 500


@dataclass(frozen=True)
class Hint:
    """A task to send: its name in ``generation.tasks`` and the id it takes."""

    task: str
    id: str


def next_job(connection: Connection) -> Job | None:
    """Claim the job that should leave now, within the connection's pause and rate limit."""
    if connections.is_paused(connection):
        return None
    for job in _waiting(connection):
        if limits.take(connection.id, limit=connection.plan_limit):
            return None
        if jobs.claim(job):
            return job
    return None


def _waiting(connection: Connection) -> list[Job]:
    rows = Job.objects.filter(connection=connection, state=JobState.QUEUED, due_at__lte=timezone.now())
    return list(rows.order_by("due_at", "id")[:BURST])


def due() -> Iterator[Hint]:
    """Everything that is due, as hints; rows that are hinted are left alone for a while."""
    yield from _submissions()
    now = timezone.now()
    rows = Job.objects.filter(due_at__lte=now).exclude(state=JobState.QUEUED).order_by("due_at")
    found = list(rows.only("id", "state")[:_SWEEP])
    Job.objects.filter(pk__in=[job.pk for job in found], due_at__lte=now).update(due_at=now + HINTED)
    for job in found:
        yield Hint(TASK_OF_STATE[JobState(job.state)], job.id)


TASK_OF_STATE = {
    JobState.SUBMITTING: "reclaim_job",
    JobState.SUBMITTED: "settle_job",
    JobState.UNKNOWN: "resolve_job",
    JobState.RENDERED: "store_job",
    JobState.STORING: "store_job",
}


def _submissions() -> Iterator[Hint]:
    queued = Job.objects.filter(state=JobState.QUEUED, due_at__lte=timezone.now())
    waiting = dict(queued.values_list("connection").annotate(Count("id")))
    for connection in Connection.objects.filter(connections.open_for_posting(), pk__in=waiting):
        room = limits.free(connection.id, limit=connection.plan_limit)
        for _ in range(min(waiting[connection.pk], room, BURST)):
            yield Hint("submit_next", connection.id)


def reclaim(job: Job) -> None:
    """A worker died, or is past its lease: queue again if nothing was posted, else nobody knows."""
    attempt = job.attempts.filter(outcome=Attempt.Outcome.POSTING).first()
    if attempt is None:
        jobs.put_back(job, due_at=timezone.now())
    else:
        jobs.lose(job, attempt=attempt, detail="The worker stopped before the provider answered.")
