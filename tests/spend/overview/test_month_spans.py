"""Spans of days as whole months: nothing twice, nothing left out."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.spend.overview.month_spans import MonthSpans, decompose
from dashboard.spend.periods import Span, month_of

TODAY = date(2026, 11, 22)
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def test_the_present_month_is_one_piece() -> None:
    assert decompose(Span(date(2026, 11, 1), TODAY), today=TODAY) == MonthSpans(months=[date(2026, 11, 1)])


def test_most_of_a_month_is_the_month_without_the_rest() -> None:
    found = decompose(Span(date(2026, 10, 1), date(2026, 10, 22)), today=TODAY)
    assert found == MonthSpans([date(2026, 10, 1)], subtracted=[Span(date(2026, 10, 23), date(2026, 10, 31))])


def test_a_week_is_its_days() -> None:
    week = Span(date(2026, 10, 1), date(2026, 10, 7))
    assert decompose(week, today=TODAY) == MonthSpans(added=[week])


def test_a_year_is_its_months_and_a_few_days() -> None:
    found = decompose(Span(date(2025, 11, 23), TODAY), today=TODAY)
    assert len(found.months) == 12
    assert found.added == [Span(date(2025, 11, 23), date(2025, 11, 30))]


def test_nothing_is_spent_in_days_to_come() -> None:
    assert decompose(Span(TODAY + timedelta(days=1), date(2026, 12, 31)), today=TODAY) == MonthSpans()


@given(first=days, length=st.integers(0, 500), today=days)
def test_every_day_until_today_counts_once_and_no_other(first: date, length: int, today: date) -> None:
    span = Span(first, first + timedelta(days=length))
    found = decompose(span, today=today)
    counted = Counter(day for month in found.months for day in month_of(month) if day <= today)
    counted.update(day for part in found.added for day in part)
    counted.subtract(day for part in found.subtracted for day in part)
    assert +counted == Counter(day for day in span if day <= today)
    assert not -counted
    assert all(part.days <= 15 for part in (*found.added, *found.subtracted))
