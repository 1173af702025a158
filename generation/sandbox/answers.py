"""A job in the contract's words."""

import math

from django.conf import settings
from django.utils import timezone

from generation.contract import Accepted, ErrorCode, ImageLink, JobStatus, RemoteJob
from generation.provider.contract_http import iso
from generation.sandbox import files
from generation.sandbox.models import SandboxJob

_SECONDS_PER_PICTURE = 1


def accepted(job: SandboxJob) -> Accepted:
    seconds = math.ceil(settings.SANDBOX_SECONDS + job.num_images * _SECONDS_PER_PICTURE)
    return Accepted(
        job_id=job.id,
        status=JobStatus.PENDING.value,
        created_at=iso(job.created_at),
        estimated_time_seconds=seconds,
        model=job.model,
        num_images=job.num_images,
    )


def show(job: SandboxJob, *, expired_links: bool = False) -> RemoteJob:
    """The job as ``GET /v1/jobs/{job_id}``, the list and the webhook show it."""
    status = JobStatus(job.status)
    completed, failed = status is JobStatus.COMPLETED, status is JobStatus.FAILED
    ended = iso(job.ended_at) if job.ended_at else None
    return RemoteJob(
        job_id=job.id,
        status=status,
        progress=_progress(job),
        created_at=iso(job.created_at),
        model=job.model,
        num_images=job.num_images,
        started_at=iso(job.started_at) if job.started_at else None,
        completed_at=ended if completed else None,
        failed_at=ended if failed else None,
        images=_links(job, expired=expired_links) if completed else (),
        tokens_used=job.price if completed else None,
        error_code=ErrorCode.GENERATION_FAILED.value if failed else "",
        error_message=job.error_message,
    )


def _progress(job: SandboxJob) -> int:
    """Per cent of the pretend duration; the last one comes with the pictures."""
    if job.status == JobStatus.COMPLETED:
        return 100
    if job.started_at is None:
        return 0
    whole = max(0.001, (job.due_at - job.started_at).total_seconds())
    gone = ((job.ended_at or timezone.now()) - job.started_at).total_seconds()
    return max(0, min(99, int(100 * gone / whole)))


def _links(job: SandboxJob, *, expired: bool) -> tuple[ImageLink, ...]:
    return tuple(
        ImageLink(
            url=files.link(made["key"], mime=made["mime"], job_id=job.id, expired=expired),
            width=made["width"],
            height=made["height"],
        )
        for made in job.pictures
    )
