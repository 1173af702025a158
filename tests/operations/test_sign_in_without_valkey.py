"""A Valkey that takes connections and never answers keeps nobody out: every way in and out is in rows alone."""

import os
import re
import signal
import time
from collections.abc import Iterator

import pytest
import requests

from tests.operations.running import Running
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder
from tests.sign_in.conftest import code
from tests.sign_in.identity import CLIENT, SECRET, Provider, provider
from tests.sign_in.test_single_sign_on import Browser

IN, STEP, SIGN_OUT, YOU = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/logout/", "/accounts/you/"
PATIENCE = 4
"""Seconds; whatever asks Valkey waits for five or for ever. Two suffice where nothing else keeps the machine busy."""


class Hasty(Browser):
    """Gives up on an answer that waits for somebody; ``slowest`` is the longest that one took."""

    slowest = 0.0

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.session.hooks["response"].append(self._take_time)

    def _take_time(self, answer: requests.Response, *_: object, **__: object) -> None:
        seconds = answer.elapsed.total_seconds()
        Hasty.slowest = max(Hasty.slowest, seconds)
        assert seconds < PATIENCE, answer.url

    def sign_in(self, email: str, password: str) -> requests.Response:
        return self.send(IN, login=email, password=password)

    def sign_out(self) -> None:
        assert self.send(SIGN_OUT).status_code == 200

    def is_in(self) -> bool:
        return self.open(YOU).url == self.url + YOU


@pytest.fixture(scope="module")
def identity() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def studio(identity: Provider, tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder) -> Iterator[Studio]:
    """Its Valkey is stopped once everything runs."""
    variables = {
        "PACKSHOT_OIDC_URL": identity.url,
        "PACKSHOT_OIDC_CLIENT_ID": CLIENT,
        "PACKSHOT_OIDC_CLIENT_SECRET": SECRET,
    }
    running = Running(seeded.demo(tmp_path_factory.mktemp("hung")), variables=variables).wait()
    valkey = running.pid("valkey-server")
    try:
        assert running.get(IN) == 200
        os.kill(valkey, signal.SIGSTOP)
        yield Studio.of(running, variables)
    finally:
        os.kill(valkey, signal.SIGCONT)
        running.stop()
        print(f"The slowest answer took {Hasty.slowest:.2f} s.")


@pytest.fixture
def demo(studio: Studio) -> dict[str, dict[str, str]]:
    return {user["role"]: user for user in studio.running.ready["users"]}


def test_the_password_lets_in_and_a_wrong_one_does_not(studio: Studio, demo: dict[str, dict[str, str]]) -> None:
    browser, user = Hasty(studio), demo["viewer"]
    assert "are not correct" in browser.sign_in(user["email"], "wrong").text
    browser.sign_in(user["email"], user["password"])
    assert browser.is_in()
    browser.sign_out()
    assert not browser.is_in()


def test_guessing_is_slowed_all_the_same(studio: Studio, demo: dict[str, dict[str, str]]) -> None:
    told = [Hasty(studio).sign_in("nobody@example.com", "wrong").text for _ in range(6)]
    assert "too many failed attempts" in told[-1] and "too many failed attempts" not in told[-2]


def test_a_second_step_lets_in_once_for_each_code(studio: Studio, demo: dict[str, dict[str, str]]) -> None:
    browser, user = Hasty(studio), demo["creator"]
    browser.sign_in(user["email"], user["password"])
    browser.send("/accounts/reauthenticate/", password=user["password"])
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', browser.open("/accounts/2fa/totp/activate/").text)
    browser.session.post(
        f"{studio.url}/accounts/2fa/totp/activate/",
        {"code": now(secret), "csrfmiddlewaretoken": browser.session.cookies["csrftoken"]},
    )
    (spare, *_) = browser.open("/accounts/2fa/recovery-codes/download/").text.split()
    shown = now(secret)
    for given in (shown, spare):
        first, second = Hasty(studio), Hasty(studio)
        for other in (first, second):
            other.sign_in(user["email"], user["password"])
            other.send(STEP, code=given)
        assert first.is_in() and not second.is_in()


def now(secret: str) -> str:
    return code(secret, int(time.time()) // 30)


def test_a_passkey_is_asked_for(studio: Studio) -> None:
    answer = Hasty(studio).session.get(
        f"{studio.url}/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}
    )
    assert "challenge" in answer.json()["request_options"]["publicKey"]


def test_a_new_password_can_be_asked_for(studio: Studio, demo: dict[str, dict[str, str]]) -> None:
    for email in (demo["viewer"]["email"], "nobody@example.com"):
        assert "Check your mail" in Hasty(studio).send("/accounts/password/reset/", email=email).text


def test_an_invitation_is_made_and_accepted(studio: Studio, demo: dict[str, dict[str, str]]) -> None:
    owner, guest = Hasty(studio), Hasty(studio)
    owner.sign_in(demo["owner"]["email"], demo["owner"]["password"])
    page = owner.send("/settings/members/", email="", role="10").text
    (path,) = set(re.findall(r"/accounts/invitation/[\w-]+/", page))
    guest.open(path)
    guest.send("/accounts/signup/", name="Dora", email="dora@example.com", password1="seven quiet lamps")
    assert guest.is_in()


def test_single_sign_on_lets_in(studio: Studio, identity: Provider, demo: dict[str, dict[str, str]]) -> None:
    identity.person = {"sub": "1", "email": demo["owner"]["email"], "email_verified": True, "jti": "once"}
    browser = Hasty(studio)
    browser.open("/accounts/oidc/sso/login/")
    assert browser.is_in()
