"""Warnings about caps: the rows are the truth, so a lost message costs one beat."""

from celery import shared_task

from dashboard.spend.caps import alerts


@shared_task
def look_for_alerts() -> None:
    alerts.announce()
    for alert_id in alerts.due():
        deliver_alert.delay(alert_id)


@shared_task
def deliver_alert(alert_id: str) -> None:
    alerts.deliver(alert_id)
