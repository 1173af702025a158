"""Telling callers that their job ended: looked for in the rows, sent once each, retried with growing gaps for a day.

A job that was given up may still bring its pictures; it ends once more then, and its caller is told again.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dashboard.accounts.webhook_addresses import trusted_webhooks
from dashboard.api.answers import jobs_of, show_job
from dashboard.api.models import CallerDelivery
from dashboard.members.keys import webhook_secret
from generation.database.bulk_delete import delete_in_portions
from generation.models import Job
from generation.network import outbox, webhook_sender

LEASE = timedelta(seconds=30)
"""How long a claimed delivery is left alone, from its claim on; a POST takes ten seconds at most."""
_SWEEP = 200


def take_up() -> int:
    """Make the deliveries of jobs due that ended since somebody looked last; how many.

    Jobs say themselves that their end is untold, so that nobody asks those that are still running.
    """
    ended = list(Job.objects.filter(is_end_untold=True).order_by("pk").values_list("pk", flat=True)[:_SWEEP])
    if not ended:
        return 0
    with transaction.atomic():
        # The mark goes first: a job that ends once more meanwhile, as one that was given up may, gets it again.
        Job.objects.filter(pk__in=ended, is_end_untold=True).update(is_end_untold=False)
        return CallerDelivery.objects.filter(job__in=ended).update(due_at=timezone.now(), attempts=0)


def due() -> list[str]:
    """Deliveries to send now."""
    return outbox.due(CallerDelivery.objects.all(), most=_SWEEP)


def deliver(delivery_id: str) -> None:
    """Post a delivery once if it is due, and write down when to try again. Safe to run twice at once."""
    of_ended_jobs = CallerDelivery.objects.filter(job__finished_at__isnull=False)
    if not outbox.claim(of_ended_jobs, delivery_id, lease=LEASE, counter="attempts"):
        return
    delivery = CallerDelivery.objects.select_related("job__team", "api_key").get(pk=delivery_id)
    answer = _post(delivery)
    ended = delivery.job.finished_at or timezone.now()
    delivery.due_at = None if answer.arrived else outbox.next_try(delivery.attempts, since=ended)
    delivery.delivered_at = timezone.now() if answer.arrived else delivery.delivered_at
    delivery.answer = answer.words[:200]
    delivery.save(update_fields=["due_at", "delivered_at", "answer"])


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
    over = CallerDelivery.objects.filter(due_at=None, created_at__lt=before, job__finished_at__isnull=False)
    return delete_in_portions(over, by="created_at")
