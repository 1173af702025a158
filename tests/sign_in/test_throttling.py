"""Guessing soon becomes slow, with a sentence, and slows nobody but whoever might be guessing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.utils import timezone

from dashboard.accounts.models import FailedSignIns, User
from dashboard.sign_in import throttle
from tests.conftest import browser_of, person
from tests.sign_in.conftest import is_in

SIGN_IN = "/accounts/login/"
RIGHT = "correct horse"
SENTENCE = "There were too many failed attempts. Wait {}, or choose a new password by mail."
WRONG = "The email address and/or password you specified are not correct."


def attempt(email: str, password: str, *, address: str = "192.0.2.1", browser: Client | None = None) -> str:
    data = {"login": email, "password": password}
    answer = (browser or Client()).post(SIGN_IN, data, REMOTE_ADDR=address)
    return "in" if answer.status_code == 302 else answer.content.decode()


def guess(email: str, times: int) -> list[str]:
    """What strangers from many places hear."""
    return [attempt(email, "wrong", address=f"192.0.2.{number}") for number in range(times)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    """What the throttle takes for now."""
    now = [timezone.now()]
    monkeypatch.setattr(throttle, "timezone", SimpleNamespace(now=lambda: now[0]))
    yield now


@pytest.fixture
def known(bob: User) -> Client:
    """A browser in which Bob has signed in before, and is signed out now."""
    browser = Client()
    assert attempt(bob.email, RIGHT, browser=browser) == "in"
    browser.post("/accounts/logout/")
    assert not is_in(browser)
    return browser


class TestStrangers:
    def test_five_wrong_passwords_make_everybody_whom_nobody_knows_wait(self, bob: User) -> None:
        assert all(WRONG in said for said in guess(bob.email, 5))
        assert SENTENCE.format("a minute") in attempt(bob.email, RIGHT, address="192.0.2.99")
        assert attempt(person("emil").email, RIGHT, address="192.0.2.99") == "in"

    def test_an_address_without_an_account_hears_the_same(self, db: None) -> None:
        told = guess("nobody@example.com", 6)
        assert all(WRONG in said for said in told[:5]) and SENTENCE.format("a minute") in told[5]

    def test_each_further_failure_doubles_the_wait_up_to_an_hour(self, bob: User, clock: list[datetime]) -> None:
        guess(bob.email, 5)
        for wait in (1, 2, 4, 8, 16, 32, 60, 60):
            words = {1: "a minute", 60: "an hour"}.get(wait, f"{wait} minutes")
            assert SENTENCE.format(words) in attempt(bob.email, RIGHT)
            clock[0] += timedelta(minutes=wait)
            assert WRONG in attempt(bob.email, "wrong")
        clock[0] += timedelta(hours=1)
        assert attempt(bob.email, RIGHT) == "in"

    def test_signing_in_between_gives_no_new_guesses(self, bob: User) -> None:
        guess(bob.email, 4)
        assert attempt(bob.email, RIGHT) == "in"
        told = guess(bob.email, 2)
        assert WRONG in told[0] and SENTENCE.format("a minute") in told[1]

    @pytest.mark.parametrize("spelled", ["BOB@example.com", "Bob@Example.COM", "bob@ExAmple.com"])
    def test_another_spelling_is_the_same_person(self, bob: User, spelled: str) -> None:
        guess(bob.email, 5)
        assert SENTENCE.format("a minute") in attempt(spelled, RIGHT)

    def test_signs_that_only_look_different_are_the_same_person(self, db: None) -> None:
        guess(person("kaspar.s").email, 5)
        for spelled in ("\u212aaspar.s@example.com", "kaspar.\u017f@example.com"):
            assert SENTENCE.format("a minute") in attempt(spelled, RIGHT)

    def test_ten_wrong_guesses_from_one_place_are_enough_whoever_is_tried(self, bob: User) -> None:
        for number in range(10):
            assert WRONG in attempt(f"nobody{number}@example.com", "wrong", address="198.51.100.1")
        assert SENTENCE.format("a minute") in attempt(bob.email, RIGHT, address="198.51.100.1")
        assert attempt(bob.email, RIGHT, address="198.51.100.2") == "in"

    def test_a_person_with_many_addresses_of_one_network_is_one_place(self, bob: User) -> None:
        for number in range(10):
            attempt(f"nobody{number}@example.com", "wrong", address=f"2001:db8::{number + 1}")
        assert SENTENCE.format("a minute") in attempt(bob.email, RIGHT, address="2001:db8::ffff")
        assert attempt(bob.email, RIGHT, address="2001:db8:1::1") == "in"

    def test_a_place_opens_again_after_a_minute(self, bob: User, clock: list[datetime]) -> None:
        for number in range(10):
            attempt(f"nobody{number}@example.com", "wrong", address="198.51.100.1")
        clock[0] += timedelta(minutes=1)
        assert attempt(bob.email, RIGHT, address="198.51.100.1") == "in"

    def test_a_password_is_hashed_whether_or_not_there_is_an_account(
        self, bob: User, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What takes the time of an answer."""
        hashed: list[str] = []
        encode = PBKDF2PasswordHasher.encode

        def count(self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None) -> str:
            hashed.append(password)
            return encode(self, password, salt, iterations)

        monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        monkeypatch.setattr(PBKDF2PasswordHasher, "encode", count)
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
        bob.set_password(RIGHT)
        bob.save()
        counts = []
        for email in (bob.email, "nobody@example.com"):
            hashed.clear()
            attempt(email, "wrong")
            counts.append(len(hashed))
        assert counts[0] == counts[1] >= 1


