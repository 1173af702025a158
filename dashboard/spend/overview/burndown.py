"""The month's cap, or the team's credits, as they melt away: day by day, and by the forecast to its end."""

from dataclasses import dataclass
from datetime import date

from dashboard.spend.overview.charts import Scale, Tick, points
from dashboard.spend.overview.figures import NOTHING, Days
from dashboard.spend.overview.forecast import Forecast, rounded
from dashboard.spend.periods import Span


@dataclass(frozen=True)
class BurnDown:
    of_cap: bool
    """Else of the credits that the team has."""
    limit: int
    left: list[tuple[date, int]]
    """At the end of each day so far."""
    line: str
    area: str
    ahead: str
    """Points of the forecast's line; empty without one."""
    even: str
    """Points of the line of a month that spends the same every day and just manages."""
    ticks: list[Tick]
    labels: list[tuple[float, int]]
    """Days of the month and where they end."""
    sentence: str
    is_over: bool
    """Whether the forecast goes beyond the limit."""

    @property
    def left_now(self) -> int:
        return self.left[-1][1]


def burn_down(days: Days, month: Span, *, today: date, limit: int, of_cap: bool, ahead: Forecast | None) -> BurnDown:
    """``limit`` is what there was to spend when the month began."""
    left, rest = [], limit
    for day in Span(month.first, today):
        rest -= days.get(day, NOTHING).spent
        left.append((day, rest))
    scale = Scale.of([limit, min(0, rest)], lines=3)
    places = [(0.0, scale.y(limit)), *((_end(day, month), scale.y(rest)) for day, rest in left)]
    # The forecast counts whole days: it starts where yesterday ended.
    to_come = [(_end(day, month), scale.y(max(0, limit - spent))) for day, spent in ahead.ends.items()] if ahead else []
    floor = scale.y(0)
    return BurnDown(
        of_cap=of_cap,
        limit=limit,
        left=left,
        line=points(places),
        area=points([(0.0, floor), *places, (places[-1][0], floor)]),
        ahead=points([places[-2], *to_come]) if to_come else "",
        even=points([(0.0, scale.y(limit)), (100.0, floor)]),
        ticks=scale.ticks,
        labels=[(_end(day, month), day.day) for day in month if day.day in (1, 8, 15, 22, 29)],
        sentence=_sentence(ahead, limit, of_cap=of_cap) if ahead else "",
        is_over=ahead is not None and ahead.total > limit,
    )


def _end(day: date, month: Span) -> float:
    return round(100 * ((day - month.first).days + 1) / month.days, 2)


def _sentence(ahead: Forecast, limit: int, *, of_cap: bool) -> str:
    what = "the cap" if of_cap else "what the team has"
    if reached := ahead.reaches(limit):
        if ahead.spent >= limit:
            return f"The month has used up {what}."
        return f"{what[0].upper()}{what[1:]} lasts until about {reached:%-d %B}."
    return f"About {rounded(limit - ahead.total):,} of {limit:,} will be left."
