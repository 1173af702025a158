"""What each day cost, beside the ledger and equal to it, so that a report reads few rows.

Written with the entries, under the lock of the account's row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncDate

from generation import caps
from generation.models import CreditAccount, DailySpend, Image, Job, LedgerEntry

NAMES = ("project", "member", "api_key", "preset_version", "model")
FIGURES = ("spent", "jobs", "pictures", "approved")
_NOTHING: dict[str, str | int] = {"project": "", "member": 0, "api_key": "", "preset_version": 0, "model": ""}


def add(account: CreditAccount, *, at: datetime, job: Job | None, **figures: int) -> None:
    """Add to the day of ``at`` in the row of the job, or of what belongs to no job."""
    row = {"team_id": account.pk, "day": day(account, at), **_whose(job)}
    if not DailySpend.objects.filter(**row).update(**{name: F(name) + more for name, more in figures.items()}):
        DailySpend.objects.create(**row, **figures)


def day(account: CreditAccount, at: datetime) -> date:
    return at.astimezone(account.zone).date()


def _whose(job: Job | None) -> dict[str, Any]:
    return {name: (job and getattr(job, _column(name))) or empty for name, empty in _NOTHING.items()}


def _column(name: str) -> str:
    return name if name == "model" else f"{name}_id"


def reviewed(image: Image, *, approved: int) -> None:
    """Count a picture that was approved (1), or is no longer (-1), on the day that it was paid for."""
    with transaction.atomic():
        account = caps.lock(image.team_id)
        paid = LedgerEntry.objects.filter(job=image.job, kind=LedgerEntry.Kind.CAPTURE).first()
        if paid:
            add(account, at=paid.created_at, job=image.job, approved=approved)


@dataclass(frozen=True)
class Difference:
    """A row of a day that does not say what the ledger says."""

    team: str
    day: date
    row: str
    sentence: str


Span = tuple[date, date]
"""The first day, and the first after it that no longer counts."""
_Rows = dict[tuple[Any, ...], tuple[int, ...]]
"""The figures of each day and combination."""


def differences(account: CreditAccount) -> Iterator[Difference]:
    """Where the kept rows and the ledger part. A month at a time, under the lock, so that nothing moves meanwhile."""
    for span in _months(account):
        with transaction.atomic():
            locked = caps.lock(account.pk)
            kept, due = _rows(*_said(locked, span)), _rows(*_due(locked, span))
        yield from _between(account, kept, due)


def _between(account: CreditAccount, kept: _Rows, due: _Rows) -> Iterator[Difference]:
    nothing = (0,) * len(FIGURES)
    for key in sorted(kept.keys() | due.keys()):
        for name, has, should in zip(FIGURES, kept.get(key, nothing), due.get(key, nothing), strict=True):
            if has != should:
                whose = ", ".join(str(part) for part in key[1:] if part) or "no job"
                yield Difference(account.pk, key[0], whose, f"{name} is {has}, the ledger says {should}")


def rebuild(account: CreditAccount) -> None:
    """Write the account's rows anew from the ledger. The caller holds the account's lock."""
    for span in _months(account):
        _rebuild(account, span)


def rebuild_by_month(account: CreditAccount) -> None:
    """The same with the lock taken for a month at a time: whoever spends meanwhile waits for one month only."""
    for span in _months(account):
        with transaction.atomic():
            _rebuild(caps.lock(account.pk), span)


def _rebuild(account: CreditAccount, span: Span) -> None:
    """The database counts and writes by itself: of ten million entries none comes here."""
    _kept(account, span).delete()
    counted, values = _due(account, span)
    columns = ", ".join(("day", *NAMES, *FIGURES))
    into = f"INSERT INTO {DailySpend._meta.db_table} (team_id, {columns})"
    with connection.cursor() as cursor:
        cursor.execute(f"{into} SELECT %s, {columns} FROM ({counted}) AS due", [account.pk, *values])  # noqa: S608


def _rows(statement: str, values: tuple[Any, ...]) -> _Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(_day(day), *rest[:5]): tuple(int(figure) for figure in rest[5:]) for day, *rest in cursor}


def _day(value: str | date) -> date:
    """SQLite keeps days as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _months(account: CreditAccount) -> Iterator[Span]:
    """From the first to the last that has entries or rows."""
    entries = LedgerEntry.objects.filter(account=account.pk).order_by()
    moments = entries.aggregate(first=Min("created_at"), last=Max("created_at")).values()
    kept = DailySpend.objects.filter(team=account.pk).aggregate(first=Min("day"), last=Max("day")).values()
    days = [day(account, moment) for moment in moments if moment] + [day for day in kept if day]
    first = min(days, default=date.max).replace(day=1)
    while days and first <= max(days):
        after = (first + timedelta(days=31)).replace(day=1)
        yield first, after
        first = after


