"""Which job next: fair turns, due rows, leases, rate limits and pauses.

A Celery message is only a hint. The dispatcher looks at the rows every few seconds, so losing every message
delays work by seconds and loses nothing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from django.db.models import Exists, OuterRef
from django.utils import timezone

from generation.models import Attempt, Connection, Job, JobState
from generation.pipeline import fairness, jobs, queue
from generation.pipeline.fairness import Requester
from generation.provider import connections, rate_limit

HINTED = timedelta(seconds=30)
"""How long a hinted row is left alone before it is hinted again, from the hint on."""
CONCURRENCY = 4
"""Messages of one queue under way or at work at once, each with a thread of a worker."""
SLOT_SECONDS = 0.5
"""How long a message may go on with the next job, before it queues up behind other work with a message anew."""
_SWEEP = 500
_CHOOSING = Lock()
"""Threads that choose at once would choose the same job; between processes the claim decides."""


@dataclass(frozen=True)
class Hint:
    """A task to send: its name in ``generation.tasks`` and the ids it takes, ``wait`` seconds from now."""

    task: str
    ids: tuple[str, ...]
    wait: float = 0


@dataclass(frozen=True)
class Turn:
    """What a look at a connection's queue brought."""

    job: Job | None = None
    """Claimed, with its slot taken; the caller submits it."""
    wait: float | None = None
    """Seconds until the next look is worth it; ``None`` when nothing is due, or the connection is paused."""


def next_job(connection_id: str, *, slot: str = "") -> Turn:
    """Claim the job that should leave now, within the connection's pause and rate limit.

    Members take turns (a script's key is a member of its own); so do a member's batches; within a batch the oldest
    job leaves first. Only the claim itself writes: SQLite's one writer is needed elsewhere.
    """
    with _CHOOSING:
        job = _whose_turn(connection_id)
        if job is None:
            return Turn()
        window, limit = rate_limit.PROVIDERS_WINDOW, job.connection.plan_limit
        if wait := rate_limit.take(connection_id, limit=limit, window=window, slot=job.id):
            return Turn(wait=wait)
        if not jobs.claim(job):
            # Another process may have claimed it, whose slot this is now; a cancelled job needs none.
            if Job.objects.filter(pk=job.id, state=JobState.CANCELLED).exists():
                rate_limit.give_back(connection_id, job.id)
            return Turn(wait=0)
        fairness.save(job, slot=slot)
    # Only now: whoever changes the connection waits for claimed jobs, so that none goes to yesterday's provider.
    job.connection = Connection.objects.get(pk=connection_id)
    return Turn(job, wait=0)


def _whose_turn(connection_id: str) -> Job | None:
    """The first job of the batch whose turn it is, where its connection takes jobs."""
    cursor = fairness.load(connection_id)
    if requester := queue.next_requester(connection_id, after=cursor.requester):
        chosen = queue.first_job(connection_id, requester, after_batch=cursor.batch(requester))
        open_connection = connections.open_for_posting("connection__")
        return Job.objects.filter(open_connection, pk=chosen).select_related("connection", "asset").first()
    return None


def is_waiting(connection_id: str) -> bool:
    """Whether a job could be chosen."""
    return queue.next_requester(connection_id, after=Requester()) is not None


def hint_submit(connection_id: str, *, wait: float, slots: int = 1) -> Iterator[Hint]:
    """Hints to look at a queue in ``wait`` seconds, unless ``slots`` are on their way. One look may call two."""
    for _ in range(min(slots, 2)):
        permit = fairness.ask(connection_id, wait=wait, slots=slots)
        if not permit:
            return
        yield Hint("submit_next", (connection_id, permit), wait)


def due() -> Iterator[Hint]:
    """Everything that is due, as hints; rows that are hinted are left alone for a while."""
    yield from _submissions()
    now = timezone.now()
    rows = Job.objects.filter(due_at__lte=now).exclude(state=JobState.QUEUED).order_by("due_at")
    found = list(rows.only("id", "state", "connection_id")[:_SWEEP])
    Job.objects.filter(pk__in=[job.pk for job in found], due_at__lte=now).update(due_at=now + HINTED)
    looks = Counter(job.connection_id for job in found if job.state in _LOOKED_FOR)
    shared = {connection_id for connection_id, count in looks.items() if count > 1}
    for connection_id in shared:
        yield Hint("sweep_jobs", (connection_id,))
    for job in found:
        if job.connection_id not in shared or job.state not in _LOOKED_FOR:
            yield Hint(TASK_OF_STATE[JobState(job.state)], (job.id,))
    late = list(Attempt.objects.filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)[:_SWEEP])
    Attempt.objects.filter(pk__in=late, due_at__lte=now).update(due_at=now + HINTED)
    yield from (Hint("follow_attempt", (attempt_id,)) for attempt_id in late)


_LOOKED_FOR = {JobState.SUBMITTED, JobState.UNKNOWN}
"""Jobs that one look at the provider's list may settle, where it has several."""
TASK_OF_STATE = {
    JobState.SUBMITTING: "reclaim_job",
    JobState.SUBMITTED: "settle_job",
    JobState.UNKNOWN: "resolve_job",
    JobState.RENDERED: "store_job",
    JobState.STORING: "store_job",
}


def _submissions() -> Iterator[Hint]:
    queued = Job.objects.filter(connection=OuterRef("pk"), state=JobState.QUEUED, due_at__lte=timezone.now())
    for connection in Connection.objects.filter(connections.open_for_posting(), Exists(queued)):
        window, limit = rate_limit.PROVIDERS_WINDOW, connection.plan_limit
        yield from hint_submit(connection.id, wait=rate_limit.wait(connection.id, limit=limit, window=window))


def reclaim(job: Job) -> None:
    """A worker died, or is past its lease: queue again if nothing was posted, else nobody knows."""
    attempt = job.attempts.filter(outcome=Attempt.Outcome.POSTING).first()
    if attempt is None:
        jobs.requeue(job, due_at=timezone.now())
    else:
        jobs.mark_unknown(job, attempt=attempt, detail="The worker stopped before the provider answered.")
