"""How a month will end if it goes on like its last weeks.

Whole weeks are counted, as few teams work on Sundays, and only days that are over: today is still going on.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.spend.overview.figures import NOTHING, Days
from dashboard.spend.periods import Span, month_of

WEEKS_MAX = 4


@dataclass(frozen=True)
class Forecast:
    weeks: int
    """That the pace is the mean of."""
    pace: float
    """Credits a day."""
    spent: int
    """Credits of the month so far."""
    total: float
    """Credits of the whole month."""
    ends: dict[date, float]
    """Credits of the month by the end of today and of each day to come."""

    @property
    def about(self) -> int:
        """The total without digits that nobody can know."""
        return rounded(self.total)

    def reaches(self, limit: int) -> date | None:
        """The day on which the month has cost ``limit``."""
        return next((day for day, spent in self.ends.items() if spent >= limit), None)


def forecast(days: Days, month: Span, *, today: date) -> Forecast | None:
    """``None`` before there is a whole week to go by, and for anything but the present month.

    ``days`` reach back beyond the month as far as they are known.
    """
    known = min((day for day, found in days.items() if found), default=today)
    weeks = min(WEEKS_MAX, (today - known).days // 7)
    if month != month_of(today) or not weeks:
        return None
    past = Span(today - timedelta(days=7 * weeks), today - timedelta(days=1))
    pace = max(0.0, sum(days.get(day, NOTHING).spent for day in past) / past.days)
    spent = sum(days.get(day, NOTHING).spent for day in Span(month.first, today))
    still_today = max(0.0, pace - days.get(today, NOTHING).spent)
    ends = {day: spent + still_today + pace * number for number, day in enumerate(Span(today, month.last))}
    return Forecast(weeks=weeks, pace=pace, spent=spent, total=ends[month.last], ends=ends)


def rounded(value: float) -> int:
    """To one or two digits and a half: 1,347 is about 1,350."""
    digits = len(str(int(abs(value))))
    step = 5 * 10 ** (digits - 3) if digits > 2 else 1
    return int(round(value / step) * step)
