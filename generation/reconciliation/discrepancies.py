"""Each job at the provider beside ours: what it charged, what we captured, and jobs that are not ours at all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from generation.contract import JobStatus, RemoteJob
from generation.models import Attempt, Connection, Discrepancy, Hold, JobState, LedgerEntry
from generation.pipeline import matching

PATIENCE = timedelta(days=1)
"""How long a job is waited for before it is told as one that was not compared, from when the provider made it on: what
it has not made yet cannot be in its list."""
SUSPECTS = 50
DIFFERS = "The provider charged another price."
FREE_HERE = "It cost nothing here, yet the provider charged it."
ANSWER_LOST = "Its answer was lost and nothing was paid here; the provider has this job, which fits."
OTHERS = "Made with the same account, but not by this team."
MAY_HAVE_COST = "It reached the provider and cost nothing here; the provider may have kept its price."
NOT_ENDED = "It has not ended for a day, so it was not compared."
UNREADABLE = "The provider's list does not say of it what can be read, so it was not compared."


@dataclass
class Compared:
    """What a look at some of the provider's jobs brought."""

    odd: list[Discrepancy] = field(default_factory=list)
    """What differs and was not said before; not saved yet."""
    waiting: list[datetime] = field(default_factory=list)
    """When those were made that have not ended, there or here, and must be looked at again."""


@dataclass(frozen=True)
class _Ours:
    """What we know of one of the provider's jobs."""

    attempt: Attempt | None
    """Ours; empty for a job of others, or of a POST whose answer was lost."""
    fitting: list[Attempt]
    """Then those that may have made it."""
    under_way: bool
    captured: int

    def says(self, remote: RemoteJob) -> Discrepancy | None:
        """What is odd about it, if it has ended or is nobody's."""
        if self.under_way:
            return None
        if self.attempt is None:
            sole = self.fitting[0] if len(self.fitting) == 1 else None  # whose of several it is, a person must say
            return _row(remote, ANSWER_LOST, attempt=sole) if self.fitting else _row(remote, OTHERS)
        if remote.tokens_used in {None, self.captured}:
            return None
        return _row(remote, DIFFERS if self.captured else FREE_HERE, attempt=self.attempt, captured=self.captured)


def compare(connection: Connection, remotes: Sequence[RemoteJob], *, began: datetime) -> Compared:
    """Each job beside ours; what others made before ``began`` is no concern of ours.

    Our side is read after the provider's, so that none of it is older.
    """
    said, compared = _said(connection, [remote.job_id for remote in remotes]), Compared()
    for remote, ours in _beside(connection, remotes):
        moment, is_ours = matching.made(remote), bool(ours.attempt or ours.fitting)
        if not is_ours and moment and moment < began:
            continue
        row = ours.says(remote)
        if ours.under_way or remote.status in {JobStatus.PENDING, JobStatus.PROCESSING}:
            if moment and moment > timezone.now() - PATIENCE:
                compared.waiting.append(moment)
            else:
                row = row or _row(remote, NOT_ENDED, attempt=ours.attempt)
        if row and said.get(remote.job_id, -1) != remote.tokens_used:
            compared.odd.append(row)
    return compared


def _beside(connection: Connection, remotes: Sequence[RemoteJob]) -> Iterator[tuple[RemoteJob, _Ours]]:
    attempts = _attempts(connection, remotes)
    paid, under_way = _paid(attempts.values()), _under_way(attempts.values())
    lost = _lost(connection, [moment for remote in remotes if (moment := matching.made(remote))])
    for remote in remotes:
        if attempt := attempts.get(remote.job_id):
            yield remote, _Ours(attempt, [], attempt.job_id in under_way, paid.get(attempt.pk, 0))
        else:
            fitting = [attempt for attempt in lost if matching.fits(remote, attempt)]
            yield remote, _Ours(None, fitting, any(_is_under_way(lost) for lost in fitting), 0)


def unreadable(connection: Connection, job_ids: Sequence[str]) -> list[Discrepancy]:
    """Entries of the provider's list that could not be read, each told once; an id that could not either is empty."""
    rows = Discrepancy.objects.filter(reconciliation__connection=connection, note=UNREADABLE)
    said = rows.filter(provider_job_id__in=job_ids).values_list("provider_job_id", flat=True)
    return [Discrepancy(provider_job_id=job_id, note=UNREADABLE) for job_id in {*job_ids}.difference(said)]


def _attempts(connection: Connection, remotes: Iterable[RemoteJob]) -> dict[str, Attempt]:
    ids = [remote.job_id for remote in remotes]
    rows = Attempt.objects.filter(connection=connection, provider_job_id__in=ids).select_related("job").order_by("id")
    return {str(row.provider_job_id): row for row in rows}


def _paid(attempts: Iterable[Attempt]) -> dict[str, int]:
    """Credits that the ledger has, by attempt. What a job was adjusted by counts with the attempt that came last."""
    jobs = [attempt.job_id for attempt in attempts]
    ours = Attempt.objects.filter(job__in=jobs).exclude(provider_job_id=None).order_by("id")
    last = dict(ours.values_list("job_id", "id"))
    paid = {pk: charge or 0 for pk, charge in ours.values_list("id", "charge")}
    adjusted = LedgerEntry.objects.filter(job__in=jobs, kind=LedgerEntry.Kind.ADJUST).order_by().values("job")
    for row in adjusted.annotate(credits=Sum("spent")):
        paid[last[row["job"]]] += row["credits"]
    return paid


def _under_way(attempts: Iterable[Attempt]) -> set[str]:
    jobs = [attempt.job_id for attempt in attempts]
    return set(Hold.objects.filter(job__in=jobs, resolved_at=None).values_list("job_id", flat=True))


def _said(connection: Connection, job_ids: Sequence[str]) -> dict[str, int | None]:
    """What was charged for a job when it was told last."""
    rows = Discrepancy.objects.filter(reconciliation__connection=connection, provider_job_id__in=job_ids).order_by("id")
    return {row.provider_job_id: row.charged for row in rows}


def _row(remote: RemoteJob, note: str, *, attempt: Attempt | None = None, captured: int = 0) -> Discrepancy:
    job = attempt.job if attempt else None
    return Discrepancy(job=job, provider_job_id=remote.job_id, captured=captured, charged=remote.tokens_used, note=note)


def _lost(connection: Connection, moments: Sequence[datetime]) -> Sequence[Attempt]:
    """Attempts around these moments whose answer was lost or is on its way: few, so they are read for a whole page."""
    if not moments:
        return []
    around = (min(moments) - matching.SKEW, max(moments) + matching.SKEW)
    return list(matching.answerless([connection], around=around).select_related("job__hold"))


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
