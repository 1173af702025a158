from celery import shared_task

from dashboard.connections import notes


@shared_task
def write_down_pauses() -> None:
    notes.write_down()
