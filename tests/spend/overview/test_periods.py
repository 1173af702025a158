"""Which days an address means."""

from datetime import date

import pytest
from django.http import QueryDict

from dashboard.spend.periods import Period, Span, months, read

TODAY = date(2026, 11, 22)


def period(address: str, today: date = TODAY) -> Period:
    return read(QueryDict(address), today=today)


def days(span: Span) -> str:
    return f"{span.first} {span.last}"


@pytest.mark.parametrize(
    ("address", "name", "shown", "compared"),
    [
        ("", "November 2026", "2026-11-01 2026-11-30", "2026-10-01 2026-10-22"),
        ("period=2026-10", "October 2026", "2026-10-01 2026-10-31", "2026-09-01 2026-09-30"),
        ("period=2026-01", "January 2026", "2026-01-01 2026-01-31", "2025-12-01 2025-12-31"),
        ("period=7", "Last 7 days", "2026-11-16 2026-11-22", "2026-11-09 2026-11-15"),
        ("period=90", "Last 90 days", "2026-08-25 2026-11-22", "2026-05-27 2026-08-24"),
        ("from=2026-11-03&to=2026-11-05", "3–5 Nov 2026", "2026-11-03 2026-11-05", "2026-10-31 2026-11-02"),
        ("from=2026-10-30&to=2026-11-02", "30 Oct – 2 Nov 2026", "2026-10-30 2026-11-02", "2026-10-26 2026-10-29"),
        ("from=2026-11-20", "20–22 Nov 2026", "2026-11-20 2026-11-22", "2026-11-17 2026-11-19"),
        ("from=2026-11-05&to=2026-11-05", "5 Nov 2026", "2026-11-05 2026-11-05", "2026-11-04 2026-11-04"),
    ],
)
def test_an_address_names_days_and_those_to_compare_with(address: str, name: str, shown: str, compared: str) -> None:
    found = period(address)
    assert (found.name, days(found.span), days(found.before), found.notice) == (name, shown, compared, "")


def test_a_long_month_is_compared_with_the_whole_of_a_short_one() -> None:
    assert days(period("", date(2026, 3, 30)).before) == "2026-02-01 2026-02-28"
    assert days(period("", date(2028, 3, 30)).before) == "2028-02-01 2028-02-29"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("period=yesterday", "There is no such period"),
        ("period=2026-13", "There is no such period"),
        ("period=0001-01", "There is no such period"),
        ("period=8", "There is no such period"),
        ("from=2026-02-30", "That is not a day"),
        ("from=1990-01-01&to=2026-01-01", "ten years"),
        ("from=2026-11-05&to=2026-11-03", "changed places"),
    ],
)
def test_what_cannot_be_taken_is_said(address: str, sentence: str) -> None:
    assert sentence in period(address).notice


def test_steps_from_period_to_period() -> None:
    assert period("").earlier == {"period": "2026-10"}
    assert period("").later is None
    assert period("period=2026-10").later == {}
    assert period("period=2025-12").later == {"period": "2026-01"}
    assert period("period=7").earlier == {"from": "2026-11-09", "to": "2026-11-15"}
    assert period("from=2026-11-09&to=2026-11-15").later == {"from": "2026-11-16", "to": "2026-11-22"}


def test_a_month_to_come_has_no_days_so_far_but_its_first() -> None:
    assert days(period("period=2026-12").so_far) == "2026-12-01 2026-12-01"


def test_offers_the_months_of_a_year() -> None:
    assert [day.isoformat() for day in months(TODAY)][:2] == ["2026-11-01", "2026-10-01"]
    assert months(TODAY)[-1] == date(2025, 12, 1)
