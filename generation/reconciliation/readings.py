"""Whether the provider's books and ours agree: its balance beside our captures, its jobs beside ours.

Nothing is put right here: a reading is written down, and a person settles what it shows.

A busy team shows no false drift, because a reading never asks for more than is known. The contract does not say when
a job is charged; it is at some moment between our POST and the answer that says that the job ended, and only then do
we capture. So what was charged lies between our captures and our captures with all jobs under way. What is read, in
this order:

1. the jobs under way (open hold, no longer queued), then our captures and the newest entry in one statement;
2. the balance;
3. the jobs under way again, then the entries that came since 1.

What was captured at 1 was charged before 2. Whatever else was charged by 2 belongs to a job that was under way at 1 or
at 3, or that ended in between and has an entry since 1: no job is in none of them, since both looks begin with the jobs
under way, so that one that ends meanwhile is seen twice. Entries are found by their ids, which follow the order of
commits within an account, as its row is locked before an id is drawn; clocks of several machines need not agree.

Readings of an account take turns: of two that overlap the one that ends later is dropped, and so is one during which
the connection was led to another account. Where the provider tells whose balance it is, an account that changed unseen
begins anew too. Then the provider's jobs are compared one by one (:mod:`generation.reconciliation.job_listing`).

With nothing under way a reading is **quiet**: exact, and the base of later ones. Others widen their bounds by the jobs
under way, are compared with the last quiet one, and so lose nothing: what they could not tell, the next quiet one does.
A drift that was settled is left out from then on.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from generation.contract import Account
from generation.credits import caps
from generation.errors import UserFacingError
from generation.models import Connection, Discrepancy, Hold, JobState, LedgerEntry, Reconciliation, ReconciliationCursor
from generation.provider import connections
from generation.provider.client import NoSlot, ProviderError
from generation.reconciliation import discrepancies, job_listing


class NotOpen(UserFacingError):
    """The drift was settled before, or a newer reading took its place."""

    def __init__(self) -> None:
        super().__init__("This was settled before, or a newer reading took its place. Nothing was changed.")


@dataclass(frozen=True)
class _Look:
    """Our books at a moment."""

    under_way: dict[str, int]
    """Credits held, by job."""
    captured: int
    """Credits, since the beginning."""
    newest: int
    """The id of the last entry that is counted."""


@dataclass(frozen=True)
class _Reading:
    at: datetime
    after: int
    """The id of the reading before; 0 for none."""
    account: Account
    captured: int
    under_way: int
    """Credits of jobs that may or may not be in the balance."""


def check(connection: Connection, *, seconds: float = 30) -> Reconciliation:
    """Take a reading, write it down and go on comparing jobs; each call may take ``seconds``.

    Raises ``client.ProviderError`` where the balance could not be read, and then wrote nothing.
    """
    row = read(connection, seconds=seconds)
    if row.since:
        with suppress(NoSlot):
            go_on(connection, seconds=seconds)
    return row


def read(connection: Connection, *, seconds: float = 30) -> Reconciliation:
    """Take a reading and write it down. Raises ``client.ProviderError``, and then wrote nothing."""
    try:
        reading = _take(connection, seconds)
    except ProviderError as error:
        connections.handle_fault(connection, error)
        raise
    with transaction.atomic():
        caps.lock(connection.team_id)
        newest = _newest(connection)
        if newest and newest.pk != reading.after:
            return newest
        row = _write(connection, reading)
    # Afterwards, as it may wake jobs: whoever moves a job takes its row before the account's.
    connections.note_balance(connection, credits=reading.account.credits)
    return row


def go_on(connection: Connection, *, seconds: float = 30) -> bool:
    """Compare more of the provider's jobs; whether there is more to do. A fault is written down and ends it for now.

    Raises ``client.NoSlot`` where nothing could be asked yet.
    """
    reading, first = _newest(connection), of_this_account(connection).first()
    if reading is None or first is None:
        return False
    try:
        return job_listing.walk(connection, reading, began=first.checked_at, seconds=seconds)
    except NoSlot:
        raise
    except ProviderError as error:
        connections.handle_fault(connection, error)
        ReconciliationCursor.objects.filter(pk=connection.pk).update(fault=str(error)[:500])
        return False


def is_behind(connection: Connection) -> bool:
    """Whether the comparison of jobs is to go on soon."""
    return ReconciliationCursor.objects.filter(pk=connection.pk, read__gt=0, fault="").exists()


def _newest(connection: Connection) -> Reconciliation | None:
    return Reconciliation.objects.filter(connection=connection).order_by("id").last()


def _take(connection: Connection, seconds: float) -> _Reading:
    at, last = timezone.now(), _newest(connection)
    connection.refresh_from_db()  # only now: what changes its account from here on leaves a newer reading
    look = _look(connection)
    with connections.open_client(connection, seconds=seconds) as client:
        account = client.get_account()
    under_way = look.under_way | _under_way(connection)
    for job_id, credits in _ended_since(connection, look.newest):
        under_way[job_id] = max(credits, under_way.get(job_id, 0))
    return _Reading(at, last.pk if last else 0, account, look.captured, sum(under_way.values()))


def _look(connection: Connection) -> _Look:
    under_way = _under_way(connection)
    captures = Q(kind=LedgerEntry.Kind.CAPTURE)
    entries = LedgerEntry.objects.filter(account=connection.team_id).order_by()
    sums = entries.aggregate(captured=Sum("spent", filter=captures), newest=Max("id"))
    return _Look(under_way, captured=sums["captured"] or 0, newest=sums["newest"] or 0)


def _under_way(connection: Connection) -> dict[str, int]:
    holds = Hold.objects.filter(account=connection.team_id, resolved_at=None).exclude(job__state=JobState.QUEUED)
    return dict(holds.values_list("job_id", "credits"))


def _ended_since(connection: Connection, newest: int) -> list[tuple[str, int]]:
    """Jobs captured or released by entries after ``newest``, with the most that each may have cost."""
    ends = (LedgerEntry.Kind.CAPTURE, LedgerEntry.Kind.RELEASE)
    rows = LedgerEntry.objects.filter(account=connection.team_id, id__gt=newest, kind__in=ends).order_by("id")
    return [(str(row.job_id), max(row.spent, -row.held)) for row in rows]


def _write(connection: Connection, reading: _Reading) -> Reconciliation:
    account = reading.account.id[:100]
    known = known_account(connection)
    if known and account and known != account:
        begin_anew(connection)
    row = Reconciliation(
        team_id=connection.team_id,
        connection=connection,
        checked_at=reading.at,
        account=account,
        balance=reading.account.credits,
        captured_in_all=reading.captured,
        in_flight=reading.under_way,
    )
    base = _base(connection)
    if base:
        _compare(row, base)
    row.save()
    if base and row.drift > 0:
        suspects = discrepancies.suspects(connection, since=base.checked_at)
        for found in suspects:
            found.reconciliation = row
        Discrepancy.objects.bulk_create(suspects)
    return row


def _base(connection: Connection) -> Reconciliation | None:
    """The last quiet reading; while there is none, the first of all."""
    rows = of_this_account(connection)
    return rows.filter(in_flight=0).last() or rows.first()


def of_this_account(connection: Connection) -> QuerySet[Reconciliation]:
    """Readings since the connection leads to its present account, in their order."""
    rows = Reconciliation.objects.filter(connection=connection).order_by("id")
    began = rows.filter(since=None, settled_at__isnull=False).last()
    return rows.filter(id__gt=began.pk) if began else rows


def known_account(connection: Connection) -> str:
    """Whose account it leads to, as the provider said last; empty where it did not."""
    known = of_this_account(connection).exclude(account="").last()
    return known.account if known else ""


def _compare(row: Reconciliation, base: Reconciliation) -> None:
    row.since = base.checked_at
    row.moved = base.balance - row.balance
    row.captured = row.captured_in_all - base.captured_in_all
    unexplained = row.moved - _settled_since(base)
    above = unexplained - (row.captured + row.in_flight)
    below = unexplained - (row.captured - base.in_flight)
    row.drift = max(0, above) + min(0, below)


def _settled_since(base: Reconciliation) -> int:
    """Drifts that somebody settled while jobs were under way, so that those readings are no base."""
    rows = Reconciliation.objects.filter(connection=base.connection_id, id__gt=base.pk)
    return rows.filter(settled_at__isnull=False).aggregate(total=Sum("drift"))["total"] or 0


def open_drifts(*, team_id: str) -> list[Reconciliation]:
    """What nobody has settled, newest first. A reading amid running jobs counts until the next one repeats it."""
    rows = Reconciliation.objects.filter(team=team_id).order_by("-id")
    newest = rows.values("id")[:1]
    return list(rows.filter(Q(in_flight=0) | Q(id__in=newest), verdict="").exclude(drift=0)[:50])


def settle(reading: Reconciliation, *, verdict: Reconciliation.Verdict, actor_id: int | None, reason: str) -> None:
    """Write down what a person says of a drift, once. Raises :class:`NotOpen`."""
    with transaction.atomic():
        caps.lock(reading.team_id)
        if reading.pk not in {row.pk for row in open_drifts(team_id=reading.team_id)}:
            raise NotOpen
        answer = {"verdict": verdict, "reason": reason, "settled_by_id": actor_id, "settled_at": timezone.now()}
        Reconciliation.objects.filter(pk=reading.pk).update(**answer)


def begin_anew(connection: Connection) -> None:
    """The connection leads to another account from now on, whose balance has nothing to do with earlier readings."""
    with transaction.atomic():
        caps.lock(connection.team_id)
        now = timezone.now()
        Reconciliation.objects.create(
            team_id=connection.team_id,
            connection=connection,
            checked_at=now,
            balance=0,
            captured_in_all=0,
            verdict=Reconciliation.Verdict.EXPLAINED,
            reason="Another account at the provider begins here.",
            settled_at=now,
        )
        job_listing.begin_anew(connection)
