"""A log with something in it, and ways around the protection of its table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.audit.record import record
from tests.protection import protect, unprotect

Log = Callable[[int], list[AuditEvent]]
TABLE = "audit_auditevent"


@pytest.fixture
def admin(team: Team, ada: User) -> Actor:
    return Actor(team, Role.ADMIN, user=ada, address="192.0.2.1")


@pytest.fixture
def log(admin: Actor) -> Log:
    """Write so many events of Ada's; all of the team's events are answered, oldest first."""

    def write(count: int) -> list[AuditEvent]:
        for number in range(count):
            record(
                admin, "project.edited", f"proj_{number}", before={"name": f"Old {number}"}, after={"name": "Spring"}
            )
        return list(AuditEvent.objects.filter(team=admin.team).order_by("sequence"))

    return write


@contextmanager
def unprotected() -> Iterator[Any]:
    """A cursor of somebody who owns the database and has taken the triggers away."""
    unprotect(TABLE)
    with connection.cursor() as cursor:
        yield cursor
    protect(TABLE)
