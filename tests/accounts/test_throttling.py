"""Guessing passwords soon ends, with a sentence."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.conftest import person

SENTENCE = "There were too many failed attempts. Wait five minutes, or choose a new password by mail."


def attempt(email: str, password: str, *, address: str) -> HttpResponse:
    return Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": email, "password": password})  # type: ignore[return-value]


@pytest.mark.django_db
def test_five_wrong_passwords_close_an_account_even_for_the_right_one() -> None:
    dora = person("dora")
    for number in range(5):
        assert SENTENCE not in attempt(dora.email, "wrong", address=f"192.0.2.{number}").content.decode()
    answer = attempt(dora.email, "correct horse", address="192.0.2.9")
    assert answer.status_code == 200 and SENTENCE in answer.content.decode()
    other = person("emil")
    assert attempt(other.email, "correct horse", address="192.0.2.9").status_code == 302


@pytest.mark.django_db
def test_ten_wrong_guesses_from_one_address_are_enough_whoever_is_tried() -> None:
    for number in range(10):
        attempt(f"nobody{number}@example.com", "wrong", address="198.51.100.1")
    right = person("frida").email
    assert SENTENCE in attempt(right, "correct horse", address="198.51.100.1").content.decode()
    assert attempt(right, "correct horse", address="198.51.100.2").status_code == 302


@pytest.mark.django_db
def test_thirty_sign_ins_a_minute_from_one_address_get_our_own_page() -> None:
    answers = [attempt("nobody@example.com", "wrong", address="203.0.113.1") for _ in range(31)]
    assert answers[-1].status_code == 429
    assert "This address asked too often in a short time. Wait a minute" in answers[-1].content.decode()
