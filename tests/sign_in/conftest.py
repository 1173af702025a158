"""A second factor as a person has it: an app that knows the secret and the time."""

import hashlib
import hmac
import re
import struct
from base64 import b32decode

import pytest
from allauth.mfa.totp.internal import auth
from django.test import Client

MOMENT = 56_789_012
"""Half minutes since 1970, at which the clock of codes stands still."""
PASSWORD = "correct horse"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The half minute that the server counts."""
    now = [MOMENT]
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter((now[0] - 1, now[0], now[0] + 1)))
    return now


def code(secret: str, moment: int = MOMENT) -> str:
    """What an authenticator app shows (RFC 6238)."""
    digest = hmac.new(b32decode(secret), struct.pack(">Q", moment), hashlib.sha1).digest()
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def confirm(browser: Client) -> None:
    """Show once more that it is you, by the password."""
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


def switch_on(browser: Client) -> str:
    """Set an authenticator app up; its secret."""
    confirm(browser)
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', page)
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    return str(secret)


def codes_of(browser: Client) -> list[str]:
    """The recovery codes that are left."""
    return browser.get("/accounts/2fa/recovery-codes/download/").content.decode().split()


def enter(email: str, **more: str) -> Client:
    """A new browser after the right password."""
    browser = Client(**more)  # type: ignore[arg-type]
    browser.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return browser


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session
