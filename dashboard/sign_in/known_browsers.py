"""Browsers in which a person has signed in before, so that a stranger's guesses do not keep the person out of them.

A signed cookie names the browser and, as digests, the people who have signed in there. It opens nothing: it only gives
the browser a count of failures of its own. Whoever steals it may guess as often as any stranger.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from dashboard.accounts.models import User
from generation.text import fold_for_uniqueness

COOKIE = "known_browser"
PATH = "/accounts/"
SECONDS = 365 * 24 * 3600
PEOPLE = 8
"""How many people one browser knows; the one who signed in longest ago gives way."""


def browser_of(request: HttpRequest, address: str) -> str:
    """The browser's name when it knows the person of this address, else nothing."""
    browser, people = _read(request)
    if _digest(address) in people:
        return browser
    user = request.user
    is_signed_in = isinstance(user, User) and fold_for_uniqueness(user.email) == fold_for_uniqueness(address)
    return request.session.session_key or "" if is_signed_in else ""


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Let the browser know the person from now on."""
    browser, people = _read(request)
    digest = _digest(user.email)
    known = [digest, *(one for one in people if one != digest)][:PEOPLE]
    response.set_cookie(
        COOKIE,
        signing.dumps([browser or secrets.token_urlsafe(16), known], salt=COOKIE),
        max_age=SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        browser, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=SECONDS)
    except signing.BadSignature:
        return "", []
    return browser, people


def _digest(address: str) -> str:
    return salted_hmac("packshot.known_browser", fold_for_uniqueness(address), algorithm="sha256").hexdigest()[:24]