def _kept(account: CreditAccount, span: Span) -> QuerySet[DailySpend]:
    return DailySpend.objects.filter(team=account.pk, day__gte=span[0], day__lt=span[1])


def _said(account: CreditAccount, span: Span) -> tuple[str, tuple[Any, ...]]:
    """SQL for the kept rows, in the order of :func:`_due`."""
    return _kept(account, span).values_list("day", *NAMES, *FIGURES).query.sql_with_params()


def _due(account: CreditAccount, span: Span) -> tuple[str, tuple[Any, ...]]:
    """SQL for a row for each day and combination that any credits were spent on."""
    counted = _spent(account, span).union(_approved(account, span), all=True)
    each, values = counted.query.sql_with_params()
    names = ", ".join(f"by_{name} AS {name}" for name in NAMES)
    sums = ", ".join(f"CAST(SUM(sum_{name}) AS bigint) AS {name}" for name in FIGURES)
    keys = ", ".join(("by_day", *(f"by_{name}" for name in NAMES)))
    return f"SELECT by_day AS day, {names}, {sums} FROM ({each}) AS each_kind GROUP BY {keys}", values  # noqa: S608


def _spent(account: CreditAccount, span: Span) -> QuerySet[LedgerEntry, tuple[Any, ...]]:
    captures = Q(kind=LedgerEntry.Kind.CAPTURE)
    days = _by_day(account, span).exclude(spent=0, pictures=0)
    sums = {
        "sum_spent": Sum("spent"),
        "sum_jobs": Count("pk", filter=captures),
        "sum_pictures": Sum("pictures"),
        "sum_approved": _zero(),
    }
    return days.annotate(**sums)


def _approved(account: CreditAccount, span: Span) -> QuerySet[LedgerEntry, tuple[Any, ...]]:
    captures = _by_day(account, span).filter(kind=LedgerEntry.Kind.CAPTURE)
    approved = captures.filter(job__images__review=Image.Review.APPROVED)
    others = {f"sum_{name}": _zero() for name in FIGURES if name != "approved"}
    return approved.annotate(**others, sum_approved=Count("pk"))


def _by_day(account: CreditAccount, span: Span) -> QuerySet[LedgerEntry, tuple[Any, ...]]:
    first, after = (datetime.combine(day, time(), account.zone) for day in span)
    rows = LedgerEntry.objects.filter(account=account.pk, created_at__gte=first, created_at__lt=after).order_by()
    keys: dict[str, Any] = {
        f"by_{name}": Coalesce(_column(name), Value(empty), output_field=_field(empty))
        for name, empty in _NOTHING.items()
    }
    days = rows.annotate(by_day=TruncDate("created_at", tzinfo=account.zone), **keys)
    return days.values_list("by_day", *keys)


def _field(value: str | int) -> Any:
    return CharField() if isinstance(value, str) else BigIntegerField()


def _zero() -> Value:
    return Value(0, output_field=BigIntegerField())
