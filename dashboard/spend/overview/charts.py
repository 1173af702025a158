"""Where the bars and lines of a chart lie, in per cent of its surface; templates draw them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.spend.overview.figures import NOTHING, Days, Figures
from dashboard.spend.periods import Period, Span, month_of

DAYS_MAX, WEEKS_MAX = 100, 740
"""Longer periods are drawn by week, and still longer ones by month."""
_GAP = 0.28
"""Of a bar's place."""


@dataclass(frozen=True)
class Unit:
    """What one bar stands for."""

    name: str
    mean_of: int
    """Bars that the trend line is the mean of."""


DAY, WEEK, MONTH = Unit("day", 7), Unit("week", 4), Unit("month", 3)


@dataclass(frozen=True)
class Bar:
    span: Span
    figures: Figures
    is_now: bool
    """Whether it is still growing."""
    x: float
    width: float
    y: float
    height: float
    place: float
    """Where its place begins, gap included."""
    step: float
    label: str
    """Under the bar; empty where there is no room."""

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Tick:
    y: float
    value: int

    @property
    def label(self) -> str:
        return short(self.value)


@dataclass(frozen=True)
class Chart:
    unit: Unit
    bars: list[Bar]
    ticks: list[Tick]
    trend: str
    """Points of the mean's line, as SVG takes them."""

    @property
    def highest(self) -> Bar | None:
        return max(self.rows, key=lambda bar: bar.figures.spent, default=None)

    @property
    def has_now(self) -> bool:
        return any(bar.is_now and bar.figures for bar in self.bars)

    @property
    def rows(self) -> list[Bar]:
        """For the table beside it: the bars that are not empty."""
        return [bar for bar in self.bars if bar.figures]


def unit_of(span: Span) -> Unit:
    return DAY if span.days <= DAYS_MAX else WEEK if span.days <= WEEKS_MAX else MONTH


def chart(days: Days, period: Period) -> Chart:
    """``days`` reach back beyond the period, so that the mean is one from the first bar on."""
    unit = unit_of(period.span)
    spans = list(_spans(period.span, unit))
    sums = [sum((days.get(day, NOTHING) for day in span), NOTHING) for span in spans]
    scale = Scale.of(found.spent for found in sums)
    step = 100 / len(spans)
    labels = _labels(spans, unit)
    bars = [
        Bar(
            span=span,
            figures=found,
            is_now=period.today in span,
            x=round(step * (number + _GAP / 2), 2),
            width=round(step * (1 - _GAP), 2),
            y=min(scale.y(found.spent), scale.y(0)),
            height=round(abs(scale.y(0) - scale.y(found.spent)), 2),
            place=round(step * number, 2),
            step=round(step, 2),
            label=labels.get(number, ""),
        )
        for number, (span, found) in enumerate(zip(spans, sums, strict=True))
    ]
    return Chart(unit, bars, scale.ticks, _trend(days, bars, unit, scale, period.today))


def _spans(span: Span, unit: Unit) -> Iterable[Span]:
    first = span.first
    while first <= span.last:
        last = {DAY: first, WEEK: first + timedelta(days=6 - first.weekday()), MONTH: month_of(first).last}[unit]
        yield Span(first, min(last, span.last))
        first = last + timedelta(days=1)


def _labels(spans: Sequence[Span], unit: Unit) -> dict[int, str]:
    """A label for every so many bars: numbers need little room, dates more."""
    numbers = unit is DAY and len(spans) <= 31
    every = max(1, -(-len(spans) // (11 if numbers else 7)))
    return {
        place: str(span.first.day) if numbers else f"{span.first:{'%b %y' if unit is MONTH else '%-d %b'}}"
        for place, span in enumerate(spans)
        if place % every == 0
    }


def _trend(days: Days, bars: Sequence[Bar], unit: Unit, scale: "Scale", today: date) -> str:
    """The mean of the bars up to each that is over, since anything was spent at all.

    Of days it starts with the first bar, since what was before it is known.
    """
    known = min((day for day, found in days.items() if found), default=today)
    over = [bar for bar in bars if known <= bar.span.last < today]
    if unit is not DAY:
        ends = range(unit.mean_of, len(over) + 1)
        means = [(over[end - 1], _mean(bar.figures.spent for bar in over[end - unit.mean_of : end])) for end in ends]
    else:
        weeks = [(bar, Span(bar.span.first - timedelta(days=6), bar.span.first)) for bar in over]
        means = [(bar, _mean(days.get(day, NOTHING).spent for day in week)) for bar, week in weeks]
    return points((bar.middle, scale.y(mean)) for bar, mean in means) if len(means) > 1 else ""


def _mean(values: Iterable[int]) -> float:
    found = list(values)
    return sum(found) / len(found)


def points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in places)


@dataclass(frozen=True)
class Scale:
    """From credits to per cent, from above."""

    low: int
    high: int
    step: int

    @classmethod
    def of(cls, values: Iterable[float], *, lines: int = 4) -> "Scale":
        found = [0.0, *values]
        low, high = min(found), max(found)
        step = _nice((high - low) / lines)
        return cls(int(low // step) * step, int(max(1, -(-high // step))) * step, step)

    def y(self, value: float) -> float:
        return round(100 * (self.high - value) / (self.high - self.low), 2)

    @property
    def ticks(self) -> list[Tick]:
        return [Tick(self.y(value), value) for value in range(self.low, self.high + 1, self.step)]


def _nice(value: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50, …"""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= value:
                return digit * power
        power *= 10


def short(value: int) -> str:
    """As an axis has room for it: 9,500, 12k, 1.5M."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if abs(value) >= max(size, 10_000):
            return f"{value / size:g}{letter}"
    return f"{value:,}"
