"""A span of days as whole months, so that a report reads few rows: of a year twelve for each combination."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from dashboard.spend.periods import Span, month_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class MonthSpans:
    """What months cost, and the days of ``added``, without those of ``subtracted``: of no month more than half."""

    months: list[date] = field(default_factory=list)
    """Their first days."""
    added: list[Span] = field(default_factory=list)
    subtracted: list[Span] = field(default_factory=list)


def decompose(span: Span, *, today: date) -> MonthSpans:
    """Nothing is spent after ``today``, so that the present month so far is whole."""
    found = MonthSpans()
    for month in _months(Span(span.first, min(span.last, today))):
        known = Span(month.first, min(month.last, today))
        inside = Span(max(span.first, known.first), min(span.last, known.last))
        outside = [Span(known.first, inside.first - ONE_DAY), Span(inside.last + ONE_DAY, known.last)]
        if inside.days > sum(part.days for part in outside):
            found.months.append(month.first)
            found.subtracted.extend(part for part in outside if part.days)
        else:
            found.added.append(inside)
    return found


def _months(span: Span) -> Iterator[Span]:
    first = span.first
    while first <= span.last:
        month = month_of(first)
        yield month
        first = month.last + ONE_DAY
