"""The one way to write down what somebody changed. Call it last inside the transaction of the change."""

from typing import Any

from dashboard.accounts.access import Actor
from dashboard.audit import chain
from dashboard.audit.models import ActorKind, AuditEvent
from dashboard.audit.plain import address, plain, text

ITSELF = "Packshot"
"""The name of the actor when a task of ours changes something."""


def record(
    acting: Actor,
    action: str,
    object_id: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """``action`` is a noun and a verb in the past tense, e.g. ``batch.started``.

    An actor without user and key is a task. Whatever else the transaction changes comes before: other events of
    the team wait from here until it ends.
    """
    event = AuditEvent(
        team=acting.team,
        user=acting.user,
        api_key=acting.api_key,
        address=address(acting.address),
        action=action,
        object_id=object_id,
        before=plain(before or {}),
        after=plain(after or {}),
    )
    event.kind, event.actor = _who(acting)
    chain.append(event)


def _who(acting: Actor) -> tuple[ActorKind, str]:
    if acting.api_key is not None:
        return ActorKind.KEY, text(acting.api_key.name)
    if acting.user is not None:
        return ActorKind.PERSON, text(str(acting.user))
    return ActorKind.TASK, ITSELF
