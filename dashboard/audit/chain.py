"""Appends to a team's chain: each event carries the hash of the one before.

Writers of one team queue at its row from here to the end of their transaction, so an event is the last
thing that a transaction writes: whoever is first then waits for nobody, and no two can deadlock.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.db import connection, transaction

from dashboard.accounts.models import Team
from dashboard.audit.models import AuditEvent, AuditHead
from dashboard.audit.plain import address
from dashboard.audit.verify import GENESIS, Link, hash_of


class Forked(Exception):
    """The head moved although its team was locked: the change that was to be recorded must not happen either."""


def append(event: AuditEvent) -> None:
    """Give ``event`` its place and save it, inside the caller's transaction."""
    with transaction.atomic():
        head = _lock(event.team_id)
        event.sequence, event.previous = head.sequence + 1, head.hash
        event.hash = hash_of(event.previous, event.sequence, facts(event))
        event.save(force_insert=True)
        still = AuditHead.objects.filter(team_id=event.team_id, sequence=head.sequence, hash=head.hash)
        if not still.update(sequence=event.sequence, hash=event.hash):
            raise Forked(event.team_id)


def _lock(team_id: str) -> AuditHead:
    # The team's row comes first: the event refers to it, so whoever holds it for itself must not wait for the head.
    if connection.features.has_select_for_update:  # SQLite has one writer at a time anyhow
        Team.objects.select_for_update(no_key=True).only("pk").get(pk=team_id)
    head = AuditHead.objects.filter(team_id=team_id).first()
    return head or AuditHead.objects.create(team_id=team_id, hash=GENESIS)


def facts(event: Any) -> dict[str, Any]:
    """What an event's hash covers: everything that it says. Migrations call it with rows of their own."""
    return {
        "team": event.team_id,
        "kind": str(event.kind),
        "actor": event.actor,
        "user": event.user_id,
        "key": event.api_key_id,
        "address": address(event.address),  # PostgreSQL writes some in another way than Python
        "action": event.action,
        "object": event.object_id,
        "before": event.before,
        "after": event.after,
        "at": event.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def link(event: AuditEvent) -> Link:
    """The event as the verifier sees it."""
    said: Mapping[str, Any] = facts(event)
    return Link(event.sequence, event.previous, event.hash, said)
