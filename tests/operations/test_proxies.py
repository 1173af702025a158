"""Who asks, when proxies pass the request on."""

from typing import Any

import pytest
from django.test import Client

from dashboard.accounts.models import User
from dashboard.audit.models import AuditEvent
from tests.sign_in.conftest import enter

SPOOFED, REAL, INNER = "203.0.113.66", "198.51.100.7", "10.0.0.3"


def address(client: Client) -> str:
    """Where the person is signed in from, as their own page says."""
    return client.get("/accounts/you/").content.decode().split("</time> from ")[1].split("<")[0].strip()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "known"),
    [
        (0, f"{SPOOFED}", "127.0.0.1"),
        (1, f"{SPOOFED}, {REAL}", REAL),
        (2, f"{SPOOFED}, {REAL}, {INNER}", REAL),
        (1, "2001:db8::7", "2001:db8::7"),
        (2, REAL, "127.0.0.1"),
        (1, "nonsense", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_say_is_believed(
    bob: User, settings: Any, proxies: int, forwarded: str, known: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert address(enter(bob.email, HTTP_X_FORWARDED_FOR=forwarded)) == known


def test_the_audit_log_knows_the_client_and_not_the_proxy(ada: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    browser = enter(ada.email, HTTP_X_FORWARDED_FOR=REAL, REMOTE_ADDR=INNER)
    browser.post("/settings/members/", {"email": "", "role": "10"})
    assert AuditEvent.objects.get(action="invitation.made").address == REAL
