"""Webhooks: the job as ``GET`` shows it, signed by Standard Webhooks, retried with growing gaps for a day."""

from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from generation.contract import ImageLink, JobStatus
from generation.database.public_ids import new_id
from generation.network import outbox, webhook_sender
from generation.sandbox import answers
from generation.sandbox.hints import hint_on_commit
from generation.sandbox.models import Delivery, SandboxJob

LEASE = timedelta(seconds=30)
_WRONG_SECRET = "whsec_" + "A" * 32


def own_prefixes() -> tuple[str, ...]:
    """Receivers that may be on a private network: this installation's own, and those that the operator named."""
    return (f"{settings.PUBLIC_URL}/hooks/", *settings.TRUSTED_WEBHOOKS)


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


def due() -> list[int]:
    return outbox.due(Delivery.objects.all(), most=200)


def deliver_all(*, job: SandboxJob) -> None:
    for delivery_id in Delivery.objects.filter(job=job).values_list("pk", flat=True):
        deliver(delivery_id=delivery_id)


def deliver(*, delivery_id: int) -> None:
    """Post a webhook once if it is due, and write down when to try again. Safe to run twice at once."""
    if not outbox.claim(Delivery.objects.all(), delivery_id, lease=LEASE, counter="attempts"):
        return
    delivery = Delivery.objects.select_related("job__key").get(pk=delivery_id)
    answer = _post(delivery)
    delivery.due_at = None if answer.arrived else outbox.next_try(delivery.attempts, since=delivery.created_at)
    delivery.delivered_at = timezone.now() if answer.arrived else None
    delivery.answer = answer.words[:200]
    delivery.save(update_fields=["due_at", "delivered_at", "answer"])
    if delivery.due_at:
        hint_on_commit("deliver", delivery.pk, seconds=(delivery.due_at - timezone.now()).total_seconds())


def _post(delivery: Delivery) -> webhook_sender.Answer:
    return webhook_sender.post(
        url=delivery.job.webhook_url,
        secret=_WRONG_SECRET if delivery.forged else delivery.job.key.webhook_secret,
        message_id=delivery.message_id,
        body=_lie(delivery.job) if delivery.forged else _truth(delivery.job),
        trusted=own_prefixes(),
    )


def _truth(job: SandboxJob) -> dict[str, object]:
    return answers.show(job, expired_links=bool(job.faults.get("expired_links"))).as_json()


def _lie(job: SandboxJob) -> dict[str, object]:
    """A completed job with a stranger's picture and a free ride."""
    picture = ImageLink(url="https://forged.example/picture.png", width=1024, height=1024)
    honest = answers.show(job)
    lie = replace(honest, status=JobStatus.COMPLETED, progress=100, images=(picture,), tokens_used=0)
    return lie.as_json()
