"""``/spend/``: what was spent, on what, and whether it was worth it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.members.keys import issue
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product, Project
from dashboard.spend.overview import report
from generation.credits import caps, ledger
from generation.models import Cap, Connection, DailyTotal, Reconciliation
from tests.conftest import browser_of
from tests.spend.spending import NOON, pay


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def spring(team: Team) -> Project:
    return Project.objects.create(team=team, name="Spring launch")


@pytest.fixture
def marble(team: Team) -> PresetVersion:
    return PresetVersion.objects.create(preset=Preset.objects.create(team=team, name="Marble"), number=4, template="x")


def words(client: Client, address: str = "/spend/") -> str:
    """What the page says, without its markup."""
    answer = client.get(address)
    assert answer.status_code == 200
    main = answer.content.decode().partition('<main id="main"')[2]
    return re.sub(r"\s+", " ", strip_tags(main).replace("&lt;", "<"))


def rows(client: Client, table: str, address: str = "/spend/") -> list[list[str]]:
    """The cells of one of the tables, without its heading."""
    page = client.get(address).content.decode()
    section = page.partition(f'id="by-{table}"')[2].partition("</section>")[0]
    found = re.findall(r"<tr.*?</tr>", section, re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in found]
    return [[" ".join(strip_tags(cell).split()) for cell in row] for row in cells]


def test_a_team_that_spent_nothing_is_told_what_will_be_here(team: Team, alice: User) -> None:
    page = browser_of(alice).get("/spend/").content.decode()
    assert "Nothing was spent yet" in page and 'href="/generate/"' in page


def test_says_what_was_spent_and_compares_it(creator: Actor, mug: Product, alice: User, now: None) -> None:
    pay(creator, mug, 20, on="2026-10-05", pictures=4, approved=2)
    pay(creator, mug, 9, on="2026-10-30")
    pay(creator, mug, 15, on="2026-11-21", pictures=3, approved=2)
    said = words(browser_of(alice))
    assert "Spent 15 56 of 100 granted are left 25 % less than 1–22 Oct" in said
    assert "Per approved picture 7.5 was 10.0 2 approved of 3" in said
    assert "On hold now 0 no job is under way" in said
    said = words(browser_of(alice), "/spend/?period=2026-10")
    assert "Spent 29 nothing in September" in said


def test_days_are_the_teams_own(creator: Actor, mug: Product, alice: User, team: Team, now: None) -> None:
    ledger.set_time_zone(team_id=team.id, name="Pacific/Kiritimati")
    pay(creator, mug, 5, on="2026-10-31")
    assert "Spent 5" in words(browser_of(alice))


def test_each_table_tells_the_credits_apart(
    creator: Actor, mug: Product, alice: User, spring: Project, marble: PresetVersion, team: Team, now: None
) -> None:
    script = Actor(team, Role.CREATOR, api_key=issue(Actor(team, Role.OWNER, user=alice), name="Spring bot")[0])
    pay(creator, mug, 20, pictures=4, approved=2, project=spring, preset_version=marble)
    pay(creator, mug, 5, on="2026-10-09", project=spring)
    pay(script, mug, 10, model="seedream")
    browser = browser_of(alice)
    assert rows(browser, "member") == [
        ["Bob", "", "20", "67 %", "+300 %", "4", "2", "10.0"],
        ["Spring bot Key", "", "10", "33 %", "new", "1", "0", "–"],
    ]
    assert [row[:3] for row in rows(browser, "project")] == [["Spring launch", "", "20"], ["No project", "", "10"]]
    assert [row[:3] for row in rows(browser, "preset")] == [["Marble v4", "", "20"], ["Without a preset", "", "10"]]
    assert [row[:3] for row in rows(browser, "model")] == [["nanobanana2", "", "20"], ["seedream", "", "10"]]


def test_a_preset_unfolds_into_its_versions(
    creator: Actor, mug: Product, alice: User, marble: PresetVersion, now: None
) -> None:
    newer = PresetVersion.objects.create(preset=marble.preset, number=5, template="y")
    pay(creator, mug, 20, preset_version=marble)
    pay(creator, mug, 10, preset_version=newer)
    found = [row[0] + " " + row[2] for row in rows(browser_of(alice), "preset")]
    assert found == ["Marble 2 versions 30", "Version 5 10", "Version 4 20"]


def test_numbers_lead_to_the_lines_behind_them(
    creator: Actor, mug: Product, alice: User, spring: Project, now: None
) -> None:
    pay(creator, mug, 20, project=spring)
    browser, days = browser_of(alice), "from=2026-11-01&to=2026-11-22&kind=spent"
    links = [
        link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', browser.get("/spend/").content.decode())
    ]
    to_ledger = sorted({link for link in links if link.startswith("/spend/ledger/?")})
    assert f"/spend/ledger/?{days}" in to_ledger
    assert f"/spend/ledger/?{days}&project={spring.id}" in to_ledger
    assert f"/spend/ledger/?{days}&preset=none" in to_ledger
    assert "/spend/ledger/?from=2026-11-22&to=2026-11-22&kind=spent" in to_ledger
    for link in to_ledger:
        assert browser.get(link).status_code == 200, link


def test_many_rows_are_added_up_until_all_are_asked_for(
    creator: Actor, mug: Product, alice: User, team: Team, now: None
) -> None:
    ledger.grant(team_id=team.id, credits=1000)
    for number in range(11):
        pay(creator, mug, 30 - number, project=Project.objects.create(team=team, name=f"Project {number}"))
    browser = browser_of(alice)
    found = rows(browser, "project")
    assert [row[0] for row in found[-2:]] == ["Project 7", "3 others"]
    assert found[-1][2] == str(22 + 21 + 20)
    assert len(rows(browser, "project", "/spend/?all=project")) == 11


@pytest.mark.parametrize("kind", ["project", "member", "key"])
def test_narrows_down_to_a_project_a_member_or_a_key(
    kind: str, creator: Actor, mug: Product, alice: User, bob: User, spring: Project, team: Team, now: None
) -> None:
    key = issue(Actor(team, Role.OWNER, user=alice), name="Spring bot")[0]
    pay(Actor(team, Role.OWNER, user=alice), mug, 3)
    pay(creator, mug, 20, project=spring)
    pay(Actor(team, Role.CREATOR, api_key=key), mug, 11)
    value, name, spent = {
        "project": (spring.id, "Spring launch", 20),
        "member": (bob.pk, "Bob", 20),
        "key": (key.id, "Spring bot", 11),
    }[kind]
    said = words(browser_of(alice), f"/spend/?{kind}={value}")
    assert f" {name} Whole team" in said and f"Spent {spent} " in said


def test_what_belongs_to_another_team_does_not_exist(team: Team, alice: User, charlie: User) -> None:
    foreign = Project.objects.create(team=charlie.memberships.get().team, name="Theirs")
    for address in (f"project={foreign.id}", f"member={charlie.pk}", "key=key_1", "member=abc", "project=a%00b"):
        assert browser_of(alice).get(f"/spend/?{address}").status_code == 404, address


def test_below_admin_one_sees_only_what_one_spent_oneself(
    creator: Actor, mug: Product, alice: User, bob: User, vera: User, spring: Project, team: Team, now: None
) -> None:
    pay(creator, mug, 20, project=spring)
    pay(Actor(team, Role.OWNER, user=alice), mug, 7, project=spring)
    for address in ("/spend/", f"/spend/?project={spring.id}", f"/spend/?member={alice.pk}"):
        said = words(browser_of(bob), address)
        assert "Spent 20 " in said and "Alice" not in said and "provider" not in said
    assert "Nothing was spent in these days" in words(browser_of(vera))


def test_a_cap_is_shown_with_what_is_left_of_it(
    creator: Actor, mug: Product, alice: User, spring: Project, team: Team, now: None
) -> None:
    caps.save(Cap(team=team, credits=60, created_by=alice))
    caps.save(Cap(team=team, project=spring, credits=40, created_by=alice))
    pay(creator, mug, 15, project=spring)
    said = words(browser_of(alice))
    assert "of 60 allowed" in said and "Left of the cap 45 of 60" in said and "Spring launch cap 40" in said
    assert "Left of the cap 25 of 40" in words(browser_of(alice), f"/spend/?project={spring.id}")


@pytest.mark.parametrize(
    ("reading", "sentence"),
    [
        (None, "Not checked"),
        ({"drift": 0}, "Exactly checked"),
        ({"drift": -12}, "Off by 12 nobody has looked into it"),
        ({"drift": 12, "verdict": "top_up"}, "Explained off by 12"),
        ({"drift": 0, "in_flight": 5}, "Agrees with jobs under way"),
    ],
)
def test_says_whether_the_provider_agrees(
    reading: dict[str, Any] | None, sentence: str, creator: Actor, mug: Product, ada: User, team: Team, now: None
) -> None:
    pay(creator, mug, 5)
    if reading is not None:
        shared = {"team": team, "connection": Connection.objects.get(team=team), "checked_at": timezone.now()}
        Reconciliation.objects.create(**shared, balance=5, captured_in_all=5, **reading)
    assert f"Agrees with the provider {sentence}" in words(browser_of(ada))


def test_a_drift_counts_until_somebody_settles_it(
    creator: Actor, mug: Product, ada: User, team: Team, now: None
) -> None:
    pay(creator, mug, 5)
    shared = {"team": team, "connection": Connection.objects.get(team=team), "checked_at": timezone.now()}
    for drift in (7, 0):
        Reconciliation.objects.create(**shared, balance=5, captured_in_all=5, drift=drift)
    assert "Agrees with the provider Off by 7" in words(browser_of(ada))


def test_takes_as_many_queries_for_much_as_for_little(
    creator: Actor, mug: Product, alice: User, spring: Project, marble: PresetVersion, team: Team, now: None
) -> None:
    admin = Actor(team, Role.OWNER, user=alice)
    caps.save(Cap(team=team, credits=1000, created_by=alice))
    pay(creator, mug, 5)
    with CaptureQueriesContext(connection) as little:
        report.overview(admin, QueryDict(""))
    ledger.grant(team_id=team.id, credits=1000)
    for number in range(6):
        newer = PresetVersion.objects.create(preset=marble.preset, number=10 + number, template="x")
        pay(creator, mug, 5, on=f"2026-11-0{number + 1}", project=spring, preset_version=newer)
    with CaptureQueriesContext(connection) as much:
        report.overview(admin, QueryDict("all=preset"))
    assert len(much) == len(little) == 11


def test_reads_sums_and_no_entry_of_the_ledger(creator: Actor, mug: Product, alice: User, now: None) -> None:
    pay(creator, mug, 5)
    with CaptureQueriesContext(connection) as done:
        browser_of(alice).get("/spend/")
    asked = [query["sql"] for query in done.captured_queries]
    assert not [sql for sql in asked if "generation_ledgerentry" in sql]
    days, combinations = (sql for sql in asked if "spend" in sql or "dailytotal" in sql)
    assert f'FROM "{DailyTotal._meta.db_table}"' in days
    assert re.findall(r'FROM "generation_(\w+)"', combinations) == ["monthlyspend", "monthlyspend", "dailyspend"], (
        "this month, the one before, and the days of that which this one has not had yet"
    )


@pytest.mark.parametrize("address", ["period=2026-13", "from=x", "from=2026-11-05&to=2026-11-01"])
def test_nonsense_in_the_address_is_answered_by_a_sentence(
    address: str, creator: Actor, mug: Product, alice: User, now: None
) -> None:
    pay(creator, mug, 5)
    page = browser_of(alice).get(f"/spend/?{address}").content.decode()
    assert 'class="banner is-warn"' in page
