"""Webhooks: the job as ``GET`` shows it, signed by Standard Webhooks, retried with growing gaps for a day."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import requests
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from standardwebhooks import Webhook

from generation.contract import ImageLink, JobStatus
from generation.deadline import deadline
from generation.fetch import PrivateAddress, mount
from generation.ids import new_id
from generation.sandbox import answers
from generation.sandbox.hints import hint_on_commit
from generation.sandbox.models import Delivery, SandboxJob

SECONDS = 10.0
LEASE = timedelta(seconds=30)
GIVE_UP = timedelta(days=1)
_LONGEST_GAP = 4 * 3600
_WRONG_SECRET = "whsec_" + "A" * 32


def announce_end(*, job: SandboxJob) -> None:
    """Queue the webhook of an ended job, as its switches say, in the caller's transaction."""
    mode = job.faults.get("webhook", "")
    if mode == "never":
        return
    wait = float(job.faults.get("late_seconds", 5)) if mode == "late" else 0.0
    message_id = new_id("msg")
    for _ in range(2 if mode == "twice" else 1):
        # The request that asked for an early webhook delivers it itself, before it is answered.
        _queue(job, message_id, seconds=wait, hint=mode != "early")


def announce_lie(*, job: SandboxJob) -> None:
    """Queue a forged webhook, in the caller's transaction."""
    _queue(job, new_id("msg"), forged=True)


def _queue(job: SandboxJob, message_id: str, *, seconds: float = 0, forged: bool = False, hint: bool = True) -> None:
    due_at = timezone.now() + timedelta(seconds=seconds)
    delivery = Delivery.objects.create(job=job, message_id=message_id, forged=forged, due_at=due_at)
    if hint:
        hint_on_commit("deliver", delivery.pk, seconds=seconds)


def due(*, now: datetime) -> list[int]:
    return list(Delivery.objects.filter(due_at__lte=now).values_list("pk", flat=True)[:200])


def deliver_all(*, job: SandboxJob) -> None:
    for delivery_id in Delivery.objects.filter(job=job).values_list("pk", flat=True):
        deliver(delivery_id=delivery_id)


def deliver(*, delivery_id: int) -> None:
    """Post a webhook once if it is due, and write down when to try again. Safe to run twice at once."""
    now = timezone.now()
    claimed = Delivery.objects.filter(pk=delivery_id, due_at__lte=now).update(
        due_at=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return
    delivery = Delivery.objects.select_related("job__key").get(pk=delivery_id)
    arrived, answer = _post(delivery)
    gap = min(5 * 4 ** (delivery.attempts - 1), _LONGEST_GAP)
    over = arrived or timezone.now() - delivery.created_at > GIVE_UP
    delivery.due_at = None if over else timezone.now() + timedelta(seconds=gap)
    delivery.delivered_at = timezone.now() if arrived else None
    delivery.answer = answer[:200]
    delivery.save(update_fields=["due_at", "delivered_at", "answer"])
    if not over:
        hint_on_commit("deliver", delivery.pk, seconds=gap)


def _post(delivery: Delivery) -> tuple[bool, str]:
    """Whether it arrived, and what the receiver said or what was in the way."""
    body = json.dumps(_lie(delivery.job) if delivery.forged else _truth(delivery.job))
    secret = _WRONG_SECRET if delivery.forged else delivery.job.key.webhook_secret
    now = timezone.now()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Packshot sandbox",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery.message_id, now, body),
    }
    with requests.Session() as session, deadline(SECONDS) as exchange:
        session.trust_env = False
        try:
            status = _send(session, delivery.job.webhook_url, body, headers)
        except PrivateAddress:
            return False, "The address is not on the public internet."
        except (requests.RequestException, OSError, ValueError) as error:
            return False, "The receiver took too long." if exchange.expired else f"{type(error).__name__}"
    return 200 <= status < 300, f"HTTP {status}"


def _send(session: requests.Session, url: str, body: str, headers: dict[str, str]) -> int:
    # Prepared first: dots in the path must not lead out of the one prefix that may be on a private network.
    exact = requests.Request("POST", url).prepare().url or ""
    mount(session, known=exact.startswith(f"{settings.PUBLIC_URL}/hooks/"))
    answer = session.post(
        exact, data=body.encode(), headers=headers, timeout=(5, SECONDS), allow_redirects=False, stream=True
    )
    return answer.status_code


def _truth(job: SandboxJob) -> dict[str, object]:
    return answers.show(job, expired_links=bool(job.faults.get("expired_links"))).as_json()


def _lie(job: SandboxJob) -> dict[str, object]:
    """A completed job with a stranger's picture and a free ride."""
    picture = ImageLink(url="https://forged.example/picture.png", width=1024, height=1024)
    honest = answers.show(job)
    lie = replace(honest, status=JobStatus.COMPLETED, progress=100, images=(picture,), tokens_used=0)
    return lie.as_json()
