"""When jobs will be done: from the connection's rate limit, the queue before them, and what the team's jobs took."""

from statistics import median

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from generation.models import Attempt, Connection, Job, JobState
from generation.provider import connections

SAMPLE = 30
"""Finished jobs whose time is measured."""
UNMEASURED = 30.0
"""Seconds that a job takes where none has finished yet, as the provider's documentation estimates."""


def seconds_left(
    connection: Connection, *, queued: int, running: int = 0, pace: float = 0, batch_id: str = ""
) -> float | None:
    """Seconds until ``queued`` jobs, of the batch if it exists already, are done; ``None`` while nothing is sent.

    ``running`` jobs are at the provider already. ``pace`` is how many a second the batch has finished so far: where
    the provider is slower than it was with the jobs before, that says so.
    """
    wait = _pause(connection)
    if wait is None or not (queued or running):
        return wait
    sent = (queued + _between(connection, queued, batch_id)) / max(1, connection.plan_limit) * 60 if queued else 0.0
    return max(wait + sent + _each(connection), (queued + running) / pace if pace else 0)


def _pause(connection: Connection) -> float | None:
    if connections.takes_jobs(connection):
        return 0.0
    until = connection.paused_until
    return max(0.0, (until - timezone.now()).total_seconds()) if until else None


def _between(connection: Connection, queued: int, batch_id: str) -> int:
    """Jobs that leave before the last of ours. Batches take turns, so of each no more than we have."""
    rows = Job.objects.filter(connection=connection, state=JobState.QUEUED).exclude(batch=batch_id).order_by()
    return sum(
        min(queued, others) for others in rows.values("batch").annotate(n=Count("pk")).values_list("n", flat=True)
    )


def _each(connection: Connection) -> float:
    """Seconds from a POST to the stored pictures: the median of the connection's latest jobs."""
    posted = Attempt.objects.filter(job=OuterRef("pk")).order_by("-id").values("created_at")[:1]
    done = Job.objects.filter(team=connection.team_id, state=JobState.COMPLETED, finished_at__isnull=False)
    times = done.annotate(posted=Subquery(posted)).order_by("-id").values_list("posted", "finished_at")[:SAMPLE]
    took = [(finished - started).total_seconds() for started, finished in times if started and finished]
    return median(took) if took else UNMEASURED


def words(seconds: float | None) -> str:
    """``about 4 minutes left``; nothing where nobody knows."""
    if seconds is None:
        return ""
    if seconds < 50:
        return f"about {max(10, round(seconds, -1)):.0f} seconds left"
    if seconds < 90:
        return "about a minute left"
    if seconds < 3570:
        return f"about {round(seconds / 60)} minutes left"
    if seconds < 5400:
        return "about an hour left"
    return f"about {round(seconds / 3600)} hours left"
