"""Anybody who is signed in may make a team, and owns it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members import actions
from dashboard.members.founding import open_team
from generation.credits import ledger
from generation.models import Connection
from tests.conftest import browser_of, person

PAGE = "/accounts/team/new/"


def test_a_viewer_elsewhere_owns_the_team_they_make(vera: User) -> None:
    browser = browser_of(vera)
    answer = browser.post(PAGE, {"name": "  Atelier "}, follow=True)
    assert answer.redirect_chain == [("/settings/team/", 302)]
    made = Team.objects.get(name="Atelier")
    assert Membership.objects.get(team=made).role == Role.OWNER
    assert "· Atelier</title>" in browser.get("/projects/").content.decode()
    event = AuditEvent.objects.get(action="team.founded")
    assert (event.team, event.user, event.address) == (made, vera, "127.0.0.1")


def test_a_new_team_waits_for_a_key_and_for_credits_and_says_so(vera: User) -> None:
    html = browser_of(vera).post(PAGE, {"name": "Atelier"}, follow=True).content.decode()
    connection = Connection.objects.get(team__name="Atelier")
    assert (connection.base_url, connection.key) == ("https://api.productai.photo/v1", "")
    assert ledger.left(team_id=connection.team_id) == 0
    assert "What to do next" in html and "Ask the person who runs Packshot to grant some." in html
    assert 'href="/settings/connection/"' in html


def test_somebody_without_a_team_is_shown_the_way(db: None) -> None:
    browser = browser_of(person("dora"))
    assert f'href="{PAGE}"' in browser.get("/").content.decode()
    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE, {"name": "Atelier"}).status_code == 302


@pytest.mark.parametrize(
    ("name", "said"), [(" ", "Give the team a name."), ("x" * 81, "A team&#x27;s name has 1 to 80 characters.")]
)
def test_a_name_that_cannot_be_is_refused_in_a_sentence(vera: User, name: str, said: str) -> None:
    answer = browser_of(vera).post(PAGE, {"name": name})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Team.objects.exclude(name="Northwind").exists()


def test_one_person_makes_five_teams_a_day(vera: User) -> None:
    browser = browser_of(vera)
    assert [browser.post(PAGE, {"name": "Atelier"}).status_code for _ in range(5)] == [302] * 5
    answer = browser.post(PAGE, {"name": "Atelier"})
    assert answer.status_code == 422 and "Make the next one tomorrow." in answer.content.decode()
    Team.objects.filter(founded_by=vera).update(created_at=timezone.now() - timedelta(days=1))
    assert browser.post(PAGE, {"name": "Atelier"}).status_code == 302


def test_a_clock_that_was_ahead_keeps_nobody_from_making_a_team(vera: User) -> None:
    browser = browser_of(vera)
    for _ in range(5):
        browser.post(PAGE, {"name": "Atelier"})
    Team.objects.filter(founded_by=vera).update(created_at=timezone.now() + timedelta(days=2))
    assert browser.post(PAGE, {"name": "Atelier"}).status_code == 302


def test_who_owns_as_many_as_one_may_hands_one_over_first(vera: User, bob: User, settings: Any) -> None:
    settings.TEAMS_PER_PERSON = 2
    browser = browser_of(vera)
    assert [browser.post(PAGE, {"name": "Atelier"}).status_code for _ in range(3)] == [302, 302, 422]
    said = browser.post(PAGE, {"name": "Atelier"}).content.decode()
    assert "You may own 2 teams that you made yourself. Hand one over to somebody else, or ask" in said
    made = Team.objects.filter(founded_by=vera).first()
    assert made
    heir = Membership.objects.create(team=made, user=bob, role=Role.ADMIN)
    actions.hand_over(Actor(made, Role.OWNER, user=vera), heir)
    assert browser.post(PAGE, {"name": "Atelier"}).status_code == 302
    assert browser_of(bob).post(PAGE, {"name": "His own"}).status_code == 302


def test_what_an_operator_opens_counts_for_nobody(vera: User, settings: Any) -> None:
    settings.TEAMS_PER_PERSON = 1
    for _ in range(6):
        open_team(name="Client", owner=vera)
    assert browser_of(vera).post(PAGE, {"name": "Atelier"}).status_code == 302


def test_strangers_are_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.post(PAGE, {"name": "Atelier"}).headers["Location"].startswith("/accounts/login/")
    assert not Team.objects.exists()
