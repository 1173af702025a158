"""Celery's side: a row's id in, one function called."""

from celery import shared_task
from django.utils import timezone

from generation.sandbox import jobs, webhooks


@shared_task(name="generation.sandbox.tasks.advance")
def advance(job_id: str) -> None:
    jobs.advance(job_id=job_id)


@shared_task(name="generation.sandbox.tasks.deliver")
def deliver(delivery_id: int) -> None:
    webhooks.deliver(delivery_id=delivery_id)


@shared_task(name="generation.sandbox.tasks.sweep")
def sweep() -> None:
    """Run again what is due although its message was lost."""
    now = timezone.now()
    for job_id in jobs.due(now=now):
        advance.delay(job_id)
    for delivery_id in webhooks.due(now=now):
        deliver.delay(delivery_id)
