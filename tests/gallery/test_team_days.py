"""A moment belongs to one day of the team's, in the gallery as in the receipt, the books, the files and the log.

Cases that people met elsewhere: evenings that stood under tomorrow, mornings without a Today, days that summed up to
more than their week, and evenings that counted as nothing.
"""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from dashboard.accounts.models import Team, User
from generation.counts import gallery, recount
from generation.credits import ledger
from tests.conftest import browser_of
from tests.gallery.conftest import Gallery


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days_of(browser: Client) -> dict[str, int]:
    """Headings of the gallery and how many pictures stand under each."""
    html = browser.get("/gallery/").content.decode()
    parts = re.split(r'data-day="([\d-]+)"', html)[1:]
    return {day: len(re.findall(r'id="img_', rest)) for day, rest in zip(parts[::2], parts[1::2], strict=True)}


def rows(browser: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(browser.get(address)).decode().removeprefix("\ufeff")  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(text)))


def test_an_evening_stands_under_its_own_day(pictures: Gallery, team: Team, vera: User) -> None:
    ledger.set_time_zone(team_id=team.id, name="America/Los_Angeles")
    browser = browser_of(vera)
    (early,), (late,) = (pictures(at=at(moment)) for moment in ("2023-11-23T23:52", "2023-11-24T00:09"))
    assert days_of(browser) == {"2023-11-23": 2}
    for picture, told in ((early, "15:52"), (late, "16:09")):
        html = browser.get(f"/gallery/{picture.id}/").content.decode()
        assert f">23 November 2023, {told}</time>, America/Los Angeles" in html
    recount.count_totals(team.id)
    recount.count_days(team.id)
    assert {f"{day}": count for day, count in (gallery.by_day(team.id) or {}).items()} == {"2023-11-23": 2}


def test_a_morning_east_of_utc_is_today(pictures: Gallery, team: Team, vera: User) -> None:
    ledger.set_time_zone(team_id=team.id, name="Australia/Brisbane")
    (last_evening,), (this_morning,) = (pictures(at=at(moment)) for moment in ("2025-04-06T13:30", "2025-04-06T21:00"))
    with time_machine.travel(at("2025-04-06T22:00"), tick=False):  # 8 in the morning of the 7th
        html = browser_of(vera).get("/gallery/").content.decode()
    today, yesterday = html.index(">Today<"), html.index(">Yesterday<")
    assert today < html.index(this_morning.id) < yesterday < html.index(last_evening.id)
    assert "Tomorrow" not in html


def test_single_days_sum_up_to_their_range(team: Team, ada: User) -> None:
    ledger.set_time_zone(team_id=team.id, name="Asia/Kolkata")
    ledger.grant(team_id=team.id, credits=10_000)
    first = datetime(2026, 5, 28, 18, 30, tzinfo=UTC)  # midnight of the 29th
    for hours in range(0, 120, 7):
        with time_machine.travel(first + timedelta(hours=hours)):
            ledger.adjust(team_id=team.id, actor_id=ada.pk, spent=1 + hours, reason="So")
    days = [f"2026-05-{day}" for day in (29, 30, 31)] + ["2026-06-01", "2026-06-02"]
    with time_machine.travel(datetime(2026, 6, 3, tzinfo=UTC)):
        browser = browser_of(ada)
        for page, sum_of in (("/spend/ledger.csv", "spent"), ("/spend/export.csv", "Credits")):
            whole = rows(browser, f"{page}?from={days[0]}&to={days[-1]}")
            single = [row for day in days for row in rows(browser, f"{page}?from={day}&to={day}")]
            assert sum(int(row[sum_of]) for row in single) == sum(1 + hours for hours in range(0, 120, 7))
            assert sorted(map(str, single)) == sorted(map(str, whole))


def test_an_evening_west_of_utc_counts_today(team: Team, ada: User) -> None:
    ledger.set_time_zone(team_id=team.id, name="America/Los_Angeles")
    with time_machine.travel(at("2026-08-06T04:30"), tick=False):  # 21:30 of the 5th
        ledger.adjust(team_id=team.id, actor_id=ada.pk, spent=7, reason="So")
        (row,) = rows(browser_of(ada), "/spend/export.csv?period=7")
    assert (row["Day (America/Los_Angeles)"], row["Credits"]) == ("2026-08-05", "7")


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00"),
        ("Pacific/Chatham", "2026-09-27", "2026-09-26T11:15"),
    ],
)
def test_the_last_day_of_a_filter_ends_at_its_midnight(zone: str, day: str, begins: str, team: Team, ada: User) -> None:
    """Days of 23 hours: two begin at one o'clock, as clocks go forward at midnight."""
    ledger.set_time_zone(team_id=team.id, name=zone)
    moments = {"before": -1, "first": 0, "last": 23 * 3600 - 1, "after": 23 * 3600}
    for reason, seconds in moments.items():
        with time_machine.travel(at(begins) + timedelta(seconds=seconds), tick=False):
            ledger.adjust(team_id=team.id, actor_id=ada.pk, spent=1, reason=reason)
    found = rows(browser_of(ada), f"/spend/ledger.csv?kind=adjust&from={day}&to={day}")
    assert {row["reason"] for row in found} == {"first", "last"}
