"""Who changed a thing last, for whoever edited it at the same time."""

from dashboard.accounts.access import Actor
from dashboard.audit.models import AuditEvent
from dashboard.ui.edits import ChangedMeanwhile, LastChange

_EVENTS_MAX = 20


def last_change(acting: Actor, object_id: str, error: ChangedMeanwhile) -> LastChange:
    """The newest event about the object that is of what changed; nobody is named where the log tells of none."""
    rows = AuditEvent.objects.filter(team=acting.team, object_id=object_id).select_related("user")
    events = list(rows.order_by("-sequence")[:_EVENTS_MAX])
    event = next((one for one in events if _tells_of(one, error.names)), None)
    if event is None:
        return LastChange("Somebody")
    is_own = event.user is not None and event.user == acting.user
    return LastChange("You, in another window," if is_own else event.actor, event.created_at)


def _tells_of(event: AuditEvent, names: list[str]) -> bool:
    before, after = (facts if isinstance(facts, dict) else {} for facts in (event.before, event.after))
    return any(before.get(name) != after.get(name) for name in names)
