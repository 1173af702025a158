"""Counting no further than anybody reads."""

from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet

from generation.plurals import noun

MOST = 10_000


@dataclass(frozen=True)
class Tally:
    """How many there are, or that they are more than were counted."""

    number: int
    has_more: bool = False

    def __str__(self) -> str:
        """``9,999`` or ``10,000+``."""
        return f"{intcomma(self.number)}{'+' if self.has_more else ''}"

    def __bool__(self) -> bool:
        return self.number > 0

    def of(self, one: str, many: str = "") -> str:
        """``1 job`` or ``10,000+ jobs``."""
        return f"{self} {noun(self.number, one, many)}"


def tally(rows: QuerySet[Any, Any]) -> Tally:
    """Count ``rows``, exactly up to :data:`MOST`: the database stops there."""
    found = rows.order_by().values("pk")[: MOST + 1].count()
    return Tally(min(found, MOST), has_more=found > MOST)
