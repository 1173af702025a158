"""Celery's side: a row's id in, one function called."""

import os
from threading import BoundedSemaphore

from celery import shared_task
from django.utils import timezone

from generation.sandbox import jobs, upkeep, webhooks
from generation.sandbox.hints import hint_on_commit

_STUDIO = BoundedSemaphore(os.cpu_count() or 1)
"""A render fills a core and some 140 MB; more at once would only crowd the worker's other work out."""
_FULL = 0.3  # seconds until a job that found the studio full comes back


@shared_task(name="generation.sandbox.tasks.advance")
def advance(job_id: str) -> None:
    if not _STUDIO.acquire(blocking=False):
        hint_on_commit("advance", job_id, seconds=_FULL)
        return
    try:
        jobs.advance(job_id=job_id)
    finally:
        _STUDIO.release()


@shared_task(name="generation.sandbox.tasks.deliver")
def deliver(delivery_id: int) -> None:
    webhooks.deliver(delivery_id=delivery_id)


@shared_task(name="generation.sandbox.tasks.sweep")
def sweep() -> None:
    """Run again what is due although its message was lost."""
    now = timezone.now()
    for job_id in jobs.due(now=now):
        advance.delay(job_id)
    for delivery_id in webhooks.due():
        deliver.delay(delivery_id)


@shared_task(name="generation.sandbox.tasks.clear_history")
def clear_history() -> None:
    upkeep.clear_history()
