"""An outbox: rows that say themselves when somebody has to work on them.

``due_at`` is that moment, and empty when it is over. A worker claims a row by moving its moment ahead, for longer than
the work takes; afterwards it writes down when to try again, or that it is over. So any worker may die, and any message
may be lost or come twice.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet
from django.utils import timezone

Row = TypeVar("Row", bound=Model)
GIVE_UP = timedelta(days=1)
"""How long a receiver is tried, from what it is told of on: the job's end, the cap's warning."""
_GAPS = (5, 20, 80, 320, 1280, 5120, 14400)
LONGEST_GAP = timedelta(seconds=_GAPS[-1])


def due(rows: QuerySet[Row], *, most: int) -> list[Any]:
    """The keys of what is to be worked on now, the longest waiting first."""
    return list(rows.filter(due_at__lte=timezone.now()).order_by("due_at").values_list("pk", flat=True)[:most])


def claim(rows: QuerySet[Row], pk: Any, *, lease: timedelta, counter: str = "tries") -> bool:
    """Whether the row was due, and is this worker's for as long as the ``lease``; counts the try."""
    now = timezone.now()
    claimed = rows.filter(pk=pk, due_at__lte=now).update(**{"due_at": now + lease, counter: F(counter) + 1})
    return claimed > 0


def next_try(tries: int, *, since: datetime) -> datetime | None:
    """When to try again after so many tries, from the last one's answer on; nothing once it is time to give up."""
    now = timezone.now()
    gap = timedelta(seconds=_GAPS[min(tries, len(_GAPS)) - 1])
    return now + gap if now - since < GIVE_UP else None
