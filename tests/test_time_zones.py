"""Every date that people see is told where their team is: pages, files and mails know no other day or hour.

The world is made at a moment at which the team's day and hour are not UTC's. Whatever a page then says of UTC's has
leaked, except what it says to machines.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils.html import strip_tags

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members import mails
from dashboard.members.invitations import invite
from generation.credits import ledger
from tests.test_access_table import TABLE
from tests.world import World, made

ZONES = {
    "Pacific/Kiritimati": datetime(2031, 3, 17, 12, 34, 56, tzinfo=UTC),  # the 18th, 02:34
    "Pacific/Honolulu": datetime(2031, 3, 17, 7, 34, 56, tzinfo=UTC),  # the 16th, 21:34
}
TO_MACHINES = {
    "audit/log.jsonl",
    "audit/head.json",
    "audit/verify.py",
    "presets/export/",
    "presets/<preset_id>/export/",
}
WITHOUT_TIMES = {"batches/<batch_id>/jobs.csv", "gallery/<picture_id>/download/"}
OWN = ["accounts/you/", "accounts/2fa/"]
PAGES = [address for address, rule in TABLE.items() if rule.get and address not in TO_MACHINES | WITHOUT_TIMES] + OWN
_LEAK = r"\b17(?:th)? Mar|Mar(?:ch)? 17\b|2031-03-17|\b{hour}:34|\bUTC\b"


@pytest.fixture(scope="module", params=ZONES)
def zone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", autouse=True)
def private_and_quick(
    zone: str, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all tests of a zone, in which time stands still."""
    folder = tmp_path_factory.mktemp("world")
    with time_machine.travel(ZONES[zone], tick=False), django_db_blocker.unblock(), made(folder) as world:
        ledger.set_time_zone(team_id=world.team.id, name=zone)
        yield world


@pytest.fixture
def world(private_and_quick: World, db: None) -> World:
    return private_and_quick


def today(zone: str) -> str:
    return ZONES[zone].astimezone(ZoneInfo(zone)).date().isoformat()


def leaks(zone: str, text: str) -> list[str]:
    hour = ZONES[zone].strftime("%H")
    return [text[max(0, at.start() - 60) : at.end() + 20] for at in re.finditer(_LEAK.format(hour=hour), text)]


def shown(html: str) -> str:
    """What people read, and what they are told by a pointer that rests; not what machines read."""
    read = re.sub(r"<(script|style|datalist)\b.*?</\1>", "", html, flags=re.DOTALL)
    titles = re.findall(r'(?:title|alt|aria-label|value)="([^"]*)"', read)
    return "\n".join([strip_tags(read), *titles])


@pytest.mark.parametrize("address", PAGES)
def test_no_page_tells_a_day_or_an_hour_of_utc(address: str, zone: str, world: World) -> None:
    # What if draws every day of its period: here it has one.
    period = {"from": today(zone), "to": today(zone)} if address == "spend/what-if/" else {}
    answer = world.browser("alice").get(world.fill(address), period, follow=True)
    content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
    assert answer.status_code in {200, 409}
    assert leaks(zone, shown(content.decode())) == []


TELL = [
    "gallery/<picture_id>/",
    "audit/",
    "batches/<batch_id>/",
    "spend/ledger/",
    "spend/provider/",
    "settings/keys/",
    "settings/members/",
]


@pytest.mark.parametrize("address", TELL)
def test_pages_tell_the_teams_day_and_name_its_zone(address: str, zone: str, world: World) -> None:
    html = world.browser("alice").get(world.fill(address)).content.decode()
    times = re.findall(r'<time[^>]* datetime="([^"]*)" title="([^"]*)"', html)
    assert len(times) == html.count("<time")
    assert all(at.endswith("Z") and title.endswith(f", {zone}") for at, title in times)
    now = "18 March 2031, 02:34:56" if zone.endswith("Kiritimati") else "16 March 2031, 21:34:56"
    assert any(title.endswith(f"{now}, {zone}") for _, title in times)


def test_the_gallery_knows_the_teams_day(zone: str, world: World) -> None:
    html = world.browser("alice").get("/gallery/").content.decode()
    assert f'data-day="{today(zone)}"' in html and f'title="A day in {zone}">Today<' in html


@pytest.mark.parametrize("address", ["audit/log.csv", "spend/ledger.csv", "spend/export.csv"])
def test_files_name_the_zone_of_their_times(address: str, zone: str, world: World) -> None:
    answer = world.browser("alice").get(world.fill(address))
    lines = b"".join(answer).decode().splitlines() if answer.streaming else answer.content.decode().splitlines()  # type: ignore[arg-type]
    assert f"({zone})" in lines[0]
    assert all(today(zone) in line for line in lines[1:])


def test_a_day_of_the_audit_filter_is_the_teams(zone: str, world: World) -> None:
    alice, events = world.browser("alice"), AuditEvent.objects.filter(team=world.team).count()
    for day, count in ((today(zone), events), ("2031-03-17", 0)):
        lines = b"".join(alice.get(f"/audit/log.csv?since={day}&until={day}")).decode().splitlines()  # type: ignore[arg-type]
        assert len(lines) - 1 == count


def test_mails_tell_the_teams_time(zone: str, world: World) -> None:
    owner = Actor(Team.objects.get(pk=world.team.pk), Role.OWNER, user=User.objects.get(email="alice@example.com"))
    invitation, _ = invite(owner, email="dora@example.com", role=Role.VIEWER)
    assert mails.send_invitation(invitation, link="https://example.com/")
    until = "25 March 2031, 02:34" if zone.endswith("Kiritimati") else "23 March 2031, 21:34"
    assert f"{until}, {zone}" in mail.outbox[-1].body
