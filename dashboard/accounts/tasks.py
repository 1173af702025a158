"""What was kept about people, their sign-ins and their orders goes when nobody needs it any longer."""

from celery import shared_task

from dashboard.accounts import idempotency, row_cache
from dashboard.sign_in import sessions, throttle


@shared_task
def clear_expired_sessions() -> None:
    sessions.clear_expired()


@shared_task
def clear_expired_orders() -> None:
    idempotency.clear_expired()


@shared_task
def sweep() -> None:
    throttle.sweep()
    row_cache.sweep()
