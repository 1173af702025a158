"""The sandbox's own books beside ours, job by job: two errors that cancel out in the sum are two here.

Whose a job of the provider's is, is known for certain: each POST carries its attempt's id as idempotency key, which the
sandbox keeps and tells nobody. So what Packshot concluded from webhooks and lists is not asked.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from generation.media import pictures
from generation.models import Attempt, Image, Job, JobState, LedgerEntry
from generation.sandbox.models import Charge, SandboxJob


def differences(job: Job | None = None) -> list[str]:
    """Whatever is not as it must be at rest, of one job or all, a sentence each; empty when the books are equal."""
    mine = {} if job is None else {"job": job}
    attempts = Attempt.objects.filter(**mine).in_bulk()
    ran: dict[str, list[SandboxJob]] = defaultdict(list)
    for remote in SandboxJob.objects.filter(idempotency_key__in=attempts):
        ran[attempts[str(remote.idempotency_key)].job_id].append(remote)
    captures = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.CAPTURE, job__isnull=False, **mine).order_by()
    booked = dict(captures.values_list("job").annotate(Sum("spent")))
    states = dict(Job.objects.filter(pk__in={*ran, *booked}).values_list("pk", "state"))
    known, stored = defaultdict(set), defaultdict(list)
    for attempt in attempts.values():
        if attempt.provider_job_id is not None:
            known[attempt.job_id].add(attempt.provider_job_id)
    kept = Image.objects.filter(job__in=states, stored_at__isnull=False)
    for job_id, digest, flaw in kept.values_list("job", "sha256", "flaw"):
        stored[job_id].append("" if flaw else digest)
    return [
        f"{job_id}: {sentence}"
        for job_id, state in states.items()
        for sentence in _differences(
            ran[job_id], booked=booked.get(job_id, 0), known=known[job_id], stored=stored[job_id], state=state
        )
    ]


def compared() -> int:
    """How many of the provider's jobs are compared."""
    return SandboxJob.objects.filter(idempotency_key__in=Attempt.objects.values("pk")).count()


def _differences(
    ran: list[SandboxJob], *, booked: int, known: set[str], stored: list[str], state: str
) -> Iterator[str]:
    # A provider that keeps the price of a failure and says so nowhere is found by its balance only.
    told = [remote for remote in ran if not (remote.faults.get("failure") and remote.faults.get("charge_failure"))]
    charged = Charge.objects.filter(job__in=told).aggregate(sum=Sum("credits"))["sum"] or 0
    if charged != booked:
        yield f"the provider charged {charged}, the ledger has {booked}"
    if foreign := known - {remote.pk for remote in ran}:
        yield f"it has {sorted(foreign)}, which it never asked for"
    if stored and not any(_are_those_of(remote, stored) for remote in ran):
        yield "its pictures are not those that were made for it"
    if not stored and state == JobState.COMPLETED:
        yield "it is completed and has no pictures"


def _are_those_of(remote: SandboxJob, stored: list[str]) -> bool:
    """Whether each stored picture is one that the provider made; one with a flaw, which has no digest, may be any."""
    sound = Counter(filter(None, stored))
    return len(stored) == len(remote.pictures) and sound <= Counter(map(_digest, remote.pictures))


def _digest(made: dict[str, Any]) -> str:
    return hashlib.sha256(pictures.read(made["key"])).hexdigest()
