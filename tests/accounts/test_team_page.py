"""``/settings/team/``: what a team is called, and what it lacks."""

import pytest

from dashboard.accounts.models import Team, User
from dashboard.audit.models import AuditEvent
from dashboard.projects.models import Product
from tests.conftest import browser_of

PAGE = "/settings/team/"


def test_an_admin_renames_the_team(ada: User, team: Team) -> None:
    html = browser_of(ada).post(PAGE, {"name": "Southwind"}, follow=True).content.decode()
    assert "· Southwind</title>" in html
    event = AuditEvent.objects.get(action="team.renamed")
    assert (event.user, event.before, event.after) == (ada, {"name": "Northwind"}, {"name": "Southwind"})


def test_the_same_name_again_changes_nothing(ada: User) -> None:
    browser_of(ada).post(PAGE, {"name": "Northwind"})
    assert not AuditEvent.objects.exists()


def test_an_empty_name_is_refused_and_the_team_keeps_its_own(ada: User, team: Team) -> None:
    answer = browser_of(ada).post(PAGE, {"name": ""})
    assert answer.status_code == 422
    assert "Give the team a name." in answer.content.decode()
    team.refresh_from_db()
    assert team.name == "Northwind"


def test_others_look_but_are_offered_nothing(bob: User) -> None:
    html = browser_of(bob).get(PAGE).content.decode()
    assert "2 members" in html and "100 left" in html
    assert "Rename" not in html and "What to do next" not in html


def test_what_to_do_next_goes_away_once_it_is_done(ada: User, mug: Product) -> None:
    assert "What to do next" not in browser_of(ada).get(PAGE).content.decode()


@pytest.mark.parametrize(("is_staff", "shown"), [(True, "You run Packshot, so you grant them."), (False, "Ask the")])
def test_who_can_grant_credits_is_told_truly(ada: User, is_staff: bool, shown: str) -> None:
    ada.is_staff = is_staff
    ada.save()
    assert shown in browser_of(ada).get(PAGE).content.decode()
