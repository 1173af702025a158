"""Warnings about caps: written once for each period that reached its share, sent until they have arrived.

The row is the truth: a mail server or a receiver that is out of order only delays what it says, for up to a day.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dashboard.accounts.webhook_addresses import trusted_webhooks
from dashboard.spend.caps import alert_mail, labels
from dashboard.spend.models import Alert
from generation.credits import caps
from generation.credits.caps import CapUsage
from generation.models import CapPeriod
from generation.network import outbox, webhook_sender
from generation.provider.contract_http import iso

LEASE = timedelta(seconds=60)
"""How long a claimed alert is left alone, from its claim on."""
EVENT = "cap.warning"
_SWEEP = 100


def announce() -> int:
    """Write an alert for every cap that stands above its share and of which nobody was told this period; how many."""
    found = caps.to_announce(timezone.now()).order_by("team", "cap").values_list("team", "pk")
    return sum(_announce(team_id, period_id) for team_id, period_id in found[:_SWEEP])


def _announce(team_id: str, period_id: int) -> bool:
    with transaction.atomic():
        caps.lock(team_id)
        now = timezone.now()
        untold = caps.to_announce(now).filter(pk=period_id)
        period = untold.select_related("cap__team", "cap__project", "cap__member").first()
        if period is None:
            return False
        period.announced_at = now
        period.save(update_fields=["announced_at"])
        Alert.objects.create(team=period.cap.team, cap=period.cap, payload=_payload(period, at=now), due_at=now)
    return True


def _payload(period: CapPeriod, *, at: datetime) -> dict[str, Any]:
    cap = period.cap
    standing = CapUsage(cap, cap.limit(at), period.held, period.spent, period.starts, period.ends)
    return {
        "cap": {
            "id": cap.id,
            "name": labels.label_of(cap),
            "project_id": cap.project_id,
            "member": cap.member.email if cap.member else None,
            "period": cap.period,
            "warn_at": cap.warn_at,
        },
        "limit": standing.limit,
        "used": standing.used,
        "held": standing.held,
        "spent": standing.spent,
        "left": max(0, standing.left),
        "resets_at": iso(standing.resets_at) if standing.resets_at else None,
        "url": settings.PUBLIC_URL + reverse("caps"),
    }


def due() -> list[str]:
    """Alerts to send now."""
    return outbox.due(Alert.objects.all(), most=_SWEEP)


def deliver(alert_id: str) -> None:
    """Mail and post what has not arrived yet, and write down when to try again. Safe to run twice at once."""
    if not outbox.claim(Alert.objects.all(), alert_id, lease=LEASE):
        return
    alert = Alert.objects.select_related("team", "cap").get(pk=alert_id)
    if alert.mailed_at is None:
        alert.mail_fault = alert_mail.send(alert)
        alert.mailed_at = None if alert.mail_fault else timezone.now()
        alert.save(update_fields=["mailed_at", "mail_fault"])  # at once: a receiver is slow, and nobody is mailed twice
    if not alert.team.alert_url:
        alert.post_fault = ""  # nobody waits for it, or not any more
    elif alert.posted_at is None:
        answer = _post(alert)
        alert.post_fault = "" if answer.arrived else answer.words[:200]
        alert.posted_at = timezone.now() if answer.arrived else None
    is_missing = alert.mail_fault or alert.post_fault
    alert.due_at = outbox.next_try(alert.tries, since=alert.created_at) if is_missing else None
    alert.save(update_fields=["posted_at", "post_fault", "due_at"])


def _post(alert: Alert) -> webhook_sender.Answer:
    if not alert.team.alert_secret:
        return webhook_sender.Answer(False, "The team has no secret to sign it with.")
    return webhook_sender.post(
        url=alert.team.alert_url,
        secret=alert.team.alert_secret,
        message_id=alert.id,
        body={"type": EVENT, "timestamp": iso(alert.created_at), "data": alert.payload},
        trusted=trusted_webhooks(),
    )
