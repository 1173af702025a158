"""The daily signing of the chains' heads; asked every hour, so that a restart misses no day."""

from celery import shared_task

from dashboard.audit import heads


@shared_task
def sign_heads() -> None:
    heads.keep_todays()
