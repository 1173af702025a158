"""Whose clock people read: every date that they see, and every day that groups, is their team's.

Machines read UTC: the API, webhooks, the audit chain. A file that is written while it is read outlives its request, so
whoever writes one asks for the zone before.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from dashboard.accounts import access
from dashboard.accounts.models import Team
from generation.models import CreditAccount

MACHINES = ("/events/", "/files/", "/healthz", "/hooks/", "/sandbox/", "/static/", "/v1/")
"""Addresses that show nobody a date, most of them asked for often."""


def team_time_zone(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer in the time zone of the team that is chosen now; in UTC to whoever has none."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(MACHINES):
            return get_response(request)
        member = access.current(request)
        with clock_of(member.team) if member else timezone.override("UTC"):
            return get_response(request)

    return middleware


def clock_of(team: Team) -> AbstractContextManager[None]:
    """Inside, times are told as the team reads them: for tasks and mails."""
    return timezone.override(zone_of(team))


def zone_of(team: Team) -> ZoneInfo:
    account: CreditAccount | None = getattr(team, "credits", None)
    return account.zone if account else ZoneInfo("UTC")
