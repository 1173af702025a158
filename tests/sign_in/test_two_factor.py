"""A code after the password: switched on, asked for, guessed, lost, renewed and switched off."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from dashboard.accounts.models import Role, Team, User
from dashboard.audit.models import AuditEvent
from tests.conftest import browser_of
from tests.sign_in.conftest import MOMENT, code, codes_of, confirm, enter, is_in, switch_on

STEP = "/accounts/2fa/authenticate/"
WRONG = "This code is not right."
TOO_MANY = "There were too many wrong codes. Wait a minute, then try again."

Committed = Callable[..., AbstractContextManager[Any]]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def browser(bob: User) -> Client:
    """Bob's, where he sets things up."""
    return browser_of(bob)


def answer(browser: Client, given: str) -> str:
    return browser.post(STEP, {"code": given}).content.decode()


class TestSettingUp:
    def test_asks_once_more_who_it_is(self, browser: Client) -> None:
        answer = browser.get("/accounts/2fa/totp/activate/")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/?next=")
        assert "Is it you?" in browser.get(answer.headers["Location"]).content.decode()

    def test_draws_the_code_into_the_page_and_spells_its_secret(self, browser: Client) -> None:
        confirm(browser)
        page = browser.get("/accounts/2fa/totp/activate/").content.decode()
        assert 'role="img" aria-label="QR code of the key below"><svg' in page and 'id="secret">' in page

    def test_takes_only_a_code_of_that_secret(self, browser: Client, bob: User) -> None:
        confirm(browser)
        browser.get("/accounts/2fa/totp/activate/")
        assert WRONG in browser.post("/accounts/2fa/totp/activate/", {"code": "000000"}).content.decode()
        assert not Authenticator.objects.filter(user=bob).exists()

    def test_gives_ten_recovery_codes_to_read_and_to_keep(self, browser: Client) -> None:
        switch_on(browser)
        page = browser.get("/accounts/2fa/recovery-codes/").content.decode()
        codes = codes_of(browser)
        assert len(set(codes)) == 10 and all(one in page for one in codes)
        assert "10 left" in browser.get("/accounts/you/").content.decode()

    def test_keeps_secrets_unreadable(self, browser: Client, bob: User) -> None:
        secret = switch_on(browser)
        kept = json.dumps(list(Authenticator.objects.filter(user=bob).values_list("data", flat=True)))
        assert secret not in kept and kept.count("gAAAAA") == 2


class TestSigningIn:
    def test_the_password_alone_no_longer_lets_in(self, browser: Client, bob: User) -> None:
        secret = switch_on(browser)
        other = enter(bob.email)
        assert not is_in(other) and other.get("/generate/").headers["Location"].startswith("/accounts/login/")
        assert "Second step" in other.get(STEP).content.decode()
        assert WRONG in answer(other, "000000") and not is_in(other)
        other.post(STEP, {"code": code(secret, MOMENT)})
        assert is_in(other) and other.get("/generate/").status_code == 200

    def test_a_code_works_once(self, browser: Client, bob: User) -> None:
        """Even when allauth has forgotten it, which it does after half a minute."""
        secret = switch_on(browser)
        answer(enter(bob.email), code(secret))
        cache.delete(f"allauth.mfa.totp.used?user={bob.pk}&code={code(secret)}")
        for spelled in (code(secret), f"{code(secret)[:3]} {code(secret)[3:]}"):
            other = enter(bob.email)
            assert WRONG in answer(other, spelled) and not is_in(other)

    @pytest.mark.parametrize(("late", "enough"), [(-2, False), (-1, True), (1, True), (2, False)])
    def test_a_clock_may_be_wrong_by_half_a_minute(self, browser: Client, bob: User, late: int, enough: bool) -> None:
        secret, other = switch_on(browser), enter(bob.email)
        answer(other, code(secret, MOMENT + late))
        assert is_in(other) == enough

    def test_a_recovery_code_works_once(self, browser: Client, bob: User) -> None:
        switch_on(browser)
        lost, *others = codes_of(browser)
        first, second = enter(bob.email), enter(bob.email)
        answer(first, lost)
        assert is_in(first)
        assert WRONG in answer(second, lost) and not is_in(second)
        assert codes_of(browser) == others

    def test_guessing_ends_after_five_even_for_the_right_code(self, browser: Client, bob: User) -> None:
        secret = switch_on(browser)
        for number in range(5):
            assert TOO_MANY not in answer(enter(bob.email, REMOTE_ADDR=f"192.0.2.{number}"), "000000")
        other = enter(bob.email, REMOTE_ADDR="192.0.2.9")
        assert TOO_MANY in answer(other, code(secret)) and not is_in(other)

    def test_a_known_browser_is_asked_whatever_strangers_who_know_the_password_tried(
        self, browser: Client, bob: User
    ) -> None:
        secret, known = switch_on(browser), enter(bob.email)
        answer(known, code(secret, MOMENT - 1))
        known.post("/accounts/logout/")
        for number in range(6):
            answer(enter(bob.email, REMOTE_ADDR=f"192.0.2.{number}"), "000000")
        known.post("/accounts/login/", {"login": bob.email, "password": "correct horse"})
        answer(known, code(secret))
        assert is_in(known)

    def test_the_right_password_alone_makes_no_browser_known(self, browser: Client, bob: User) -> None:
        secret = switch_on(browser)
        for number in range(6):
            other = enter(bob.email, REMOTE_ADDR=f"192.0.2.{number}")
            answer(other, "000000")
        assert TOO_MANY in answer(other, code(secret)) and "known_browser" not in other.cookies

    def test_the_session_gets_another_name(self, bob: User) -> None:
        browser = Client()
        browser.get("/accounts/login/")
        session = browser.session
        session["tray"] = "kept"
        session.save()
        before = session.session_key
        browser.cookies["sessionid"] = before
        browser.post("/accounts/login/", {"login": bob.email, "password": "correct horse"})
        assert is_in(browser) and browser.session.session_key != before

    def test_the_operators_pages_have_no_door_of_their_own(self, browser: Client, bob: User) -> None:
        User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
        switch_on(browser)
        other = Client()
        answer = other.post("/admin/login/", {"username": bob.email, "password": "correct horse"})
        assert answer.headers["Location"].startswith("/accounts/login/") and not is_in(other)


