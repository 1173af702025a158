"""Deleting many rows a portion at a time, so that nobody who writes waits for long."""

import time
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
PORTION = 1_000
SECONDS = 60.0
"""How long a run deletes; what remains is deleted by the next."""


def delete_in_portions(rows: QuerySet[Row], *, by: str, portion: int = PORTION, seconds: float = SECONDS) -> int:
    """Delete ``rows``, the first ones by the column ``by`` first; answers how many rows went, dependents included.

    Each portion is a transaction of its own, in which the rows are asked again whether they still match. An index
    that begins with ``by`` should serve them. Safe to run twice at once, and to break off.
    """
    until, deleted = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        found = list(rows.order_by(by).values_list("pk", flat=True)[:portion])
        deleted += rows.filter(pk__in=found).delete()[0] if found else 0
        if len(found) < portion:
            break
    return deleted
