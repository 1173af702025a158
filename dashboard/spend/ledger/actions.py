"""Corrections of the ledger by hand: each with a reason, and audited."""

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from generation.credits import caps, ledger
from generation.models import Job


def refund(acting: Actor, job: Job, *, credits: int, reason: str) -> None:
    """Give back some of what a job cost. Raises ``ledger.BadEntry``."""
    acting.require(Role.ADMIN)
    with transaction.atomic():
        caps.lock(acting.team.id)
        ledger.refund(job=job, credits=credits, actor_id=acting.spender_id, reason=reason)
        record(
            acting, "ledger.refunded", job.id, after={"credits": credits, "paid": ledger.paid(job), "reason": reason}
        )


def adjust(acting: Actor, *, spent: int, granted: int, job: Job | None, reason: str) -> None:
    """Put right what was spent or granted. Raises ``ledger.BadEntry``."""
    acting.require(Role.ADMIN)
    amounts = {"spent": spent, "granted": granted}
    with transaction.atomic():
        caps.lock(acting.team.id)
        ledger.adjust(team_id=acting.team.id, actor_id=acting.spender_id, reason=reason, job=job, **amounts)
        changed = {name: credits for name, credits in amounts.items() if credits}
        record(acting, "ledger.adjusted", job.id if job else acting.team.id, after=changed | {"reason": reason})
