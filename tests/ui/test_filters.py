"""What an address may say of a list, whatever somebody wrote into it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.ui.filters import created_between, days_in_words, identifier, read_day, whole_number

NUL = "\0"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("7", 7), ("0", 0), ("", None), ("-1", None), (" 7", None), ("7.0", None), ("٣", None), ("²", None)],
        *[("1" + "0" * 15, 10**15), ("1" + "0" * 14 + "1" * 2, None), ("9" * 5_000, None)],
    ],
)
def test_a_number_is_plain_digits_that_a_database_can_compare(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_number_has_the_bound_of_its_column() -> None:
    assert [whole_number(text, at_most=99) for text in ("99", "100", "099")] == [99, None, None]


@pytest.mark.parametrize("text", ["2026-02-30", "2026", "0001-01-01", "9999-12-31", "22.11.2026", NUL, "x" * 300, ""])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None
    assert created_between(text, text) == {} and days_in_words(text, text) == ""


def test_days_begin_at_the_midnight_of_the_zone_and_the_last_is_included() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert read_day("2026-03-29") == date(2026, 3, 29)
    assert created_between("2026-03-29", "2026-03-29", zone=zone) == {
        "created_at__gte": datetime(2026, 3, 28, 23, tzinfo=UTC),
        "created_at__lt": datetime(2026, 3, 29, 22, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2026-11-05", "2026-11-05", "5 Nov 2026"),
        ("2026-11-05", "2026-11-07", "5 Nov 2026 to 7 Nov 2026"),
        ("2026-11-05", "", "Since 5 Nov 2026"),
        ("", "2026-11-07", "Until 7 Nov 2026"),
    ],
)
def test_days_in_words(since: str, until: str, words: str) -> None:
    assert days_in_words(since, until) == words


@pytest.mark.parametrize(("text", "is_one"), [("01J-x_9", True), ("a b", False), (NUL, False), ("x" * 201, False)])
def test_an_identifier_holds_only_what_ids_hold(text: str, is_one: bool) -> None:
    assert identifier(text) == (text if is_one else "")
