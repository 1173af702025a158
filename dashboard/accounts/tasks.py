from celery import shared_task

from dashboard.accounts import sessions


@shared_task
def clear_expired_sessions() -> None:
    sessions.clear_expired()
