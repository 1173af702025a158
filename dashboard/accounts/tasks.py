"""What was kept about signing in goes when nobody needs it any longer."""

from celery import shared_task

from dashboard.accounts import row_cache, throttle


@shared_task
def sweep() -> None:
    throttle.sweep()
    row_cache.sweep()
