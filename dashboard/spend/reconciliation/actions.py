"""What an admin does about the provider's books."""

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from generation.credits import ledger
from generation.models import Reconciliation
from generation.reconciliation import readings

Verdict = Reconciliation.Verdict


def settle(acting: Actor, reading: Reconciliation, *, verdict: Verdict, reason: str, grant: bool = False) -> None:
    """Answer an open drift, and post what follows from it. Only a top-up can be granted.

    Raises ``reconcile.NotOpen`` and ``ledger.BadEntry``.
    """
    acting.require(Role.ADMIN)
    team_id, actor_id, drift = acting.team.id, acting.spender_id, reading.drift
    facts: dict[str, int | str] = {"drift": drift, "reason": reason}
    with transaction.atomic():
        readings.settle(reading, verdict=verdict, actor_id=actor_id, reason=reason)
        if verdict == Verdict.ADJUSTED:
            ledger.adjust(team_id=team_id, actor_id=actor_id, spent=drift, reason=reason)
        if verdict == Verdict.TOP_UP and grant:
            ledger.grant(team_id=team_id, credits=-drift, actor_id=actor_id, reason=reason)
            facts["granted"] = -drift
        record(acting, f"drift.{verdict}", reading.connection_id, after=facts)
