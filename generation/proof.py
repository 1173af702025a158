"""Proof, on a live database, that the credits add up and that every live job has its hold.

Each check is one query that brings only the offending rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from generation import caps
from generation.models import HOLDING, CapPeriod, CreditAccount, DailySpend, Hold, Job, LedgerEntry

FIGURES = ("granted", "held", "spent")


@dataclass(frozen=True)
class Finding:
    """A row that breaks an invariant."""

    row: str
    sentence: str


def findings() -> Iterator[Finding]:
    """Everything that is wrong, seen at one moment, while others go on writing."""
    with _one_moment():
        yield from _sums()
        yield from _holds_without_a_live_job()
        yield from _live_jobs_without_a_hold()
        yield from _holds_that_sum_up_differently()
        yield from _caps_that_count_differently()
        yield from _days_that_sum_up_differently()


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction whose queries all see the same commits, and that no writer waits for."""
    if connection.in_atomic_block:
        yield  # of a caller, who has written already
    elif connection.vendor == "sqlite":
        with _reading():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


@contextmanager
def _reading() -> Iterator[None]:
    """Our transactions begin as the one writer; this one only reads."""
    connection.ensure_connection()
    sqlite: Any = connection
    mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            sqlite.transaction_mode = mode
            yield
    finally:
        sqlite.transaction_mode = mode


def _sums() -> Iterator[Finding]:
    """An account is the sum of its entries."""
    entries = LedgerEntry.objects.filter(account=OuterRef("pk")).order_by().values("account")
    sums = {
        f"sum_{name}": Coalesce(Subquery(entries.annotate(total=Sum(name)).values("total")), Value(0))
        for name in FIGURES
    }
    differs = Q()
    for name in FIGURES:
        differs |= ~Q(**{name: F(f"sum_{name}")})
    for account in CreditAccount.objects.annotate(**sums).filter(differs):
        for name in FIGURES:
            has, should = getattr(account, name), getattr(account, f"sum_{name}")
            if has != should:
                yield Finding(account.pk, f"{name} is {has}, its entries say {should}")


def _holds_without_a_live_job() -> Iterator[Finding]:
    for hold in Hold.objects.filter(resolved_at=None).exclude(job__state__in=list(HOLDING)).select_related("job"):
        yield Finding(hold.pk, f"its hold of {hold.credits} is open though the job is {hold.job.state}")


def _live_jobs_without_a_hold() -> Iterator[Finding]:
    for job in Job.objects.filter(state__in=list(HOLDING)).filter(Q(hold=None) | Q(hold__resolved_at__isnull=False)):
        yield Finding(job.pk, f"it is {job.state} and has no open hold")


def _holds_that_sum_up_differently() -> Iterator[Finding]:
    """What an account holds is the sum of its open holds, each of its job's price."""
    open_holds = Hold.objects.filter(account=OuterRef("pk"), resolved_at=None).order_by().values("account")
    total = Coalesce(Subquery(open_holds.annotate(total=Sum("credits")).values("total")), Value(0))
    for account in CreditAccount.objects.annotate(open=total).exclude(held=F("open")):
        yield Finding(account.pk, f"held is {account.held}, its open holds sum up to {account.open}")
    for hold in Hold.objects.exclude(credits=F("job__price")).select_related("job"):
        yield Finding(hold.pk, f"its hold is {hold.credits}, its price {hold.job.price}")


def _caps_that_count_differently() -> Iterator[Finding]:
    """What a cap has taken is what the ledger says of its period."""
    for period in CapPeriod.objects.select_related("cap"):
        due = caps.usage(period.cap, starts=period.starts, ends=period.ends)
        for name, should in due.items():
            if (has := getattr(period, name)) != should:
                yield Finding(period.cap_id, f"{name} is {has}, the ledger says {should}")


def _days_that_sum_up_differently() -> Iterator[Finding]:
    """What an account spent is the sum of its days."""
    days = DailySpend.objects.filter(team=OuterRef("pk")).order_by().values("team")
    total = Coalesce(Subquery(days.annotate(total=Sum("spent")).values("total")), Value(0))
    for account in CreditAccount.objects.annotate(days=total).exclude(spent=F("days")):
        yield Finding(account.pk, f"spent is {account.spent}, its days sum up to {account.days}")
