"""What a month will have cost, if it goes on as it did."""

from datetime import date, timedelta

import pytest

from dashboard.spend.overview.burndown import burn_down
from dashboard.spend.overview.figures import Days, Figures
from dashboard.spend.overview.forecast import forecast, rounded
from dashboard.spend.periods import month_of

TODAY = date(2026, 11, 22)
NOVEMBER = month_of(TODAY)


def days(back: int, credits: int = 10, *, today: int = 0) -> Days:
    """So many credits on each of the last days, and on this one."""
    spent = {TODAY - timedelta(days=number): Figures(credits) for number in range(1, back + 1)}
    return spent | {TODAY: Figures(today)}


def test_goes_on_at_the_mean_of_the_last_four_weeks() -> None:
    found = forecast(days(40), NOVEMBER, today=TODAY)
    assert found and (found.weeks, found.pace, found.spent) == (4, 10, 210)
    assert found.total == 210 + 10 + 8 * 10


def test_today_counts_as_what_it_cost_already_or_as_a_usual_day() -> None:
    quiet, busy = (forecast(days(28, today=credits), NOVEMBER, today=TODAY) for credits in (3, 50))
    assert quiet and quiet.total == 300
    assert busy and busy.total == 340


def test_only_whole_weeks_count() -> None:
    found = forecast(days(15), NOVEMBER, today=TODAY)
    assert found and (found.weeks, found.pace) == (2, 10)


def test_there_is_none_before_a_week_is_over() -> None:
    assert forecast(days(6), NOVEMBER, today=TODAY) is None
    assert forecast({}, NOVEMBER, today=TODAY) is None


def test_there_is_none_for_a_month_that_is_over() -> None:
    assert forecast(days(40), month_of(date(2026, 10, 1)), today=TODAY) is None


def test_more_given_back_than_spent_is_no_pace_to_go_on_at() -> None:
    found = forecast(days(14, -5), NOVEMBER, today=TODAY)
    assert found and found.pace == 0 and found.total == found.spent


def test_on_the_last_day_only_the_day_itself_is_to_come() -> None:
    last = NOVEMBER.last
    spent = {last - timedelta(days=number): Figures(10) for number in range(1, 30)}
    found = forecast(spent, NOVEMBER, today=last)
    assert found and found.total == 300 and list(found.ends) == [last]


@pytest.mark.parametrize(("value", "about"), [(1347.0, 1350), (13_472.0, 13_500), (346.2, 345), (42.4, 42), (0.0, 0)])
def test_says_no_more_digits_than_it_knows(value: float, about: int) -> None:
    assert rounded(value) == about


def test_a_cap_that_will_be_reached_says_when() -> None:
    ahead = forecast(days(40), NOVEMBER, today=TODAY)
    found = burn_down(days(40), NOVEMBER, today=TODAY, limit=250, of_cap=True, ahead=ahead)
    assert (found.left_now, found.is_over) == (40, True)
    assert found.sentence == "The cap lasts until about 25 November."


def test_a_cap_that_will_do_says_what_will_be_left() -> None:
    ahead = forecast(days(40), NOVEMBER, today=TODAY)
    found = burn_down(days(40), NOVEMBER, today=TODAY, limit=500, of_cap=False, ahead=ahead)
    assert found.sentence == "About 200 of 500 will be left." and not found.is_over


def test_a_cap_that_is_used_up_says_so() -> None:
    ahead = forecast(days(40), NOVEMBER, today=TODAY)
    found = burn_down(days(40), NOVEMBER, today=TODAY, limit=200, of_cap=True, ahead=ahead)
    assert found.sentence == "The month has used up the cap." and found.left_now == -10


def test_what_is_left_is_told_day_by_day() -> None:
    found = burn_down(days(3, today=4), NOVEMBER, today=TODAY, limit=100, of_cap=True, ahead=None)
    assert [left for _, left in found.left[-5:]] == [100, 90, 80, 70, 66]
    assert (found.ahead, found.sentence) == ("", "")
