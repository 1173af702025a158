"""Events as the page shows them: lines, in days, newest first, in keyset pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dashboard.accounts.models import Team
from dashboard.audit import labels
from dashboard.audit.filters import AuditFilters
from dashboard.audit.models import AuditEvent
from dashboard.audit.reading import named, told

PAGE = 50
_NOT_THERE = object()


@dataclass(frozen=True)
class FieldChange:
    """One fact before and after; ``None`` where it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AuditDay:
    """Events of one day, or those of it that are on this page."""

    date: date
    lines: list[dict[str, Any]]
    begins: bool
    """Whether its heading is due: an earlier page may have shown it."""


def shown(team: Team, filters: AuditFilters) -> QuerySet[AuditEvent]:
    return filters.narrow(AuditEvent.objects.filter(team=team)).order_by("-sequence")


def page(team: Team, filters: AuditFilters, *, before: int | None) -> tuple[list[AuditEvent], bool]:
    """The newest events, or the newest of those before the sequence ``before``; and whether there are more."""
    rows = shown(team, filters)
    found = list((rows.filter(sequence__lt=before) if before else rows)[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def days(rows: Iterable[AuditEvent], filters: AuditFilters, *, continued: str = "") -> list[AuditDay]:
    """Group events by day. ``continued`` is the day (ISO) with which the page before ended."""
    grouped = groupby(rows, key=lambda row: timezone.localdate(row.created_at))
    return [
        AuditDay(day, [line(row, filters) for row in found], day.isoformat() != continued) for day, found in grouped
    ]


def line(event: AuditEvent, filters: AuditFilters) -> dict[str, Any]:
    return {
        "event": event,
        "phrase": labels.phrase(event.action),
        "object": labels.object_label(event),
        "object_name": labels.object_name(event) or "it",
        "object_page": labels.object_page(event.object_id),
        "url": filters.address(reverse("audit_event", args=[event.sequence])),
    }


def changes(event: AuditEvent) -> list[FieldChange]:
    """What differs between before and after, in the order in which it was written down."""
    before, after = (facts if isinstance(facts, dict) else {"": facts} for facts in (event.before, event.after))
    names = [*after, *(name for name in before if name not in after)]
    pairs = [(name, before.get(name, _NOT_THERE), after.get(name, _NOT_THERE)) for name in names]
    return [FieldChange(named(name), _text(old), _text(new)) for name, old, new in pairs if old != new]


def _text(value: Any) -> str | None:
    return None if value is _NOT_THERE else told(value)
