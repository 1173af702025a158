"""The sandbox's own books beside ours, job by job: two errors that cancel out in the sum are two here.

Whose a job of the provider's is, is known for certain: each POST carries its attempt's id as idempotency key, which the
sandbox keeps and tells nobody. So what Packshot concluded from webhooks and lists is not asked.
"""

import hashlib
from collections import defaultdict
from typing import Any

from django.db.models import Sum

from generation.media import pictures
from generation.models import Attempt, Image, Job, LedgerEntry
from generation.sandbox.models import Charge, SandboxJob


def differences() -> list[str]:
    """Whatever is not as it must be at rest, one sentence each; empty when the books are equal."""
    attempts = {attempt.pk: attempt for attempt in Attempt.objects.all()}
    ran: dict[str, list[SandboxJob]] = defaultdict(list)
    for remote in SandboxJob.objects.filter(idempotency_key__in=attempts):
        ran[attempts[str(remote.idempotency_key)].job_id].append(remote)
    return [sentence for job_id in {*ran, *_booked()} for sentence in _differences(job_id, ran[job_id])]


def compared() -> int:
    """How many of the provider's jobs are compared."""
    return SandboxJob.objects.filter(idempotency_key__in=Attempt.objects.values("pk")).count()


def _booked() -> dict[str, int]:
    captures = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.CAPTURE, job__isnull=False).order_by()
    return dict(captures.values_list("job").annotate(Sum("spent")))


def _differences(job_id: str, ran: list[SandboxJob]) -> Any:
    # A provider that keeps the price of a failure and says so nowhere is found by its balance only.
    told = [remote for remote in ran if not (remote.faults.get("failure") and remote.faults.get("charge_failure"))]
    charged, booked = sum(map(_charged, told)), _booked().get(job_id, 0)
    if charged != booked:
        yield f"{job_id}: the provider charged {charged}, the ledger has {booked}"
    known = Attempt.objects.filter(job=job_id, provider_job_id__isnull=False).values_list("provider_job_id", flat=True)
    if foreign := set(known) - {remote.pk for remote in ran}:
        yield f"{job_id}: it has {sorted(foreign)}, which it never asked for"
    has = sorted(Image.objects.filter(job=job_id, stored_at__isnull=False).values_list("sha256", flat=True))
    if has and has not in [sorted(map(_digest, remote.pictures)) for remote in ran]:
        yield f"{job_id}: its pictures are not those that were made for it"
    if not has and Job.objects.get(pk=job_id).state == "completed":
        yield f"{job_id}: it is completed and has no pictures"


def _charged(remote: SandboxJob) -> int:
    return Charge.objects.filter(job=remote).aggregate(sum=Sum("credits"))["sum"] or 0


def _digest(made: dict[str, Any]) -> str:
    return hashlib.sha256(pictures.read(made["key"])).hexdigest()
