"""The demo team as every start finds it: who may sign in, and where its sandbox is."""

from typing import Any

from django.conf import settings
from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Membership, Role
from dashboard.audit.record import record
from dashboard.demo import cache
from dashboard.demo.cache import Kept
from generation.models import Connection

TEAM = "team_demo"
"""The demo team's id. It is fixed, so the row itself says that the demo was made, whatever a person changed since."""
PEOPLE = (
    ("alice@packshot.example", "Alice Moreau", Role.OWNER),
    ("bob@packshot.example", "Bob Lindqvist", Role.CREATOR),
    ("vera@packshot.example", "Vera Okafor", Role.VIEWER),
)


def sandbox_address() -> str:
    """The built-in provider's base URL: our own address, as everything that must find us uses it."""
    return f"{settings.PUBLIC_URL}/sandbox/v1"


def welcome() -> dict[str, Any]:
    """How to sign in, as ``users`` and ``api_key``, once the connection has followed a change of our address.

    A password that a person has changed, or a key that was revoked, is said as an empty text.
    """
    remembered = cache.read()
    before = (remembered.sandbox, len(remembered.known))
    _follow_address(remembered)
    said = {"users": _users(remembered), "api_key": _api_key(remembered)}
    if before != (remembered.sandbox, len(remembered.known)):
        cache.write(remembered)
    return said


def _follow_address(remembered: Kept) -> None:
    """The sandbox answers at our own address, which another port changes; a connection of a person's own stays."""
    now = sandbox_address()
    if remembered.sandbox and remembered.sandbox != now:
        for row in Connection.objects.filter(team_id=TEAM, base_url=remembered.sandbox).select_related("team"):
            with transaction.atomic():
                Connection.objects.filter(pk=row.pk).update(base_url=now)
                before, after = {"base_url": row.base_url}, {"base_url": now}
                record(Actor(row.team, Role.OWNER), "connection.changed", row.pk, before=before, after=after)
        remembered.sandbox = now


def _users(remembered: Kept) -> list[dict[str, str]]:
    found = Membership.objects.filter(team_id=TEAM, user__email__in=[email for email, _, _ in PEOPLE])
    return [
        {
            "email": one.user.email,
            "password": remembered.password if remembered.opens(one.user.password) else "",
            "role": Role(one.role).name.lower(),
        }
        for one in found.select_related("user").order_by("-role", "id")
    ]


def _api_key(remembered: Kept) -> str:
    usable = ApiKey.objects.filter(team_id=TEAM, digest=ApiKey.hash(remembered.api_key), revoked_at=None)
    return remembered.api_key if usable.exists() else ""
