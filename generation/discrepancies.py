"""Each job at the provider beside ours: what it charged, what we captured, and jobs that are not ours at all."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from generation import settlement
from generation.client import Client
from generation.contract import RemoteJob
from generation.models import Attempt, Connection, Discrepancy, Hold, JobState, LedgerEntry

AT_ONCE = 100
MOST = 1_000
"""Jobs that one reading compares."""
OVERLAP = timedelta(hours=1)
"""A job that ran during the reading before is looked at again, now that it has ended."""
SUSPECTS = 50
DIFFERS = "The provider charged another price."
FREE_HERE = "It cost nothing here, yet the provider charged it."
ANSWER_LOST = "Its answer was lost and nothing was paid here; the provider has this job, which fits."
OUTSIDE = "Made with this key outside Packshot."
MAY_HAVE_COST = "It reached the provider and cost nothing here; the provider may have kept its price."


def listed(client: Client, *, since: datetime) -> Sequence[RemoteJob]:
    """The provider's jobs, newest first, back to some time before ``since``. Raises ``client.ProviderError``."""
    found: dict[str, RemoteJob] = {}
    first, read = since - OVERLAP, 0
    while read < MOST:
        page = client.list_jobs(limit=AT_ONCE, offset=read)
        found |= {remote.job_id: remote for remote in page.items if _is_since(first, remote)}
        read += len(page.items)
        if not page.items or not page.has_more or not _is_since(first, page.items[-1]):
            break
    return list(found.values())


def _is_since(moment: datetime, remote: RemoteJob) -> bool:
    made = _made(remote)
    return made is None or made >= moment


def _made(remote: RemoteJob) -> datetime | None:
    """When it was made, if the provider says so in a way that can be read."""
    try:
        made = datetime.fromisoformat(remote.created_at)
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def found(connection: Connection, remotes: Sequence[RemoteJob], *, began: datetime) -> list[Discrepancy]:
    """What differs and was not said before; what others made before ``began`` is no concern of ours.

    Our side is read after the provider's, so that none of it is older.
    """
    attempts = _attempts(connection, remotes)
    paid, under_way = _paid(attempts.values()), _under_way(attempts.values())
    said = _said(connection, remotes)
    rows = []
    for remote in remotes:
        attempt = attempts.get(remote.job_id)
        if attempt is None:
            row = _not_ours(connection, remote) if _is_since(began, remote) else None
        elif attempt.job_id in under_way or remote.tokens_used is None:
            row = None
        else:
            row = _compared(remote, attempt, captured=paid.get(attempt.pk, 0))
        if row and said.get(remote.job_id, -1) != remote.tokens_used:
            rows.append(row)
    return rows


def _attempts(connection: Connection, remotes: Iterable[RemoteJob]) -> dict[str, Attempt]:
    ids = [remote.job_id for remote in remotes]
    rows = Attempt.objects.filter(connection=connection, provider_job_id__in=ids).select_related("job").order_by("id")
    return {str(row.provider_job_id): row for row in rows}


def _paid(attempts: Iterable[Attempt]) -> dict[str, int]:
    """Credits captured and adjusted, by attempt. Of a job that was tried again, the last one was paid."""
    last = {attempt.job_id: attempt.pk for attempt in attempts}
    kinds = (LedgerEntry.Kind.CAPTURE, LedgerEntry.Kind.ADJUST)
    sums = LedgerEntry.objects.filter(job__in=list(last), kind__in=kinds).order_by().values("job")
    return {last[row["job"]]: row["paid"] for row in sums.annotate(paid=Sum("spent"))}


def _under_way(attempts: Iterable[Attempt]) -> set[str]:
    jobs = [attempt.job_id for attempt in attempts]
    return set(Hold.objects.filter(job__in=jobs, resolved_at=None).values_list("job_id", flat=True))


def _said(connection: Connection, remotes: Iterable[RemoteJob]) -> dict[str, int | None]:
    ids = [remote.job_id for remote in remotes]
    rows = Discrepancy.objects.filter(reconciliation__connection=connection, provider_job_id__in=ids).order_by("id")
    return dict(rows.values_list("provider_job_id", "charged"))


def _compared(remote: RemoteJob, attempt: Attempt, *, captured: int) -> Discrepancy | None:
    if captured == remote.tokens_used:
        return None
    return _row(remote, DIFFERS if captured else FREE_HERE, attempt=attempt, captured=captured)


def _row(remote: RemoteJob, note: str, *, attempt: Attempt | None = None, captured: int = 0) -> Discrepancy:
    job = attempt.job if attempt else None
    return Discrepancy(job=job, provider_job_id=remote.job_id, captured=captured, charged=remote.tokens_used, note=note)


def _not_ours(connection: Connection, remote: RemoteJob) -> Discrepancy | None:
    """A job without an attempt of ours: of a POST whose answer was lost or is on its way, or somebody else's."""
    fitting = [attempt for attempt in _lost(connection, remote) if settlement.fits(remote, attempt.job, attempt)]
    if any(_is_under_way(attempt) for attempt in fitting):
        return None
    return _row(remote, ANSWER_LOST, attempt=fitting[0]) if fitting else _row(remote, OUTSIDE)


def _lost(connection: Connection, remote: RemoteJob) -> Iterable[Attempt]:
    """Attempts around its time of which the provider's id is not known."""
    made = _made(remote)
    if made is None:
        return []
    around = (made - settlement.SKEW, made + settlement.SKEW)
    answerless = [Attempt.Outcome.POSTING, Attempt.Outcome.UNKNOWN]
    rows = Attempt.objects.filter(connection=connection, provider_job_id=None, outcome__in=answerless)
    return rows.filter(created_at__range=around).select_related("job__hold").order_by("id")


def _is_under_way(attempt: Attempt) -> bool:
    return attempt.job.hold.resolved_at is None and attempt.job.state != JobState.QUEUED


def suspects(connection: Connection, *, since: datetime) -> list[Discrepancy]:
    """Jobs since then of which the provider does not say that it charged them, but may have."""
    reached = [Attempt.Outcome.ACCEPTED, Attempt.Outcome.UNKNOWN]
    free = LedgerEntry.objects.filter(
        account=connection.team_id,
        created_at__gte=since,
        kind=LedgerEntry.Kind.RELEASE,
        job__attempts__outcome__in=reached,
    )
    rows = free.select_related("job").distinct().order_by("-created_at", "-id")[:SUSPECTS]
    return [Discrepancy(job=row.job, provider_job_id=_known_as(row), note=MAY_HAVE_COST) for row in rows]


def _known_as(entry: LedgerEntry) -> str:
    attempts = Attempt.objects.filter(job=entry.job_id).exclude(provider_job_id=None).order_by("-id")
    return str(attempts.values_list("provider_job_id", flat=True).first() or "")
