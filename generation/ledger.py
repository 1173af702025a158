"""The only writer of credit rows.

Every function runs inside its caller's transaction, next to the change of state that it pays for. The
account is changed by conditional updates: "sum, then insert" would grant the same credit twice.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from generation.models import Batch, CreditAccount, Hold, Job, LedgerEntry


class InsufficientCredits(Exception):
    """The account cannot cover the hold; nothing was held."""

    def __init__(self, *, asked: int, left: int) -> None:
        super().__init__(f"This costs {asked:,} credits, but only {left:,} are left.")
        self.asked = asked
        self.left = left


class HoldResolved(Exception):
    """The job's hold was captured or released before."""


def grant(*, team_id: str, credits: int, actor_id: int | None = None, reason: str = "") -> None:
    """Add ``credits`` to the team's account, which is opened by its first grant."""
    if credits <= 0:
        raise ValueError("A grant adds at least one credit.")
    with transaction.atomic():
        CreditAccount.objects.get_or_create(team_id=team_id)
        CreditAccount.objects.filter(team_id=team_id).update(granted=F("granted") + credits)
        LedgerEntry.objects.create(
            account_id=team_id, kind=LedgerEntry.Kind.GRANT, granted=credits, actor_id=actor_id, reason=reason
        )


def hold(*, batch: Batch, jobs: Sequence[Job], actor_id: int | None = None) -> None:
    """Set aside the price of every job of a batch just written, or nothing. Raises :class:`InsufficientCredits`."""
    total = sum(job.price for job in jobs)
    with transaction.atomic(), connection.cursor() as cursor:
        account = CreditAccount.objects.filter(team_id=batch.team_id, granted__gte=F("held") + F("spent") + total)
        if not account.update(held=F("held") + total):
            raise InsufficientCredits(asked=total, left=left(team_id=batch.team_id))
        cursor.execute(_HOLD_BATCH, [batch.id])
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(_ENTER_BATCH, [LedgerEntry.Kind.HOLD.value, actor_id, now, batch.id])


# The database copies what the jobs say: a thousand jobs would take a thousand times the work in Python.
_HOLD_BATCH = """
INSERT INTO generation_hold (job_id, account_id, credits)
SELECT id, team_id, price FROM generation_job WHERE batch_id = %s
"""
_ENTER_BATCH = """
INSERT INTO generation_ledgerentry (account_id, job_id, held, kind, granted, spent, actor_id, reason, created_at)
SELECT team_id, id, price, %s, 0, 0, %s, '', %s FROM generation_job WHERE batch_id = %s ORDER BY id
"""


def capture(*, job: Job, credits: int) -> None:
    """Turn the job's hold into ``credits`` spent, the true cost, which may differ from the price."""
    _resolve(job, kind=LedgerEntry.Kind.CAPTURE, spent=credits)


def release(*, job: Job) -> None:
    """Give the job's hold back."""
    _resolve(job, kind=LedgerEntry.Kind.RELEASE, spent=0)


def release_all(*, team_id: str, jobs: QuerySet[Job]) -> int:
    """Give back the open holds of ``jobs``, which the caller has just ended, all at once; answers the credits."""
    with transaction.atomic():
        holds = Hold.objects.filter(account_id=team_id, job__in=jobs, resolved_at=None)
        open_now = list(holds.values_list("job_id", "credits"))
        if holds.update(resolved_at=timezone.now()) != len(open_now):
            raise HoldResolved(f"some of {len(open_now)} jobs")
        total = sum(credits for _, credits in open_now)
        CreditAccount.objects.filter(team_id=team_id).update(held=F("held") - total)
        LedgerEntry.objects.bulk_create(
            LedgerEntry(account_id=team_id, kind=LedgerEntry.Kind.RELEASE, held=-credits, job_id=job_id)
            for job_id, credits in open_now
        )
    return total


def _resolve(job: Job, *, kind: LedgerEntry.Kind, spent: int) -> None:
    with transaction.atomic():
        if not Hold.objects.filter(job=job, resolved_at=None).update(resolved_at=timezone.now()):
            raise HoldResolved(job.id)
        account = CreditAccount.objects.filter(team_id=job.team_id)
        account.update(held=F("held") - job.price, spent=F("spent") + spent)
        LedgerEntry.objects.create(account_id=job.team_id, kind=kind, held=-job.price, spent=spent, job=job)


def left(*, team_id: str) -> int:
    """Credits that a new hold may take; zero for a team without an account."""
    account = CreditAccount.objects.filter(team_id=team_id).first()
    return account.left if account else 0
