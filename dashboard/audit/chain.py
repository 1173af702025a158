"""Appends to a team's chain: each event carries the hash of the one before.

Writers of one team queue at its row from here to the end of their transaction, so an event is the last
thing that a transaction writes: whoever is first then waits for nobody, and no two can deadlock.
"""

import secrets
from collections.abc import Collection, Iterator
from datetime import UTC
from typing import Any

from django.db import connection, transaction

from dashboard.accounts.models import Team
from dashboard.audit import labels
from dashboard.audit.models import AuditEvent, AuditHead
from dashboard.audit.plain import address
from dashboard.audit.reading import named
from dashboard.audit.verify import GENESIS, Link, People, digest_of, hash_of
from generation.text import searchable

OF_PEOPLE = frozenset({"browser", "email", "member", "owner"})
"""Facts before and after a change that say who somebody is; where a person was changed, their name too."""


class Forked(Exception):
    """The head moved although its team was locked: the change that was to be recorded must not happen either."""


def append(event: AuditEvent) -> None:
    """Give ``event`` its place and save it, inside the caller's transaction."""
    with transaction.atomic():
        head = _lock(event.team_id)
        event.sequence, event.previous = head.sequence + 1, head.hash
        event.salt = secrets.token_bytes(16)
        event.people_digest = bytes.fromhex(digest_of(People(event.salt.hex(), of_people(event))))
        event.search_text = search_text(event)
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


def of_people(event: AuditEvent) -> dict[str, Any]:
    """What an event says of people themselves: name, address on the network and by mail, browser."""
    names = OF_PEOPLE | {"name"} if event.action.startswith("person.") else OF_PEOPLE
    return {
        "actor": event.actor,
        "address": address(event.address),  # PostgreSQL writes some in another way than Python
        "before": _those(event.before, names),
        "after": _those(event.after, names),
    }


def search_text(event: AuditEvent) -> str:
    """What an event is found by. It is under no hash: whoever forgets a person makes it anew."""
    known = [event.actor, event.address or "", labels.sentence(event), event.action, event.object_id]
    return searchable(*known, *_texts(event.before), *_texts(event.after))


def _texts(facts: Any) -> Iterator[str]:
    """The names and values of facts, however deep."""
    match facts:
        case dict():
            for name, value in facts.items():
                yield named(name)
                yield from _texts(value)
        case list():
            for value in facts:
                yield from _texts(value)
        case None | "":
            return
        case _:
            yield str(facts)


def _those(facts: Any, names: Collection[str]) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts} if isinstance(facts, dict) else {}


def _others(facts: Any, names: Collection[str]) -> Any:
    return {name: facts[name] for name in facts if name not in names} if isinstance(facts, dict) else facts


def facts(event: AuditEvent) -> dict[str, Any]:
    """What an event's hash covers: everything that it says, but a digest of what it says of people.

    So a person can be forgotten and the chain holds. Events from before there was a digest say all by themselves.
    """
    people = of_people(event)
    common = {
        "team": event.team_id,
        "kind": str(event.kind),
        "user": event.user_id,
        "key": event.api_key_id,
        "action": event.action,
        "object": event.object_id,
        "at": at(event),
    }
    if event.people_digest is None:
        own = {"actor": people["actor"], "address": people["address"]}
        return common | own | {"before": event.before, "after": event.after}
    return common | {
        "people": bytes(event.people_digest).hex(),
        "before": _others(event.before, people["before"]),
        "after": _others(event.after, people["after"]),
    }


def at(event: AuditEvent) -> str:
    return event.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(event: AuditEvent) -> Link:
    """The event as the verifier sees it."""
    return Link(event.sequence, event.previous, event.hash, facts(event), _people(event))


def _people(event: AuditEvent) -> People | None:
    """What the event's digest has to fit; nothing where there is none, or where the people were forgotten."""
    if event.people_digest is None:
        return None
    if event.salt is None and of_people(event) == FORGOTTEN:
        return None
    return People(bytes(event.salt or b"").hex(), of_people(event))


FORGOTTEN: dict[str, Any] = {"actor": "", "address": None, "before": {}, "after": {}}
"""All that an event says of people once they are forgotten, and its salt with them."""
