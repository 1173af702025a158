"""``/settings/members/``: who is in the team; inviting, and taking an invitation back."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from dashboard.accounts.models import Invitation, Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members import invitations
from tests.conftest import browser_of

PAGE = "/settings/members/"
LINK = re.compile(r"http://testserver/accounts/invitation/([\w-]{43})/")


@pytest.fixture
def browser(ada: User) -> Client:
    return browser_of(ada)


def test_members_are_shown_with_role_and_last_activity(bob: User, vera: User) -> None:
    browser_of(bob).get("/projects/")
    html = browser_of(vera).get(PAGE).content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    of = {name: next(row for row in rows if name in row) for name in ("alice@", "bob@", "vera@")}
    assert "Owner" in of["alice@"] and "Not yet" in of["alice@"]
    assert "Creator" in of["bob@"] and "<time" in of["bob@"]


def test_activity_is_written_down_every_five_minutes_at_most(bob: User) -> None:
    browser, now = browser_of(bob), timezone.now()
    for before, is_new in ((now - timedelta(minutes=4), False), (now - timedelta(minutes=6), True)):
        Membership.objects.filter(user=bob).update(last_active_at=before)
        browser.get(PAGE)
        assert (Membership.objects.get(user=bob).last_active_at != before) == is_new


def test_an_invitation_is_mailed_and_its_link_shown_once(browser: Client, ada: User, team: Team) -> None:
    answer = browser.post(PAGE, {"email": "Dora@Example.com", "role": "20"})
    token = LINK.findall(answer.content.decode())[0]
    assert "no-store" in answer["Cache-Control"]
    row = Invitation.objects.get()
    assert (row.team, row.email, row.role, row.created_by) == (team, "dora@example.com", Role.CREATOR, ada)
    assert abs(row.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    assert token not in (row.digest, row.id)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["dora@example.com"], "Ada invites you to Northwind")
    assert LINK.findall(sent.body) == [token]
    html = browser.get(PAGE).content.decode()
    assert "dora@example.com" in html and not LINK.findall(html)
    event = AuditEvent.objects.get(action="invitation.made")
    assert event.after == {"email": "dora@example.com", "role": "Creator", "days": 7}


@pytest.mark.parametrize("days", [1, 30])
def test_an_invitation_works_for_as_long_as_its_maker_says(browser: Client, days: int) -> None:
    html = browser.post(PAGE, {"email": "", "role": "10", "days": str(days)}).content.decode()
    until = timezone.now() + timedelta(days=days)
    assert abs(Invitation.objects.get().expires_at - until) < timedelta(minutes=1)
    assert re.search(rf"until <time [^>]*>{until.day} {until:%B %Y}, \d\d:\d\d</time>, UTC\.", html)
    assert AuditEvent.objects.get(action="invitation.made").after["days"] == days


def test_a_link_for_anybody_is_not_mailed(browser: Client) -> None:
    html = browser.post(PAGE, {"email": "", "role": "10"}).content.decode()
    assert len(LINK.findall(html)) == 1 and "Whoever has the link" in html
    assert mail.outbox == []


def test_a_second_invitation_takes_the_place_of_the_first(browser: Client) -> None:
    for role in ("20", "10"):
        browser.post(PAGE, {"email": "dora@example.com", "role": role})
    first, second = Invitation.objects.order_by("id")
    assert first.revoked_at is not None and second.revoked_at is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"email": "BOB@example.com", "role": "20"}, "Bob is in this team already, as creator."),
        ({"email": "ada@example.com", "role": "20"}, "You are in this team already."),
        ({"email": "dora", "role": "20"}, "This is not a mail address."),
        ({"email": "dora@example.com", "role": "40"}, "Choose one of the roles shown."),
        ({"email": "dora@example.com", "role": "x"}, "Choose one of the roles shown."),
        ({"email": "dora@example.com"}, "Choose a role."),
        ({"email": "dora@example.com", "role": "20", "days": "3650"}, "Choose one of the times shown."),
    ],
)
def test_what_cannot_be_invited_is_refused_in_a_sentence(
    browser: Client, bob: User, data: dict[str, str], said: str
) -> None:
    answer = browser.post(PAGE, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Invitation.objects.exists() and mail.outbox == []


def test_nobody_floods_the_world_with_invitations(
    browser: Client, ada: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "LATELY", ((timedelta(hours=1), 2, "an hour"),))
    data = {"email": "", "role": "10"}
    assert [browser.post(PAGE, data).status_code for _ in range(3)] == [200, 200, 422]
    Invitation.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert browser.post(PAGE, data).status_code == 200


def test_a_day_has_its_own_bound(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "LATELY", ((timedelta(days=1), 2, "a day"),))
    data = {"email": "", "role": "10"}
    answers = [browser.post(PAGE, data) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert "You made 2 invitations within a day. Go on in a day." in answers[-1].content.decode()


def test_a_team_has_so_many_open_invitations_whoever_makes_them(
    browser: Client, alice: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "OPEN", 2)
    data = {"email": "", "role": "10"}
    browser_of(alice).post(PAGE, data)
    browser.post(PAGE, data)
    said = browser.post(PAGE, data)
    assert said.status_code == 422 and "2 invitations of this team are open. Withdraw those" in said.content.decode()
    browser.post(f"/settings/invitations/{Invitation.objects.filter(team=team)[0].id}/revoke/")
    assert browser.post(PAGE, data).status_code == 200


def test_an_invitation_is_taken_back_once(browser: Client) -> None:
    browser.post(PAGE, {"email": "dora@example.com", "role": "20"})
    url = f"/settings/invitations/{Invitation.objects.get().id}/revoke/"
    for _ in range(2):
        assert "The invitation no longer works." in browser.post(url, follow=True).content.decode()
    assert "dora@example.com" not in browser.get(PAGE).content.decode()
    assert AuditEvent.objects.filter(action="invitation.revoked").count() == 1


def test_an_expired_invitation_says_so_until_it_is_put_away(browser: Client) -> None:
    browser.post(PAGE, {"email": "dora@example.com", "role": "20"})
    Invitation.objects.update(expires_at=timezone.now())
    assert ">Expired<" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["bob", "vera"])
def test_only_admins_invite_or_see_invitations(browser: Client, who: str, request: pytest.FixtureRequest) -> None:
    browser.post(PAGE, {"email": "dora@example.com", "role": "20"})
    other = browser_of(request.getfixturevalue(who))
    assert "dora@example.com" not in other.get(PAGE).content.decode()
    assert other.post(PAGE, {"email": "eve@example.com", "role": "10"}).status_code == 403
    assert other.post(f"/settings/invitations/{Invitation.objects.get().id}/revoke/").status_code == 403
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_another_teams_invitation_does_not_exist(browser: Client, charlie: User) -> None:
    browser.post(PAGE, {"email": "dora@example.com", "role": "20"})
    url = f"/settings/invitations/{Invitation.objects.get().id}/revoke/"
    assert browser_of(charlie).post(url).status_code == 404
