"""What a member does with a whole batch: try what failed again, cancel what waits."""

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.studio.actions import NotPossible, again, start
from dashboard.studio.batches import untried
from generation.models import Batch, Job
from generation.pipeline import jobs


def retry_failed(acting: Actor, batch: Batch, *, agreed: int) -> Batch:
    """Retry every failed job as a child of the old one, for at most ``agreed`` credits.

    Raises ``ledger.InsufficientCredits`` and :class:`NotPossible`.
    """
    acting.require(Role.CREATOR)
    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)  # a second press waits, and then finds the children
        rows = untried(batch).select_related("product", "asset", "project", "preset_version")
        specs = [again(job, lineage=Job.Lineage.RETRY) for job in rows]
        if not specs:
            raise NotPossible(
                "There is nothing left to retry: every failed job of this batch has already been retried."
            )
        cost = sum(spec.price for spec in specs)
        if cost > agreed:
            raise NotPossible(
                f"More jobs have failed since: retrying all {len(specs):,} costs {cost:,} credits. "
                "Press again if you want that."
            )
        started = start(acting, specs=specs)
        record(acting, "batch.tried_again", batch.id, after={"batch": started.id, "jobs": len(specs)})
    return started


def cancel_rest(acting: Actor, batch: Batch) -> int:
    """Cancel everything that is still queued; answers how many jobs. Raises :class:`NotPossible`."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        ended = jobs.cancel_all(batch, actor_id=acting.user.pk if acting.user else None)
        if not ended:
            raise NotPossible("Nothing in this batch is queued any more, so there was nothing to cancel.")
        record(acting, "batch.cancelled", batch.id, after={"jobs": ended})
    return ended
