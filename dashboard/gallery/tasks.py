"""The nightly removal of old pictures; asked often, so that a computer that is off at night misses no day."""

from celery import shared_task

from dashboard.gallery import retention


@shared_task
def remove_old_pictures() -> None:
    retention.remove_old()
