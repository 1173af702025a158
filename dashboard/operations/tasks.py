from celery import shared_task

from dashboard.operations import clock


@shared_task
def pull_back_times() -> None:
    clock.pull_back()
