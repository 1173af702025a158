"""Where bars and lines lie."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict

from dashboard.spend.overview.charts import Chart, Scale, chart, short
from dashboard.spend.overview.figures import Figures
from dashboard.spend.periods import read

TODAY = date(2026, 11, 22)


def drawn(address: str, spent: dict[str, int]) -> Chart:
    days = {date.fromisoformat(day): Figures(credits, 1) for day, credits in spent.items()}
    return chart(days, read(QueryDict(address), today=TODAY))


def test_a_bar_for_each_day_as_high_as_it_cost() -> None:
    found = drawn("", {"2026-11-02": 50, "2026-11-22": 100})
    assert len(found.bars) == 30
    second, last = found.bars[1], found.bars[21]
    assert (second.y, second.height, second.is_now) == (50, 50, False)
    assert (last.y, last.height, last.is_now) == (0, 100, True)
    assert found.highest == last and found.has_now
    assert [bar.span.first.day for bar in found.rows] == [2, 22]


def test_what_was_given_back_hangs_below_the_line() -> None:
    bar = drawn("period=7", {"2026-11-20": 60, "2026-11-21": -40}).bars[5]
    assert (bar.y, bar.height) == (66.67, 26.66)


@pytest.mark.parametrize(
    ("address", "unit", "bars"),
    [
        ("period=90", "day", 90),
        ("from=2026-01-01&to=2026-11-22", "week", 47),
        ("from=2020-01-15&to=2026-11-22", "month", 83),
    ],
)
def test_long_periods_are_drawn_by_week_or_month(address: str, unit: str, bars: int) -> None:
    found = drawn(address, {"2026-11-22": 5})
    assert (found.unit.name, len(found.bars)) == (unit, bars)
    assert sum(bar.figures.spent for bar in found.bars) == 5


def test_the_mean_of_seven_days_begins_with_the_first_bar_and_ends_yesterday() -> None:
    spent = {(TODAY - timedelta(days=back)).isoformat(): 70 for back in range(60)}
    points = drawn("", spent).trend.split()
    assert len(points) == 21
    assert {point.split(",")[1] for point in points} == {"12.50"}


def test_the_mean_begins_when_spending_did() -> None:
    assert len(drawn("", {"2026-11-15": 70, "2026-11-16": 70}).trend.split()) == 7
    assert drawn("", {"2026-11-22": 70}).trend == ""


def test_there_are_a_dozen_labels_at_most() -> None:
    for address in ("", "period=7", "period=90", "from=2026-01-01&to=2026-11-22", "from=2020-01-15"):
        assert 0 < len([bar for bar in drawn(address, {}).bars if bar.label]) < 12


@pytest.mark.parametrize(
    ("values", "ticks"),
    [([100], [0, 50, 100]), ([265], [0, 100, 200, 300]), ([], [0, 1]), ([3], [0, 1, 2, 3]), ([-5, 10], [-5, 0, 5, 10])],
)
def test_an_axis_has_round_numbers(values: list[int], ticks: list[int]) -> None:
    assert [tick.value for tick in Scale.of(values).ticks] == ticks


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (9500, "9,500"), (12_000, "12k"), (1_500_000, "1.5M")])
def test_an_axis_has_little_room(value: int, text: str) -> None:
    assert short(value) == text
