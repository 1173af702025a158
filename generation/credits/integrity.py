"""Proof, on a live database, that the credits add up and that every live job has its hold.

Each check is one query that brings only the offending rows, wherever their references lead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from generation.credits import caps, entry_integrity, rebuild
from generation.credits.entry_integrity import Violation
from generation.models import HOLDING, CapPeriod, CreditAccount, DailySpend, Hold, Job, LedgerEntry

FIGURES = ("granted", "held", "spent")


def violations(*, each_day: bool = False) -> Iterator[Violation]:
    """Everything that is wrong, seen at one moment, while others go on writing.

    ``each_day`` also compares every row of the daily roll-ups, which takes two queries for each month of a team.
    """
    with _one_moment():
        yield from _sums()
        yield from _holds_without_a_live_job()
        yield from _jobs_without_a_hold()
        yield from _holds_that_sum_up_differently()
        yield from entry_integrity.violations()
        yield from _caps_that_count_differently()
        yield from _days_that_differ() if each_day else _days_that_sum_up_differently()


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


def _sums() -> Iterator[Violation]:
    """An account is the sum of its entries, and none of its figures is less than nothing."""
    entries = LedgerEntry.objects.filter(account=OuterRef("pk")).order_by().values("account")
    sums = {
        f"sum_{name}": Coalesce(Subquery(entries.annotate(total=Sum(name)).values("total")), Value(0))
        for name in FIGURES
    }
    wrong = Q()
    for name in FIGURES:
        wrong |= ~Q(**{name: F(f"sum_{name}")}) | Q(**{f"{name}__lt": 0})
    for account in CreditAccount.objects.annotate(**sums).filter(wrong):
        for name in FIGURES:
            has, should = getattr(account, name), getattr(account, f"sum_{name}")
            if has != should:
                yield Violation(account.pk, f"{name} is {has}, its entries say {should}")
            if has < 0:
                yield Violation(account.pk, f"{name} is {has}, which is less than nothing")


def _holds_without_a_live_job() -> Iterator[Violation]:
    for hold in Hold.objects.filter(~Exists(Job.objects.filter(pk=OuterRef("pk")))):
        yield Violation(hold.pk, f"there is no such job, yet it has a hold of {hold.credits}")
    for hold in Hold.objects.filter(resolved_at=None).exclude(job__state__in=list(HOLDING)).select_related("job"):
        yield Violation(hold.pk, f"its hold of {hold.credits} is open though the job is {hold.job.state}")


def _jobs_without_a_hold() -> Iterator[Violation]:
    live = Q(state__in=list(HOLDING))
    for job in Job.objects.filter(live).filter(Q(hold=None) | Q(hold__resolved_at__isnull=False)):
        yield Violation(job.pk, f"it is {job.state} and has no open hold")
    for job in Job.objects.filter(hold=None).exclude(live):
        yield Violation(job.pk, f"it is {job.state} and its hold is gone")


def _holds_that_sum_up_differently() -> Iterator[Violation]:
    """What an account holds is the sum of its open holds, each of its job's price and team."""
    open_holds = Hold.objects.filter(account=OuterRef("pk"), resolved_at=None).order_by().values("account")
    total = Coalesce(Subquery(open_holds.annotate(total=Sum("credits")).values("total")), Value(0))
    for account in CreditAccount.objects.annotate(open=total).exclude(held=F("open")):
        yield Violation(account.pk, f"held is {account.held}, its open holds sum up to {account.open}")
    for hold in Hold.objects.exclude(credits=F("job__price")).select_related("job"):
        yield Violation(hold.pk, f"its hold is {hold.credits}, its price {hold.job.price}")
    for hold in Hold.objects.exclude(account=F("job__team")).select_related("job"):
        yield Violation(hold.pk, f"its hold is in the account of {hold.account_id}, the job is of {hold.job.team_id}")


def _caps_that_count_differently() -> Iterator[Violation]:
    """What a cap has taken is what the ledger says of its period, which is a month of the team's."""
    zones = {account.pk: account.zone for account in CreditAccount.objects.only("time_zone")}
    for period in CapPeriod.objects.select_related("cap"):
        cap, since = period.cap, f"in the period from {period.starts:%-d %B %Y}"
        due = caps.usage(cap, starts=period.starts, ends=period.ends)
        for name, should in due.items():
            if (has := getattr(period, name)) != should:
                yield Violation(cap.pk, f"{name} is {has} {since}, the ledger says {should}")
        bounds = caps.bounds(cap.period, at=period.starts, zone=zones.get(cap.team_id, ZoneInfo("UTC")))
        if (period.starts, period.ends) != bounds or period.team_id != cap.team_id:
            yield Violation(
                cap.pk,
                f"its period from {period.starts:%-d %B %Y} to {period.ends:%-d %B %Y} is none of its team's months",
            )


def _days_that_sum_up_differently() -> Iterator[Violation]:
    """What an account spent is the sum of its days."""
    days = DailySpend.objects.filter(team=OuterRef("pk")).order_by().values("team")
    total = Coalesce(Subquery(days.annotate(total=Sum("spent")).values("total")), Value(0))
    for account in CreditAccount.objects.annotate(days=total).exclude(spent=F("days")):
        yield Violation(account.pk, f"spent is {account.spent}, its days sum up to {account.days}")


def _days_that_differ() -> Iterator[Violation]:
    """Every row of every day is what the ledger says of it."""
    for account in CreditAccount.objects.order_by("pk"):
        for found in rebuild.differences_now(account):
            yield Violation(f"{found.team} on {found.day} ({found.row})", found.sentence)
