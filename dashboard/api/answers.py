"""Jobs, photos and presets in the contract's words."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from dashboard.accounts.models import Team
from dashboard.presets.models import Preset
from dashboard.projects.models import Product, ProductPhoto
from generation.contract import Accepted, ErrorCode, ImageLink, JobStatus, RemoteAsset, RemoteJob, RemotePreset
from generation.media import kinds
from generation.media import pictures as media
from generation.models import Asset, Attempt, Image, Job, JobState
from generation.provider.contract_http import iso

ESTIMATED_SECONDS = 30
"""What the provider's own documentation estimates."""
STATUS: Mapping[JobState, JobStatus] = {
    JobState.QUEUED: JobStatus.PENDING,
    JobState.SUBMITTING: JobStatus.PENDING,
    JobState.UNKNOWN: JobStatus.PENDING,
    JobState.NEEDS_REVIEW: JobStatus.PENDING,
    JobState.SUBMITTED: JobStatus.PROCESSING,
    JobState.RENDERED: JobStatus.PROCESSING,
    JobState.STORING: JobStatus.PROCESSING,
    JobState.COMPLETED: JobStatus.COMPLETED,
    JobState.FAILED: JobStatus.FAILED,
    JobState.CANCELLED: JobStatus.FAILED,
}


def accepted(job: Job) -> Accepted:
    return Accepted(
        job_id=job.id,
        status=JobStatus.PENDING.value,
        created_at=iso(job.created_at),
        estimated_time_seconds=ESTIMATED_SECONDS,
        model=job.model,
        num_images=job.num_images,
    )


def jobs_of(team: Team) -> QuerySet[Job]:
    """The team's jobs, newest first, with all that :func:`show_job` needs."""
    posted = Attempt.objects.filter(job=OuterRef("pk")).order_by("-id").values("created_at")[:1]
    pictures = Prefetch("images", Image.objects.filter(deleted_at=None).order_by("index"))
    rows = Job.objects.filter(team=team).annotate(started_at=Subquery(posted))
    return rows.prefetch_related(pictures).order_by("-id")


def in_status(status: JobStatus) -> list[JobState]:
    return [state for state, shown in STATUS.items() if shown is status]


def show_job(job: Job) -> RemoteJob:
    """A job of :func:`jobs_of` as ``GET /v1/jobs/{job_id}``, the list and the webhook show it."""
    status = STATUS[JobState(job.state)]
    completed, failed = status is JobStatus.COMPLETED, status is JobStatus.FAILED
    started_at: datetime | None = getattr(job, "started_at", None)
    ended = iso(job.finished_at) if job.finished_at else None
    return RemoteJob(
        job_id=job.id,
        status=status,
        progress=100 if completed else min(job.progress, 99),
        created_at=iso(job.created_at),
        model=job.model,
        num_images=job.num_images,
        started_at=iso(started_at) if started_at and status is not JobStatus.PENDING else None,
        completed_at=ended if completed else None,
        failed_at=ended if failed else None,
        images=tuple(_picture(image) for image in job.images.all()) if completed else (),
        tokens_used=job.tokens_used if completed else None,
        error_code=_error_code(job) if failed else "",
        error_message=_error_message(job) if failed else "",
    )


def _picture(image: Image) -> ImageLink:
    """Without a display size the file is only to be saved, whatever its sender calls it."""
    name = "" if image.display or not image.original else f"{image.id}.{kinds.by_mime(image.mime).extension}"
    url = media.link(image.original, download_as=name) if image.original else ""
    return ImageLink(url=url, width=image.width, height=image.height, flaw=image.flaw)


def _error_code(job: Job) -> str:
    return "cancelled" if job.state == JobState.CANCELLED else job.error_code or ErrorCode.GENERATION_FAILED.value


def _error_message(job: Job) -> str:
    return "The job was cancelled before it was sent." if job.state == JobState.CANCELLED else job.error_message


def show_assets(assets: list[Asset]) -> list[RemoteAsset]:
    """The photos, each under the name and tags of the newest product that shows it."""
    photos = ProductPhoto.objects.filter(asset__in=assets).select_related("product").order_by("product")
    newest = {photo.asset_id: photo.product for photo in photos}
    return [show_asset(asset, newest.get(asset.id)) for asset in assets]


def show_asset(asset: Asset, product: Product | None) -> RemoteAsset:
    return RemoteAsset(
        asset_id=asset.id,
        name=product.name if product else asset.id,
        status="ready",
        url=media.link(asset.original),
        thumbnail_url=media.link(asset.thumbnail),
        width=asset.width,
        height=asset.height,
        file_size=asset.size,
        format=asset.original.rpartition(".")[2],
        created_at=iso(asset.created_at),
        tags=tuple(product.tags) if product else (),
    )


def show_preset(preset: Preset) -> RemotePreset:
    """A preset of the team that has a current version."""
    version = preset.current
    return RemotePreset(
        preset_id=preset.id,
        name=preset.name,
        description=preset.description,
        category=preset.category,
        type="user",
        thumbnail_url=media.link(preset.cover) if preset.cover else "",
        prompt=version.template if version else "",
        created_at=iso(preset.created_at),
        recommended_models=(version.model,) if version else (),
    )
