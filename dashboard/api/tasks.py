"""Webhooks to the API's callers: the row is the truth, so a lost message costs one beat."""

from celery import shared_task

from dashboard.api import deliveries


@shared_task
def look_for_deliveries() -> None:
    deliveries.take_up()
    for delivery_id in deliveries.due():
        deliver.delay(delivery_id)


@shared_task
def deliver(delivery_id: str) -> None:
    deliveries.deliver(delivery_id)


@shared_task
def clear_history() -> None:
    deliveries.clear_history()
