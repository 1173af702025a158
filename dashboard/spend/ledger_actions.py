"""Corrections of the ledger by hand: each with a reason, audited, and posted once however often a form is sent."""

from datetime import datetime

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from generation import caps, ledger
from generation.models import Job, LedgerEntry


def refund(acting: Actor, job: Job, *, credits: int, reason: str, opened: datetime) -> None:
    """Give back some of what a job cost. Raises ``ledger.BadEntry``.

    ``opened`` is when the form was; the same refund sent from it again changes nothing.
    """
    acting.require(Role.ADMIN)
    with transaction.atomic():
        caps.lock(acting.team.id)
        if _is_posted(acting, opened, kind=LedgerEntry.Kind.REFUND, job=job, spent=-credits, reason=reason):
            return
        ledger.refund(job=job, credits=credits, actor_id=acting.spender_id, reason=reason)
        record(
            acting, "ledger.refunded", job.id, after={"credits": credits, "paid": ledger.paid(job), "reason": reason}
        )


def adjust(acting: Actor, *, spent: int, granted: int, job: Job | None, reason: str, opened: datetime) -> None:
    """Put right what was spent or granted. Raises ``ledger.BadEntry``; ``opened`` as with :func:`refund`."""
    acting.require(Role.ADMIN)
    amounts = {"spent": spent, "granted": granted}
    with transaction.atomic():
        caps.lock(acting.team.id)
        if _is_posted(acting, opened, kind=LedgerEntry.Kind.ADJUST, job=job, reason=reason, **amounts):
            return
        ledger.adjust(team_id=acting.team.id, actor_id=acting.spender_id, reason=reason, job=job, **amounts)
        changed = {name: credits for name, credits in amounts.items() if credits}
        record(acting, "ledger.adjusted", job.id if job else acting.team.id, after=changed | {"reason": reason})


def _is_posted(acting: Actor, opened: datetime, **entry: object) -> bool:
    """Whether this person posted the very same since the form was opened. The caller holds the account's lock."""
    mine = LedgerEntry.objects.filter(account=acting.team.id, created_at__gte=opened, actor=acting.user)
    return mine.filter(**entry).exists()