class TestChanging:
    def test_new_codes_stop_the_old(self, browser: Client, bob: User) -> None:
        switch_on(browser)
        old = codes_of(browser)
        browser.post("/accounts/2fa/recovery-codes/generate/")
        assert len(codes_of(browser)) == 10 and not set(old) & set(codes_of(browser))
        assert WRONG in answer(enter(bob.email), old[0])

    def test_switched_off_the_password_is_enough_again(self, browser: Client, bob: User) -> None:
        switch_on(browser)
        browser.post("/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.filter(user=bob).exists()
        assert is_in(enter(bob.email))

    def test_each_change_asks_once_more_who_it_is(self, browser: Client, bob: User) -> None:
        secret = switch_on(browser)
        other = enter(bob.email)
        answer(other, codes_of(browser)[0])
        for page in ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/add/"):
            assert "reauthenticate/?next=" in other.get(f"/accounts/2fa/{page}").headers.get("Location", ""), page
        other.post("/accounts/2fa/reauthenticate/", {"code": code(secret)})
        assert other.get("/accounts/2fa/totp/deactivate/").status_code == 200

    def test_every_team_of_the_person_reads_of_it(
        self, browser: Client, bob: User, team: Team, charlie: User, django_capture_on_commit_callbacks: Committed
    ) -> None:
        other = charlie.memberships.get().team
        other.memberships.create(user=bob, role=Role.VIEWER)
        with django_capture_on_commit_callbacks(execute=True):
            switch_on(browser)
        with django_capture_on_commit_callbacks(execute=True):
            browser.post("/accounts/2fa/recovery-codes/generate/")
        browser.post("/accounts/2fa/totp/deactivate/")
        for one in (team, other):
            events = AuditEvent.objects.filter(team=one).order_by("sequence")
            assert [event.action for event in events] == [
                "two_factor.switched_on",
                "recovery_codes.renewed",
                "two_factor.switched_off",
            ]
            assert {event.user for event in events} == {bob} and events[0].address == "127.0.0.1"


def test_an_operator_helps_who_lost_everything(browser: Client, bob: User, team: Team) -> None:
    switch_on(browser)
    operator = browser_of(User.objects.create_superuser(email="root@example.com", password="correct horse"))
    form = {"action": "remove_second_factors", "_selected_action": [str(bob.pk)]}
    operator.post("/admin/accounts/user/", form)
    assert is_in(enter(bob.email))
    event = AuditEvent.objects.get(action="person.second_factors_removed")
    assert (event.team, event.actor, event.before) == (team, "root@example.com", {"member": bob.email})


def test_somebody_elses_passkey_does_not_exist(browser: Client, vera: User) -> None:
    key = Authenticator.objects.create(user=vera, type=Authenticator.Type.WEBAUTHN, data={"name": "Vera's"})
    confirm(browser)
    for verb in ("edit", "remove"):
        url = f"/accounts/2fa/webauthn/keys/{key.pk}/{verb}/"
        assert browser.get(url).status_code == browser.post(url, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get(pk=key.pk).data == {"name": "Vera's"}
