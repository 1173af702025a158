"""What the days cost, read from the roll-up in two queries, however long the ledger is."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from dashboard.spend.periods import Period, Span
from dashboard.spend.scopes import Scope
from generation.rollup import NAMES

KEPT = ("spent", "pictures", "approved")
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
    rows = scope.narrow(team_id).filter(day__gte=first, day__lte=last).values_list("day")
    return {day: Figures(*found) for day, *found in rows.annotate(*map(Sum, KEPT))}


def total(days: Days, span: Span) -> Figures:
    return sum((found for day, found in days.items() if day in span), NOTHING)


class Group(NamedTuple):
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


def groups(team_id: str, scope: Scope, period: Period) -> list[Group]:
    """What each combination cost in the period, and in the one before."""
    now, before = (Q(day__gte=span.first, day__lte=span.last) for span in (period.so_far, period.before))
    rows = scope.narrow(team_id).filter(day__gte=period.before.first, day__lte=period.so_far.last)
    sums: dict[str, Any] = {f"now_{name}": Coalesce(Sum(name, filter=now), 0) for name in KEPT}
    sums["before"] = Coalesce(Sum("spent", filter=before), 0)
    return [Group(*row) for row in rows.values_list(*NAMES).annotate(**sums)]


@dataclass
class Sums:
    """What a row of a table adds up."""

    spent: int = 0
    pictures: int = 0
    approved: int = 0
    before: int = 0

    def add(self, other: "Group | Sums") -> None:
        self.spent += other.spent
        self.pictures += other.pictures
        self.approved += other.approved
        self.before += other.before

    @property
    def now(self) -> Figures:
        return Figures(self.spent, self.pictures, self.approved)


def summed(found: Iterable[Group], key: Callable[[Group], Key]) -> dict[Key, Sums]:
    """The groups added up by some of what they tell apart."""
    sums: defaultdict[Key, Sums] = defaultdict(Sums)
    for group in found:
        sums[key(group)].add(group)
    return sums


def whole(parts: Iterable[Sums]) -> Sums:
    sums = Sums()
    for part in parts:
        sums.add(part)
    return sums
