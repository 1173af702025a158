"""What each day and month cost, beside the ledger and equal to it, so that a report reads few rows.

Written with the entries, under the lock of the account's row; ``generation.credits.rebuild`` counts the same from the
ledger.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from generation.credits import caps
from generation.models import CreditAccount, DailySpend, DailyTotal, Image, Job, LedgerEntry, MonthlySpend
from generation.models.spend import Spend

NOTHING: dict[str, str | int] = {"project": "", "member": 0, "api_key": "", "preset_version": 0, "model": ""}
"""What reports tell apart, and what stands for none."""
DIMENSIONS = tuple(NOTHING)
MEASURES = ("spent", "jobs", "pictures", "approved")
Span = tuple[date, date]
"""The first day, and the first after it that no longer counts."""


@dataclass(frozen=True)
class Rollup:
    """A table of sums: the column with the day on which its rows start, and what they tell apart."""

    model: type[Spend]
    starts: str
    names: tuple[str, ...] = DIMENSIONS
    called: str = ""

    @cached_property
    def upsert(self) -> str:
        """SQL that adds figures to a row, or makes it: one statement, for every capture writes to every level."""
        table, key = self.model._meta.db_table, ("team_id", self.starts, *self.names)
        columns = (*key, *MEASURES)
        sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in MEASURES)
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sums}"
        )

    def start(self, day: date) -> date:
        """Of the row that a day is added up in."""
        return day.replace(day=1) if self.starts == "month" else day

    def rows(self, account: CreditAccount, span: Span) -> QuerySet[Any]:
        """``span`` is of whole months."""
        starts = {f"{self.starts}__gte": span[0], f"{self.starts}__lt": span[1]}
        return self.model._default_manager.filter(team=account.pk, **starts)


DAYS = Rollup(DailySpend, "day")
SUMS = (Rollup(MonthlySpend, "month", called="whole month"), Rollup(DailyTotal, "day", (), called="whole team"))
"""What is added up from the days."""


def add(account: CreditAccount, *, at: datetime, job: Job | None, **figures: int) -> None:
    """Add to the day and the month of ``at``, in the rows of the job or of what belongs to no job."""
    today, whose = day(account, at), _whose(job)
    more = [figures.get(name, 0) for name in MEASURES]
    with connection.cursor() as cursor:
        for level in (DAYS, *SUMS):
            start = connection.ops.adapt_datefield_value(level.start(today))
            cursor.execute(level.upsert, [account.pk, start, *(whose[name] for name in level.names), *more])


def day(account: CreditAccount, at: datetime) -> date:
    return at.astimezone(account.zone).date()


def column(name: str) -> str:
    """Of what reports tell apart, as jobs and entries have it."""
    return name if name == "model" else f"{name}_id"


def _whose(job: Job | None) -> dict[str, Any]:
    return {name: (job and getattr(job, column(name))) or nothing for name, nothing in NOTHING.items()}


def reviewed(image: Image, *, approved: int) -> None:
    """Count a picture that was approved (1), or is no longer (-1), on the day that it was paid for."""
    with transaction.atomic():
        account = caps.lock(image.team_id)
        captures = LedgerEntry.objects.filter(job=image.job, kind=LedgerEntry.Kind.CAPTURE)
        if paid := captures.filter(pictures__gt=0).first():  # a charge beside it brought none
            add(account, at=paid.created_at, job=image.job, approved=approved)
