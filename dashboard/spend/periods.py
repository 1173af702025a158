"""The days that a spend page is about, as its address names them, in the team's time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from dashboard.ui.filters import read_day

LENGTHS = (7, 30, 90)
"""Offered as "last … days"; today is one of them."""
DAYS_MAX = 3660
_SHORT = "%-d %b"


@dataclass(frozen=True)
class Span:
    """Days, the last of them included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def shifted(self, days: int) -> "Span":
        return Span(self.first + timedelta(days=days), self.last + timedelta(days=days))

    @property
    def name(self) -> str:
        """As in "5 Nov 2026", "1–22 Nov 2026", "28 Oct – 3 Nov 2026", or a month's own name."""
        first, last = self.first, self.last
        if first == last:
            return f"{first:{_SHORT} %Y}"
        if self == month_of(first):
            return f"{first:%B %Y}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{last:{_SHORT} %Y}"
        return f"{first:{_SHORT if first.year == last.year else _SHORT + ' %Y'}} – {last:{_SHORT} %Y}"


@dataclass(frozen=True)
class Period:
    """What was chosen, and the days before that it is compared with."""

    span: Span
    name: str
    today: date
    query: dict[str, str]
    """As the address says it; empty for the present month."""
    notice: str = ""
    """A sentence on what could not be taken as it was given."""

    @property
    def so_far(self) -> Span:
        """Without the days to come."""
        return Span(self.span.first, max(self.span.first, min(self.span.last, self.today)))

    @property
    def is_month(self) -> bool:
        return self.span == month_of(self.span.first)

    @property
    def is_this_month(self) -> bool:
        return self.span == month_of(self.today)

    @property
    def before(self) -> Span:
        """As many days as there have been so far: of the month before, or those just before."""
        if not self.is_month:
            return self.span.shifted(-self.span.days)
        whole = month_of(self.span.first - timedelta(days=1))
        if self.so_far == self.span:
            return whole
        return Span(whole.first, min(whole.last, whole.first + timedelta(days=self.so_far.days - 1)))

    @property
    def earlier(self) -> dict[str, str]:
        """The address of the period before."""
        return self._whole(self.span.first - timedelta(days=1), -self.span.days)

    @property
    def later(self) -> dict[str, str] | None:
        """The address of the period after; nothing lies after today."""
        if self.span.last >= self.today:
            return None
        return self._whole(self.span.last + timedelta(days=1), self.span.days)

    def _whole(self, beyond: date, days: int) -> dict[str, str]:
        return month_query(beyond, self.today) if self.is_month else span_query(self.span.shifted(days))


def month_of(day: date) -> Span:
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def month_query(day: date, today: date) -> dict[str, str]:
    return {} if month_of(day) == month_of(today) else {"period": f"{day:%Y-%m}"}


def span_query(span: Span) -> dict[str, str]:
    return {"from": span.first.isoformat(), "to": span.last.isoformat()}


def read(address: QueryDict, *, today: date) -> Period:
    """The period that an address names: ``from`` and ``to``, or ``period`` (YYYY-MM, or a number of days)."""
    if address.get("from") or address.get("to"):
        return _between(address.get("from", ""), address.get("to", ""), today)
    asked = address.get("period", "")
    if asked in map(str, LENGTHS):
        span = Span(today - timedelta(days=int(asked) - 1), today)
        return Period(span, f"Last {asked} days", today, {"period": asked})
    month = read_day(f"{asked}-01") if asked else today
    if month is None:
        return _this_month(today, "There is no such period. This is the present month.")
    return Period(month_of(month), f"{month:%B %Y}", today, month_query(month, today))


def _this_month(today: date, notice: str) -> Period:
    return Period(month_of(today), f"{today:%B %Y}", today, {}, notice)


def _between(first: str, last: str, today: date) -> Period:
    """With one end only, the other is today."""
    given = [read_day(text) if text else today for text in (first, last)]
    start, end = given
    if start is None or end is None:
        return _this_month(today, "That is not a day as in 2026-11-22. This is the present month.")
    span = Span(min(start, end), max(start, end))
    if span.days > DAYS_MAX:
        return _this_month(today, "A period may be ten years long. This is the present month.")
    notice = "The first day came after the last one; they have changed places." if start > end else ""
    return Period(span, span.name, today, span_query(span), notice)


def months(today: date, count: int = 12) -> list[date]:
    """The first days of the last months, this one first."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found
