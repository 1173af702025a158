"""``/spend/export.csv``: the days of the overview for a spreadsheet."""

import csv
import io

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.members.keys import issue
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product, Project
from tests.conftest import browser_of
from tests.spend.spending import NOON, pay


def lines(client: Client, address: str = "") -> list[list[str]]:
    with time_machine.travel(NOON, tick=False):
        answer = client.get(f"/spend/export.csv{address}")
        text = answer.getvalue().decode()
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert text.startswith("\ufeff") and ", ".join(header) == (
        "Day (UTC), Project, Member, API key, Preset, Version, Model, Credits, Jobs, Pictures, Approved"
    )
    return rows


def test_has_a_line_for_each_day_and_combination_with_names(
    creator: Actor, mug: Product, alice: User, team: Team
) -> None:
    spring = Project.objects.create(team=team, name="Spring launch")
    marble = PresetVersion.objects.create(
        preset=Preset.objects.create(team=team, name="Marble"), number=4, template="x"
    )
    script = Actor(team, Role.CREATOR, api_key=issue(Actor(team, Role.OWNER, user=alice), name="Spring bot")[0])
    pay(creator, mug, 8, on="2026-10-31", pictures=2)
    pay(script, mug, 5, on="2026-11-02", model="seedream")
    for _ in range(2):
        pay(creator, mug, 10, on="2026-11-20", pictures=2, approved=1, project=spring, preset_version=marble)
    assert lines(browser_of(alice)) == [
        ["2026-11-02", "", "", "Spring bot", "", "", "seedream", "5", "1", "1", "0"],
        ["2026-11-20", "Spring launch", "Bob", "", "Marble", "4", "nanobanana2", "20", "2", "4", "2"],
    ]
    assert [line[0] for line in lines(browser_of(alice), "?period=90")] == ["2026-10-31", "2026-11-02", "2026-11-20"]
    assert [line[7] for line in lines(browser_of(alice), f"?project={spring.id}")] == ["20"]


def test_names_are_looked_up_once_for_however_many_weeks(
    creator: Actor, mug: Product, alice: User, bob: User, team: Team
) -> None:
    for month in range(1, 11):
        pay(creator, mug, 8, on=f"2026-{month:02}-14", pictures=2)
    browser = browser_of(alice)
    with CaptureQueriesContext(connection) as queries:
        rows = lines(browser, "?from=2026-01-01&to=2026-11-22")
    assert [row[2] for row in rows] == ["Bob"] * 10
    for table in ("projects_project", "accounts_apikey"):
        assert sum(f'FROM "{table}"' in query["sql"] for query in queries) == 1
    assert sum('"accounts_user"."email"' in query["sql"] for query in queries) <= 4


def test_a_name_is_never_a_formula(creator: Actor, mug: Product, alice: User, team: Team) -> None:
    pay(creator, mug, 5, project=Project.objects.create(team=team, name="=HYPERLINK(1)"))
    assert lines(browser_of(alice))[0][1] == "'=HYPERLINK(1)"


def test_below_admin_it_holds_only_ones_own(creator: Actor, mug: Product, alice: User, bob: User, team: Team) -> None:
    pay(creator, mug, 5)
    pay(Actor(team, Role.OWNER, user=alice), mug, 3)
    assert [line[2] for line in lines(browser_of(bob), f"?member={alice.pk}")] == ["Bob"]
    assert [line[2] for line in lines(browser_of(alice))] == ["Alice", "Bob"]


def test_is_named_after_its_days(team: Team, alice: User) -> None:
    answer = browser_of(alice).get("/spend/export.csv?period=2026-02")
    assert answer["Content-Disposition"] == 'attachment; filename="packshot-spend-2026-02-01-to-2026-02-28.csv"'
