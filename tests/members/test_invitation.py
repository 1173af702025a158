"""Where an invitation's link leads: joining, signing up through it, and every way that it does not open."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Invitation, Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members import invitations
from dashboard.sign_in.adapter import TeamsOnly
from tests.conftest import browser_of, person

SIGN_UP = "/accounts/signup/"
ANSWERS = {"name": "Dora", "email": "dora@example.com", "password1": "seven quiet lamps"}


@pytest.fixture
def admin(ada: User, team: Team) -> Actor:
    return Actor(team, Role.ADMIN, user=ada)


@pytest.fixture
def address(admin: Actor) -> str:
    """A link for Dora, as creator."""
    return path_of(admin, email="dora@example.com")


def path_of(admin: Actor, *, email: str) -> str:
    _, token = invitations.invite(admin, email=email, role=Role.CREATOR)
    return invitations.link(token).removeprefix("http://testserver")


def said(client: Client, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


class TestSigningUp:
    def test_the_invited_person_makes_an_account_and_is_a_member(
        self, client: Client, address: str, team: Team
    ) -> None:
        assert "Ada invites dora@example.com" in client.get(address).content.decode()
        form = client.get(SIGN_UP).content.decode()
        assert "You join Northwind as creator." in form and 'value="dora@example.com"' in form
        answer = client.post(SIGN_UP, ANSWERS, follow=True)
        assert answer.redirect_chain[-1] == ("/generate/", 302)
        page = answer.content.decode()
        assert "Welcome to Northwind." in page and "signed in as" not in page
        member = Membership.objects.get(user__email="dora@example.com")
        assert (member.team, member.role, member.user.name) == (team, Role.CREATOR, "Dora")
        event = AuditEvent.objects.get(action="invitation.accepted")
        assert (event.user, event.address) == (member.user, "127.0.0.1")
        assert event.after == {"member": "dora@example.com", "role": "Creator", "invited_by": "ada@example.com"}

    def test_a_link_for_anybody_takes_any_address(self, client: Client, admin: Actor) -> None:
        client.get(path_of(admin, email=""))
        client.post(SIGN_UP, ANSWERS | {"email": "Eve@Example.com"})
        assert Membership.objects.get(user__email="eve@example.com").role == Role.CREATOR

    def test_another_address_than_the_invited_is_refused(self, client: Client, address: str) -> None:
        client.get(address)
        html = client.post(SIGN_UP, ANSWERS | {"email": "eve@example.com"}).content.decode()
        assert "This invitation is for dora@example.com. Use that address, or ask for another." in html
        assert not User.objects.filter(email="eve@example.com").exists()

    def test_an_address_with_an_account_is_told_to_sign_in(self, client: Client, admin: Actor, charlie: User) -> None:
        client.get(path_of(admin, email=""))
        html = client.post(SIGN_UP, ANSWERS | {"email": charlie.email}).content.decode()
        assert "This address has an account already. Sign in with it instead." in html

    def test_two_who_take_one_address_at_the_same_moment_are_one(
        self, client: Client, admin: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other one was quicker, between the look at the form and the writing of it."""
        save = TeamsOnly.save_user
        monkeypatch.setattr(TeamsOnly, "save_user", lambda *args, **more: person("dora") and save(*args, **more))
        client.get(path_of(admin, email=""))
        html = client.post(SIGN_UP, ANSWERS, follow=True).content.decode()
        assert "This address has an account already. Sign in with it instead." in html
        assert Invitation.objects.get().accepted_at is None

    def test_who_turns_to_sign_in_comes_back_to_the_invitation(self, client: Client, address: str) -> None:
        way = f"{SIGN_UP}?{urlencode({'next': address}, safe='/')}"
        assert f'href="{way}"' in client.get(address).content.decode()
        assert f'href="/accounts/login/?{urlencode({"next": address})}"' in client.get(way).content.decode()
        assert client.post(way, ANSWERS | {"next": address}).headers["Location"] == "/"

    def test_nobody_signs_up_without_an_invitation(self, client: Client, db: None) -> None:
        assert "By invitation" in client.get(SIGN_UP).content.decode()
        client.post(SIGN_UP, ANSWERS)
        assert not User.objects.exists()

    def test_nobody_signs_up_once_the_invitation_is_taken_back(
        self, client: Client, address: str, admin: Actor
    ) -> None:
        client.get(address)
        invitations.revoke(admin, Invitation.objects.get())
        client.post(SIGN_UP, ANSWERS)
        assert not User.objects.filter(email="dora@example.com").exists()

    def test_an_account_without_its_membership_is_never_left_behind(
        self, client: Client, address: str, admin: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The invitation is taken back in the moment between looking at it and using it."""
        remembered = invitations.remembered
        row = Invitation.objects.get()
        client.get(address)
        monkeypatch.setattr(invitations, "remembered", lambda request: remembered(request) or row)
        invitations.revoke(admin, Invitation.objects.get())
        html = client.post(SIGN_UP, ANSWERS, follow=True).content.decode()
        assert "This invitation was taken back. Ask Ada for a new one." in html
        assert not User.objects.filter(email="dora@example.com").exists()


class TestSignedIn:
    def test_one_press_joins_and_works_in_the_team(self, address: str, team: Team) -> None:
        browser = browser_of(person("dora"))
        assert "Join as dora@example.com" in browser.get(address).content.decode()
        assert "Welcome to Northwind." in browser.post(address, follow=True).content.decode()
        assert "· Northwind</title>" in browser.get("/projects/").content.decode()

    def test_looking_does_not_join(self, address: str) -> None:
        browser_of(person("dora")).get(address)
        assert not Membership.objects.filter(user__email="dora@example.com").exists()

    def test_who_has_an_account_is_led_through_sign_in(self, client: Client, address: str) -> None:
        person("dora")
        way = f"/accounts/login/?{urlencode({'next': address}, safe='/')}"
        html = client.get(address).content.decode()
        assert way in html and SIGN_UP not in html
        assert (
            client.post(way, {"login": "dora@example.com", "password": "correct horse"}).headers["Location"] == address
        )

    def test_a_forwarded_link_says_whose_it_is_and_offers_to_switch(self, address: str, charlie: User) -> None:
        browser = browser_of(charlie)
        for answer in (browser.get(address), browser.post(address)):
            html = answer.content.decode()
            assert answer.status_code == 403
            assert "This invitation is for dora@example.com, and you are signed in as charlie@example.com." in html
        assert f'name="next" value="{address}"' in html
        answer = browser.post("/accounts/logout/", {"next": address}, follow=True)
        assert answer.redirect_chain == [(address, 302)]
        assert "Create an account" in answer.content.decode()

    def test_a_member_is_told_so(self, admin: Actor, bob: User) -> None:
        status, html = said(browser_of(bob), path_of(admin, email=""))
        assert status == 409 and "You are in Northwind already." in html
        assert Invitation.objects.get().accepted_at is None


class TestWhatDoesNotOpen:
    def test_an_expired_one(self, client: Client, address: str) -> None:
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        status, html = said(client, address)
        assert status == 410 and "This invitation has expired. Ask Ada for a new one." in html

    def test_a_used_one(self, client: Client, address: str) -> None:
        browser_of(person("dora")).post(address)
        status, html = said(client, address)
        assert status == 410 and "This invitation was used already, and each works once." in html

    def test_one_that_was_taken_back(self, client: Client, address: str, admin: Actor) -> None:
        invitations.revoke(admin, Invitation.objects.get())
        status, html = said(client, address)
        assert status == 410 and "This invitation was taken back. Ask Ada for a new one." in html

    def test_one_that_never_was(self, client: Client, address: str) -> None:
        status, html = said(client, "/accounts/invitation/nonsense/")
        assert status == 404 and "There is no such invitation. Check that the whole link was copied." in html

    def test_an_expired_one_for_those_signed_in(self, address: str) -> None:
        browser = browser_of(person("dora"))
        Invitation.objects.update(expires_at=timezone.now())
        assert browser.post(address).status_code == 410
        assert not Membership.objects.filter(user__email="dora@example.com").exists()
