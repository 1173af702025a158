"""The roll-up counted from the ledger: written anew, or compared with what was kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, Count, DateField, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncDate

from generation.credits import caps
from generation.credits.rollup import DAYS, DIMENSIONS, MEASURES, NOTHING, SUMS, Rollup, Span, column, day
from generation.models import CreditAccount, Image, LedgerEntry

_Rows = dict[tuple[Any, ...], tuple[int, ...]]
"""The figures by the row's start and what it tells apart."""


@dataclass(frozen=True)
class Difference:
    """A row that does not say what the ledger says."""

    team: str
    day: date
    row: str
    sentence: str


def differences(account: CreditAccount) -> Iterator[Difference]:
    """Where the kept rows and the ledger part. A month at a time, under the lock, so that nothing moves meanwhile."""
    for span in _months(account):
        with transaction.atomic():
            found = list(_differences(caps.lock(account.pk), span))
        yield from found


def differences_now(account: CreditAccount) -> Iterator[Difference]:
    """The same without a lock, for a caller whose transaction sees one moment."""
    for span in _months(account):
        yield from _differences(account, span)


def _differences(account: CreditAccount, span: Span) -> Iterator[Difference]:
    due = _rows(*_due(account, span))
    for level in (DAYS, *SUMS):
        yield from _between(account, level, _said(level, account, span), _added_up(due, level))


def _said(level: Rollup, account: CreditAccount, span: Span) -> _Rows:
    return _rows(*level.rows(account, span).values_list(level.starts, *level.names, *MEASURES).query.sql_with_params())


def _added_up(due: _Rows, level: Rollup) -> _Rows:
    sums: _Rows = {}
    for (first, *names), figures in due.items():
        key = (level.start(first), *names[: len(level.names)])
        sums[key] = tuple(map(sum, zip(sums.get(key, (0,) * len(MEASURES)), figures, strict=True)))
    return sums


def _between(account: CreditAccount, level: Rollup, kept: _Rows, due: _Rows) -> Iterator[Difference]:
    nothing = (0,) * len(MEASURES)
    for key in sorted(kept.keys() | due.keys()):
        for name, has, should in zip(MEASURES, kept.get(key, nothing), due.get(key, nothing), strict=True):
            if has != should:
                parts = [level.called, *(str(part) for part in key[1:] if part)]
                whose = ", ".join(filter(None, parts)) or "no job"
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
    counted, values = _due(account, span)
    columns = ", ".join((*DIMENSIONS, *MEASURES))
    _write(DAYS, account, span, f"SELECT %s, day, {columns} FROM ({counted}) AS due", (account.pk, *values))  # noqa: S608
    for level in SUMS:
        start = F("day") if level.starts == DAYS.starts else Value(span[0], output_field=DateField())
        days = DAYS.rows(account, span).annotate(start=start).values_list("team_id", "start", *level.names)
        _write(level, account, span, *days.annotate(*map(Sum, MEASURES)).query.sql_with_params())


def _write(level: Rollup, account: CreditAccount, span: Span, statement: str, values: tuple[Any, ...]) -> None:
    level.rows(account, span).delete()
    columns = ", ".join(("team_id", level.starts, *level.names, *MEASURES))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {level.model._meta.db_table} ({columns}) {statement}", values)


def _rows(statement: str, values: tuple[Any, ...]) -> _Rows:
    width = len(MEASURES)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(_day(day), *rest[:-width]): tuple(map(int, rest[-width:])) for day, *rest in cursor}


def _day(value: str | date) -> date:
    """SQLite keeps days as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _months(account: CreditAccount) -> Iterator[Span]:
    """From the first to the last that has entries or rows."""
    entries = LedgerEntry.objects.filter(account=account.pk).order_by()
    days = [day(account, moment) for moment in _ends(entries, "created_at")]
    for level in (DAYS, *SUMS):
        days += _ends(level.model._default_manager.filter(team=account.pk), level.starts)
    first = min(days, default=date.max).replace(day=1)
    while days and first <= max(days):
        after = (first + timedelta(days=31)).replace(day=1)
        yield first, after
        first = after


def _ends(rows: QuerySet[Any], name: str) -> list[Any]:
    """The least and the greatest, if there are any rows."""
    return [end for end in rows.aggregate(first=Min(name), last=Max(name)).values() if end]


def _due(account: CreditAccount, span: Span) -> tuple[str, tuple[Any, ...]]:
    """SQL for a row for each day and combination that any credits were spent on."""
    counted = _spent(account, span).union(_approved(account, span), all=True)
    each, values = counted.query.sql_with_params()
    names = ", ".join(f"by_{name} AS {name}" for name in DIMENSIONS)
    sums = ", ".join(f"CAST(SUM(sum_{name}) AS bigint) AS {name}" for name in MEASURES)
    keys = ", ".join(("by_day", *(f"by_{name}" for name in DIMENSIONS)))
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
    captures = _by_day(account, span).filter(kind=LedgerEntry.Kind.CAPTURE, pictures__gt=0)
    approved = captures.filter(job__images__review=Image.Review.APPROVED)
    others = {f"sum_{name}": _zero() for name in MEASURES if name != "approved"}
    return approved.annotate(**others, sum_approved=Count("pk"))


def _by_day(account: CreditAccount, span: Span) -> QuerySet[LedgerEntry, tuple[Any, ...]]:
    first, after = (datetime.combine(day, time(), account.zone) for day in span)
    rows = LedgerEntry.objects.filter(account=account.pk, created_at__gte=first, created_at__lt=after).order_by()
    keys: dict[str, Any] = {
        f"by_{name}": Coalesce(column(name), Value(empty), output_field=_field(empty))
        for name, empty in NOTHING.items()
    }
    days = rows.annotate(by_day=TruncDate("created_at", tzinfo=account.zone), **keys)
    return days.values_list("by_day", *keys)


def _field(value: str | int) -> Any:
    return CharField() if isinstance(value, str) else BigIntegerField()


def _zero() -> Value:
    return Value(0, output_field=BigIntegerField())
