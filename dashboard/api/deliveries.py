"""Telling callers that their job ended: looked for in the rows, sent once each, retried with growing gaps for a day."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from dashboard.accounts.webhook_addresses import trusted_webhooks
from dashboard.api.answers import jobs_of, show_job
from dashboard.api.models import CallerDelivery
from dashboard.members.keys import webhook_secret
from generation.database.bulk_delete import delete_in_portions
from generation.models import JobState
from generation.network import webhook_sender
from generation.pipeline import jobs

LEASE = timedelta(seconds=30)
"""How long a claimed delivery is left alone, from its claim on; a POST takes ten seconds at most."""
_SWEEP = 200


def _ready() -> Q:
    untold = Q(delivered_at=None) | Q(delivered_at__lt=F("job__finished_at"))
    return untold & Q(due_at__lte=timezone.now(), job__finished_at__isnull=False)


def due() -> list[str]:
    """Deliveries to send now: their job has ended and their time has come."""
    return list(CallerDelivery.objects.filter(_ready()).order_by("due_at").values_list("pk", flat=True)[:_SWEEP])


def deliver(delivery_id: str) -> None:
    """Post a delivery once if it is due, and write down when to try again. Safe to run twice at once."""
    lease = timezone.now() + LEASE
    claimed = CallerDelivery.objects.filter(_ready(), pk=delivery_id)
    if not claimed.update(due_at=lease, attempts=F("attempts") + 1):
        return
    delivery = CallerDelivery.objects.select_related("job__team", "api_key").get(pk=delivery_id)
    answer = _post(delivery)
    now = timezone.now()
    over = answer.arrived or now - (delivery.job.finished_at or now) > webhook_sender.GIVE_UP
    CallerDelivery.objects.filter(pk=delivery.pk).update(
        due_at=None
        if over and not (answer.arrived and _may_change(delivery))
        else now + webhook_sender.gap(delivery.attempts),
        delivered_at=now if answer.arrived else delivery.delivered_at,
        answer=answer.words[:200],
    )


def _may_change(delivery: CallerDelivery) -> bool:
    """A job that was given up may still bring its pictures; its caller is told then, too."""
    return delivery.job.state == JobState.FAILED and delivery.job.error_code == jobs.GIVEN_UP


def _post(delivery: CallerDelivery) -> webhook_sender.Answer:
    job = jobs_of(delivery.job.team).get(pk=delivery.job_id)
    return webhook_sender.post(
        url=job.webhook_url,
        secret=webhook_secret(delivery.api_key),
        message_id=f"{delivery.id}_late" if delivery.delivered_at else delivery.id,  # other news than was told first
        body=show_job(job).as_json(),
        trusted=trusted_webhooks(),
    )


def clear_history() -> int:
    """Forget deliveries that are over and older than ``HISTORY_DAYS``; answers how many."""
    before = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
    return delete_in_portions(CallerDelivery.objects.filter(due_at=None, created_at__lt=before), by="created_at")
