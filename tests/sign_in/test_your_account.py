"""One's own page: the name, another mail address, and the browsers one is signed in with."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client

from dashboard.accounts.models import Role, User
from dashboard.audit.models import AuditEvent
from dashboard.sign_in import mail_address
from dashboard.sign_in.devices import device
from tests.conftest import browser_of, person
from tests.sign_in.conftest import PASSWORD, confirm, enter, is_in

PAGE = "/accounts/you/"
ADDRESS = "/accounts/you/address/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


@pytest.fixture(autouse=True)
def fresh(db: None) -> None:
    cache.clear()


@pytest.fixture
def browser(bob: User) -> Client:
    return enter(bob.email, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.1")


def test_the_menu_leads_there(browser: Client) -> None:
    assert f'href="{PAGE}"' in browser.get("/generate/").content.decode()


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    for page in (PAGE, ADDRESS, f"{PAGE}sessions/end/", f"{PAGE}sessions/1/end/"):
        assert client.post(page).headers["Location"].startswith("/accounts/login/"), page


def test_allauths_own_lists_lead_there(browser: Client) -> None:
    for page in ("email", "2fa", "2fa/webauthn", "confirm-email", "confirm-email/abc"):
        assert browser.get(f"/accounts/{page}/").headers["Location"] == PAGE, page


class TestName:
    def test_is_changed_and_written_down(self, browser: Client, bob: User) -> None:
        assert "Your name is saved." in browser.post(PAGE, {"name": " Robert "}, follow=True).content.decode()
        bob.refresh_from_db()
        event = AuditEvent.objects.get(action="person.renamed")
        assert bob.name == "Robert" == event.after["name"] and event.before["name"] == "Bob"

    def test_saved_as_it_was_is_no_change(self, browser: Client) -> None:
        browser.post(PAGE, {"name": "Bob"})
        assert not AuditEvent.objects.filter(action="person.renamed").exists()

    def test_that_is_too_long_is_refused_in_a_sentence(self, browser: Client) -> None:
        answer = browser.post(PAGE, {"name": "x" * 101})
        assert answer.status_code == 422 and "A name has up to 100 characters." in answer.content.decode()


class TestAddress:
    @pytest.fixture
    def browser(self, browser: Client) -> Client:
        confirm(browser)
        return browser

    def ask(self, browser: Client, email: str) -> str:
        """The path of the link that the new address got."""
        browser.post(ADDRESS, {"email": email})
        (sent,) = mail.outbox
        assert sent.to == [email]
        return re.findall(r"http://testserver(\S+)", str(sent.body))[0]

    def test_asks_once_more_who_it_is(self, bob: User) -> None:
        answer = enter(bob.email).post(ADDRESS, {"email": "robert@example.com"})
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/") and not mail.outbox

    def test_counts_once_its_mail_was_read(self, browser: Client, bob: User) -> None:
        link = self.ask(browser, "Robert@Example.com".lower())
        bob.refresh_from_db()
        assert bob.email == "bob@example.com"
        assert "Use robert@example.com from now on" in Client().get(link).content.decode()
        browser.post(link)
        bob.refresh_from_db()
        assert bob.email == "robert@example.com" == EmailAddress.objects.get(user=bob, verified=True).email
        assert mail.outbox[-1].to == ["bob@example.com"] and "If this was not you" in str(mail.outbox[-1].body)
        assert is_in(enter("robert@example.com")) and not is_in(enter("bob@example.com"))
        event = AuditEvent.objects.get(action="person.address_changed")
        assert (event.before["email"], event.after["email"]) == ("bob@example.com", "robert@example.com")

    def test_a_link_works_once_and_for_a_day(self, browser: Client, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
        link = self.ask(browser, "robert@example.com")
        monkeypatch.setattr(mail_address, "HOURS", -1)
        assert browser.post(link).status_code == 410
        monkeypatch.undo()
        assert browser.post(link).status_code == 302
        answer = browser.post(link)
        assert answer.status_code == 410 and "This link has expired or was used." in answer.content.decode()

    def test_a_link_that_was_changed_is_none(self, browser: Client) -> None:
        assert browser.get(self.ask(browser, "robert@example.com")[:-3] + "xx/").status_code == 410

    @pytest.mark.parametrize(
        ("email", "said"),
        [
            ("vera@example.com", "This address has an account already."),
            ("VERA@example.com", "This address has an account already."),
            ("bob@example.com", "This is your address already."),
            ("nobody", "This is not a mail address."),
            ("", "Enter the new address."),
        ],
    )
    def test_one_that_cannot_be_is_refused_in_a_sentence(
        self, browser: Client, vera: User, email: str, said: str
    ) -> None:
        answer = browser.post(ADDRESS, {"email": email})
        assert answer.status_code == 422 and said in answer.content.decode() and not mail.outbox

    def test_one_that_somebody_took_meanwhile_stays_theirs(self, browser: Client, bob: User) -> None:
        link = self.ask(browser, "robert@example.com")
        person("robert")
        answer = browser.post(link)
        assert answer.status_code == 410 and "This address has an account already." in answer.content.decode()
        bob.refresh_from_db()
        assert bob.email == "bob@example.com"

    def test_a_mail_server_that_is_away_is_said_in_a_sentence(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise ConnectionRefusedError(111, "Connection refused")

        monkeypatch.setattr(mail_address, "send_mail", refuse)
        answer = browser.post(ADDRESS, {"email": "robert@example.com"})
        assert "The mail could not be sent, so nothing has changed." in answer.content.decode()


class TestSigningIn:
    def test_is_in_the_log_of_each_team(self, bob: User, charlie: User) -> None:
        other = charlie.memberships.get().team
        other.memberships.create(user=bob, role=Role.VIEWER)
        assert is_in(enter(bob.email, HTTP_USER_AGENT=SAFARI, REMOTE_ADDR="198.51.100.7"))
        events = AuditEvent.objects.filter(action="person.signed_in")
        assert {event.team for event in events} == {one.team for one in bob.memberships.all()}
        for event in events:
            facts = {"member": bob.email, "by": ["password"], "browser": "Safari on iPhone"}
            assert (event.user, event.address, event.after) == (bob, "198.51.100.7", facts)

    def test_that_fails_writes_nothing_into_anybodys_log(self, client: Client, bob: User) -> None:
        client.post("/accounts/login/", {"login": bob.email, "password": "wrong"})
        assert not AuditEvent.objects.exists()


class TestSessions:
    def test_are_listed_with_where_and_when(self, browser: Client, bob: User) -> None:
        enter(bob.email, HTTP_USER_AGENT=SAFARI, REMOTE_ADDR="198.51.100.7")
        page = browser.get(PAGE).content.decode()
        assert "Firefox on Linux" in page and "Safari on iPhone" in page
        assert "from 192.0.2.1" in page and "from 198.51.100.7" in page
        assert page.count("This browser") == 1

    def test_one_is_ended(self, browser: Client, bob: User) -> None:
        lost, kept = enter(bob.email), enter(bob.email)
        row = UserSession.objects.get(session_key=lost.session.session_key)
        browser.post(f"{PAGE}sessions/{row.pk}/end/")
        assert lost.get("/generate/").status_code == 302
        assert kept.get("/generate/").status_code == browser.get("/generate/").status_code == 200
        event = AuditEvent.objects.get(action="sessions.ended")
        assert (event.user, event.before["browsers"]) == (bob, ["Unknown browser"])

    def test_all_others_are_ended(self, browser: Client, bob: User) -> None:
        others = [enter(bob.email), enter(bob.email)]
        page = browser.post(f"{PAGE}sessions/end/", follow=True).content.decode()
        assert "You are signed out everywhere else." in page and "Sign out everywhere else" not in page
        assert [one.get("/generate/").status_code for one in others] == [302, 302]
        assert len(AuditEvent.objects.get(action="sessions.ended").before["browsers"]) == 2
        browser.post(f"{PAGE}sessions/end/")
        assert AuditEvent.objects.filter(action="sessions.ended").count() == 1

    def test_somebody_elses_do_not_exist(self, browser: Client, vera: User) -> None:
        other = enter(vera.email)
        row = UserSession.objects.get(user=vera)
        assert browser.post(f"{PAGE}sessions/{row.pk}/end/").status_code == 404
        browser.post(f"{PAGE}sessions/end/")
        assert other.get("/generate/").status_code == 200

    def test_this_one_is_ended_by_signing_out(self, browser: Client, bob: User) -> None:
        row = UserSession.objects.get(user=bob)
        assert browser.post(f"{PAGE}sessions/{row.pk}/end/").headers["Location"] == "/accounts/logout/"

    def test_one_from_before_sessions_were_listed_is_listed(self, bob: User) -> None:
        assert "This browser" in browser_of(bob).get(PAGE).content.decode()

    def test_a_new_password_ends_all_others(self, browser: Client, bob: User) -> None:
        other = enter(bob.email)
        new = "seven quiet lamps"
        browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        assert other.get("/generate/").status_code == 302 and browser.get("/generate/").status_code == 200
        assert "Sign out everywhere else" not in browser.get(PAGE).content.decode()
        assert AuditEvent.objects.get(action="password.changed").user == bob


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_called_by_their_names(said: str, read: str) -> None:
    assert device(said) == read
