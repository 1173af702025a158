"""Times that a clock which was ahead for a while has left in the rows.

The rule: **a time further ahead than the longest gap that may be written there is distrusted**. The table below holds
it for every row with a moment before which nothing happens. ``generation.provider.rate_limit``,
``generation.pipeline.fairness`` and the sandbox's ``limits`` hold it for what they count themselves, and beat counts
on a clock that nobody sets.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from dashboard.api.models import CallerDelivery
from dashboard.projects import imports
from dashboard.projects.models import ImportRow
from dashboard.spend.models import Alert
from generation.models import Attempt, Connection, Job
from generation.network import outbox
from generation.pipeline import jobs
from generation.provider import client
from generation.sandbox import faults
from generation.sandbox.models import Delivery, SandboxJob

log = logging.getLogger(__name__)

MACHINES = timedelta(minutes=1)
"""How far the clocks of two machines may differ."""


@dataclass(frozen=True)
class Due:
    """A column whose moment is waited for, and how far ahead it may be written."""

    model: type[Model]
    column: str
    longest: timedelta

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.column}"


_SANDBOX = timedelta(seconds=settings.SANDBOX_SECONDS + faults.LONGEST_SECONDS)
DUE = (
    Due(Job, "due_at", timedelta(seconds=client.PAUSE_MAX)),
    Due(Attempt, "due_at", jobs.RARELY),
    Due(Connection, "paused_until", timedelta(seconds=client.PAUSE_MAX)),
    Due(CallerDelivery, "due_at", outbox.LONGEST_GAP),
    Due(Alert, "due_at", outbox.LONGEST_GAP),
    Due(ImportRow, "due_at", max(imports.LEASE, *imports.GAPS)),
    Due(SandboxJob, "look_at", _SANDBOX),
    Due(SandboxJob, "due_at", _SANDBOX),
    Due(Delivery, "due_at", max(outbox.LONGEST_GAP, timedelta(seconds=faults.LONGEST_SECONDS))),
)


def pull_back() -> int:
    """Make due now what is further ahead than it may be; how many rows."""
    now, found = timezone.now(), 0
    for due in DUE:
        ahead = due.model._default_manager.filter(**{f"{due.column}__gt": now + due.longest + MACHINES})
        # Asked first: SQLite's one writer is needed elsewhere.
        if ahead.exists() and (count := ahead.update(**{due.column: now})):
            log.warning("%s was too far ahead in %s rows, as after a clock that was set back: due now", due, count)
            found += count
    return found
