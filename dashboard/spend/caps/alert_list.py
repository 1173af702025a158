"""Past warnings about caps, as the caps page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.spend.caps import labels
from dashboard.spend.caps.queries import CapRow
from dashboard.spend.models import Alert
from generation.plurals import counted

SHOWN = 20


@dataclass(frozen=True)
class AlertDelivery:
    """What became of it on one way: ``Mailed``, or why not yet."""

    label: str
    tone: str
    fault: str = ""


@dataclass(frozen=True)
class AlertLine:
    alert: Alert

    @property
    def text(self) -> str:
        payload = self.alert.payload
        share = labels.share(payload["used"], payload["limit"])
        return f"The {payload['cap']['name']} reached {share} %: {labels.of_used(payload['used'], payload['limit'])}."

    @property
    def deliveries(self) -> list[AlertDelivery]:
        alert = self.alert
        ways = [_delivery(alert, "mail", "Mailed", alert.mailed_at, alert.mail_fault)]
        if alert.posted_at or alert.post_fault:
            ways.append(_delivery(alert, "webhook", "Posted", alert.posted_at, alert.post_fault))
        return ways


def _delivery(alert: Alert, way: str, done: str, arrived: datetime | None, fault: str) -> AlertDelivery:
    if arrived:
        return AlertDelivery(done, "good")
    if not fault:
        return AlertDelivery(f"The {way} is on its way", "neutral")
    if alert.due_at is None:
        return AlertDelivery(f"The {way} was not delivered", "bad", f"{fault} Given up after a day.")
    return AlertDelivery(f"The {way} is not delivered yet", "warn", f"{fault} Tried again {_when(alert.due_at)}.")


def _when(due: datetime) -> str:
    minutes = max(0, round((due - timezone.now()).total_seconds() / 60))
    return f"in {counted(minutes, 'minute')}" if minutes else "in a moment"


def latest(acting: Actor, seen: Iterable[CapRow]) -> list[AlertLine]:
    """The newest warnings about the caps that the actor sees; admins see those of removed caps, too."""
    rows = Alert.objects.filter(team=acting.team).order_by("-id")
    if not acting.may(Role.ADMIN):
        rows = rows.filter(cap__in=[row.cap for row in seen])
    return [AlertLine(alert) for alert in rows[:SHOWN]]
