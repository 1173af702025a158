"""What days cost, read from the roll-up: some thousand rows, however long the ledger and the period are."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import F, QuerySet, Sum

from dashboard.spend.overview.month_spans import decompose
from dashboard.spend.overview.scopes import Scope
from dashboard.spend.periods import Period, Span
from generation.credits.rollup import DIMENSIONS
from generation.models import DailySpend, DailyTotal, MonthlySpend

KEPT = ("spent", "pictures", "approved")
_SUMS = (*(f"now_{name}" for name in KEPT), "before")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Figures:
    spent: int = 0
    """Credits; less than nothing where more was given back."""
    pictures: int = 0
    approved: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.spent + other.spent, self.pictures + other.pictures, self.approved + other.approved)

    def __bool__(self) -> bool:
        return bool(self.spent or self.pictures or self.approved)

    @property
    def each(self) -> float | None:
        """Credits for each approved picture; ``None`` while none is approved."""
        return self.spent / self.approved if self.approved else None


NOTHING = Figures()
Days = Mapping[date, Figures]


def by_day(team_id: str, scope: Scope, *, first: date, last: date) -> Days:
    """The whole team's days have rows of their own."""
    of_team = DailyTotal.objects.filter(team=team_id)
    rows: QuerySet[Any] = of_team if scope.is_team else scope.narrow(DailySpend, team_id)
    days = _between(rows, Span(first, last)).values_list("day").annotate(*map(Sum, KEPT))
    return {day: Figures(*found) for day, *found in days}


def total(days: Days, span: Span) -> Figures:
    return sum((found for day, found in days.items() if day in span), NOTHING)


class SpendGroup(NamedTuple):
    """A combination that reports tell apart. A team has thousands of them."""

    project: str
    member: int
    api_key: str
    preset_version: int
    model: str
    spent: int
    pictures: int
    approved: int
    before: int
    """Credits in the period before."""


@dataclass
class SpendSums:
    """What a row of a table adds up."""

    spent: int = 0
    pictures: int = 0
    approved: int = 0
    before: int = 0

    def add(self, other: "SpendGroup | SpendSums") -> None:
        self.spent += other.spent
        self.pictures += other.pictures
        self.approved += other.approved
        self.before += other.before

    @property
    def now(self) -> Figures:
        return Figures(self.spent, self.pictures, self.approved)


def groups(team_id: str, scope: Scope, period: Period) -> list[SpendGroup]:
    """What each combination cost in the period, and in the one before."""
    parts = [
        _part(rows, sign, is_now=is_now)
        for span, is_now in ((period.so_far, True), (period.before, False))
        for rows, sign in _rows(team_id, scope, span, period.today)
    ]
    if not parts:
        return []
    each, values = parts[0].union(*parts[1:], all=True).query.sql_with_params()
    names = ", ".join(DIMENSIONS)
    sums = ", ".join(f"CAST(SUM({name}) AS bigint)" for name in _SUMS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names}, {sums} FROM ({each}) AS part GROUP BY {names}", values)  # noqa: S608
        return [SpendGroup(*row) for row in cursor]


def _rows(team_id: str, scope: Scope, span: Span, today: date) -> Iterator[tuple[QuerySet[Any], int]]:
    """The rows that a span is the sum of, and whether they are added (1) or left out again (-1)."""
    found = decompose(span, today=today)
    months, days = scope.narrow(MonthlySpend, team_id), scope.narrow(DailySpend, team_id)
    if found.months:
        yield months.filter(month__in=found.months), 1
    for sign, some in ((1, found.added), (-1, found.subtracted)):
        # One after the other: databases look "these days or those" up in the index less well.
        yield from ((_between(days, part), sign) for part in some)


def _part(rows: QuerySet[Any], sign: int, *, is_now: bool) -> QuerySet[Any]:
    figures = {f"now_{name}": F(name) * (sign if is_now else 0) for name in KEPT}
    part: QuerySet[Any] = rows.annotate(**figures, before=F("spent") * (0 if is_now else sign))
    return part.values_list(*DIMENSIONS, *_SUMS)


def _between(rows: QuerySet[Any], span: Span) -> QuerySet[Any]:
    return rows.filter(day__gte=span.first, day__lte=span.last)


def summed(found: Iterable[SpendGroup], key: Callable[[SpendGroup], Key]) -> dict[Key, SpendSums]:
    """The groups added up by some of what they tell apart."""
    sums: defaultdict[Key, SpendSums] = defaultdict(SpendSums)
    for group in found:
        sums[key(group)].add(group)
    return sums


def whole(parts: Iterable[SpendSums]) -> SpendSums:
    sums = SpendSums()
    for part in parts:
        sums.add(part)
    return sums