class TestKnownBrowsers:
    def test_lets_the_right_person_in_whatever_strangers_tried(self, bob: User, known: Client) -> None:
        assert SENTENCE.format("a minute") in guess(bob.email, 6)[-1]
        for number in range(20):
            attempt(f"nobody{number}@example.com", "wrong", address="198.51.100.1")
        assert attempt(bob.email, RIGHT, address="198.51.100.1", browser=known) == "in"

    def test_has_five_guesses_of_its_own_and_costs_strangers_none(self, bob: User, known: Client) -> None:
        for _ in range(5):
            assert WRONG in attempt(bob.email, "wrong", browser=known)
        assert SENTENCE.format("a minute") in attempt(bob.email, RIGHT, browser=known)
        assert attempt(bob.email, RIGHT) == "in"

    def test_knows_nobody_else(self, vera: User, known: Client) -> None:
        guess(vera.email, 5)
        assert SENTENCE.format("a minute") in attempt(vera.email, RIGHT, browser=known)

    def test_knows_each_who_signed_in_there_up_to_eight(self, bob: User, vera: User, known: Client) -> None:
        attempt(vera.email, RIGHT, browser=known)
        known.post("/accounts/logout/")
        guess(bob.email, 5)
        assert attempt(bob.email, RIGHT, browser=known) == "in"
        for number in range(8):
            known.post("/accounts/logout/")
            attempt(person(f"guest{number}").email, RIGHT, address="192.0.2.50", browser=known)
        known.post("/accounts/logout/")
        assert SENTENCE.format("a minute") in attempt(bob.email, RIGHT, browser=known)

    def test_a_cookie_that_somebody_wrote_is_nothing(self, bob: User, known: Client) -> None:
        guess(bob.email, 5)
        known.cookies["known_browser"] = known.cookies["known_browser"].value[:-1] + "-"
        assert SENTENCE.format("a minute") in attempt(bob.email, RIGHT, browser=known)

    def test_the_cookie_stays_away_from_scripts_and_names_nobody(self, bob: User, known: Client) -> None:
        cookie = known.cookies["known_browser"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/accounts/"
        assert int(cookie["max-age"]) == 365 * 24 * 3600 and "bob" not in cookie.value

    def test_somebody_who_is_signed_in_shows_once_more_who_they_are(self, bob: User) -> None:
        guess(bob.email, 6)
        answer = browser_of(bob).post("/accounts/reauthenticate/", {"password": RIGHT})
        assert answer.status_code == 302


class TestClock:
    def test_a_clock_set_back_makes_nobody_wait_longer(self, bob: User, clock: list[datetime]) -> None:
        clock[0] += timedelta(hours=25)
        guess(bob.email, 5)
        clock[0] -= timedelta(hours=25)
        assert SENTENCE.format("a minute") in attempt(bob.email, RIGHT), "the failures are not forgotten"
        clock[0] += timedelta(minutes=1)
        assert attempt(bob.email, RIGHT) == "in"

    def test_a_day_without_failures_is_a_new_beginning(self, bob: User, clock: list[datetime]) -> None:
        guess(bob.email, 5)
        clock[0] += timedelta(days=1)
        assert all(WRONG in said for said in guess(bob.email, 5))

    def test_what_no_longer_slows_anybody_is_removed(self, bob: User, clock: list[datetime]) -> None:
        guess(bob.email, 3)
        throttle.sweep()
        assert FailedSignIns.objects.count() == 4  # three places, one person
        for days in (2, -2):
            clock[0] += timedelta(days=days)
            guess(bob.email, 1)
            clock[0] = timezone.now()
            throttle.sweep()
        assert FailedSignIns.objects.count() <= 4
        clock[0] += timedelta(days=3)
        throttle.sweep()
        assert not FailedSignIns.objects.exists()


def test_asking_too_often_gets_our_own_page(db: None) -> None:
    answers = [Client().post("/accounts/password/reset/", {"email": "nobody@example.com"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "This was asked too often in a short time. Wait a while, an hour at most" in answers[-1].content.decode()


def test_a_part_of_a_page_gets_the_sentence_alone(db: None) -> None:
    for number in range(21):
        answer = Client(headers={"hx-request": "true"}).post("/accounts/password/reset/", {"email": f"n{number}@e.com"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "text/plain")
    assert answer.content.decode().startswith("This was asked too often")
