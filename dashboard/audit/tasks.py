"""The daily signing of the chains' heads; asked every ten minutes, so that a day of few hours has its head too."""

from celery import shared_task

from dashboard.audit import heads


@shared_task
def sign_heads() -> None:
    heads.keep_todays()
