"""What is kept for a while goes when nobody needs it any longer."""

from celery import shared_task

from dashboard.accounts import idempotency, row_cache


@shared_task
def clear_expired_orders() -> None:
    idempotency.clear_expired()


@shared_task
def clear_expired_cache() -> None:
    row_cache.sweep()
