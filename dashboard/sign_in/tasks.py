"""What is kept about signing in goes when nobody needs it any longer."""

from celery import shared_task

from dashboard.sign_in import sessions, throttle


@shared_task
def clear_expired_sessions() -> None:
    sessions.clear_expired()


@shared_task
def clear_old_failures() -> None:
    throttle.sweep()
