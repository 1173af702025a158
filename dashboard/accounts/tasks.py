"""Upkeep of what accounts keep for a while."""

from celery import shared_task

from dashboard.accounts import idempotency


@shared_task
def clear_expired_orders() -> None:
    idempotency.clear_expired()
