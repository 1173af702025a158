"""The one way to write down what somebody changed. Call it inside the transaction of the change."""

from typing import Any

from dashboard.accounts.access import Actor
from dashboard.audit.models import AuditEvent


def record(
    acting: Actor,
    action: str,
    object_id: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """``action`` is a noun and a verb in the past tense, e.g. ``batch.started``."""
    AuditEvent.objects.create(
        team=acting.team,
        user=acting.user,
        api_key=acting.api_key,
        address=acting.address,
        action=action,
        object_id=object_id,
        before=before or {},
        after=after or {},
    )
