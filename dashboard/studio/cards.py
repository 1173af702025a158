"""What the cards of jobs and the lines of batches show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.urls import reverse

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.projects.templatetags.pictures import tile
from dashboard.studio import labels
from dashboard.studio.batches import RETRIABLE, BatchSummary, second_tries, summaries
from dashboard.studio.titles import titles
from generation.models import Batch, Image, Job, JobState
from generation.pipeline import matching
from generation.pipeline.matching import Candidate
from generation.plurals import counted

RECENT = 3
"""Batches that the generate page shows."""
SHOWN = 48
"""Jobs of each that have a card there."""


def jobs() -> QuerySet[Job]:
    """Jobs with everything that a card shows."""
    return _without_pictures().prefetch_related(_pictures())


def batch_jobs(batch: Batch) -> QuerySet[Job]:
    """A batch's jobs with everything that its page shows of them."""
    return jobs().filter(batch=batch).select_related("asset", "preset_version__preset")


def _without_pictures() -> QuerySet[Job]:
    second_try = Subquery(second_tries().values("batch")[:1])
    return Job.objects.select_related("product", "batch").annotate(retried_in=second_try).order_by("id")


def _pictures() -> "Prefetch[Any]":
    return Prefetch("images", Image.objects.in_gallery().order_by("index"), to_attr="stored")


def stored(job: Job) -> list[Image]:
    """The pictures that :func:`jobs` brought along."""
    pictures: list[Image] = job.stored  # type: ignore[attr-defined]
    return pictures


def _retried_in(job: Job) -> str:
    """The batch of its second try."""
    batch_id: str | None = job.retried_in  # type: ignore[attr-defined]
    return batch_id or ""


def cards(jobs: Iterable[Job], acting: Actor) -> list[dict[str, Any]]:
    """The contexts of ``ui/_job_card.html`` for rows of :func:`jobs`."""
    shown = list(jobs)
    may_act = acting.may(Role.CREATOR)
    candidates = matching.candidates(shown) if may_act else {}
    return [_card(job) | (_actions(job, candidates.get(job.id, [])) if may_act else {}) for job in shown]


def rows(jobs: Iterable[Job], acting: Actor) -> list[dict[str, Any]]:
    """The contexts of ``studio/_batch_row.html`` for rows of :func:`batch_jobs`."""
    shown = list(jobs)
    return [card | _row(job) for card, job in zip(cards(shown, acting), shown, strict=True)]


def _card(job: Job) -> dict[str, Any]:
    pictures = stored(job)
    is_removed = job.state == JobState.COMPLETED and not pictures
    error = labels.REMOVED if is_removed else labels.explain(job)
    return {
        "id": job.id,
        "target": job.id,
        "state": job.state,
        "title": job.product.name,
        "note": " · ".join([job.model, labels.cost(job)]),
        "shape": job.aspect_ratio,
        "count": job.num_images,
        "missing": 0 if job.is_finished else job.num_images - len(pictures),
        "progress": job.progress,
        "error": error,
        "provider_message": "" if error == job.error_message else job.error_message,
        "pictures": [tile(image) for image in pictures],
        "refresh_url": reverse("job_card", args=[job.id]),
    }


def row_id(job: Job) -> str:
    """The row's id in the page."""
    return f"row-{job.id}"


def _row(job: Job) -> dict[str, Any]:
    version = job.preset_version
    second = _retried_in(job)
    return {
        "target": row_id(job),
        "second_url": reverse("batch", args=[second]) if second else "",
        "sku": job.product.sku,
        "scene": f"{version.preset.name} · version {version.number}" if version else job.prompt,
        "requested": " · ".join([job.aspect_ratio, job.model]),
        "cost": "" if job.state == JobState.FAILED and not job.tokens_used else labels.cost(job),  # its error says so
        "thumbnail": job.asset.thumbnail,
    }


def _actions(job: Job, candidates: list[Candidate]) -> dict[str, Any]:
    """What a creator may do with a job in its present state."""
    if job.state == JobState.COMPLETED:
        return {"again_url": f"{reverse('generate')}?job={job.id}"}
    if job.state == JobState.QUEUED:
        return {"cancel_url": reverse("cancel_job", args=[job.id])}
    if job.state in RETRIABLE and not _retried_in(job):
        return {"retry_url": reverse("retry_job", args=[job.id])}
    if job.state != JobState.NEEDS_REVIEW:
        return {}
    resolving = {"resolve_url": reverse("resolve_job", args=[job.id])}
    if not candidates:
        return resolving
    choices = [
        each.shown
        | {
            "made_at": matching.moment(each.shown["created_at"]),
            "others": [other.product.name for other in each.others],
        }
        for each in candidates
    ]
    return resolving | {"assign_url": reverse("assign_job", args=[job.id]), "candidates": choices}


@dataclass(frozen=True)
class BatchProgress:
    """How far a batch is, in pictures, because they are what was asked for. Those of failed jobs are not waited for."""

    batch_id: str
    summary: BatchSummary
    arrived: int

    @property
    def note(self) -> str:
        pictures = counted(self.summary.expected, "picture")
        return pictures if self.summary.is_finished else f"{self.arrived:,} of {pictures}"


def progress(batches: Iterable[Batch]) -> dict[str, BatchProgress]:
    """The progress of each batch by its id, in two queries."""
    sums = summaries(batches)
    images = Image.objects.filter(job__batch__in=list(sums), stored_at__isnull=False).order_by()
    arrived = dict(images.values_list("job__batch").annotate(Count("pk")))
    return {pk: BatchProgress(pk, summary, arrived.get(pk, 0)) for pk, summary in sums.items()}


@dataclass(frozen=True)
class Arrival:
    """A batch as the generate page shows it."""

    batch_id: str
    title: str
    progress: BatchProgress
    jobs: list[dict[str, Any]]
    """The contexts of the first ones' cards."""

    @property
    def more(self) -> int:
        """Jobs without a card here."""
        return self.progress.summary.total - len(self.jobs)


def arrivals(batches: Iterable[Batch], acting: Actor) -> list[Arrival]:
    """Batches in their order, in one query for each and six for all of them."""
    shown = list(batches)
    far, named = progress(shown), titles(shown)
    first = {batch.id: list(_without_pictures().filter(batch=batch)[:SHOWN]) for batch in shown}
    every = [job for jobs in first.values() for job in jobs]
    prefetch_related_objects(every, _pictures())
    drawn = dict(zip((job.id for job in every), cards(every, acting), strict=True))
    return [
        Arrival(batch.id, named[batch.id].text, far[batch.id], [drawn[job.id] for job in first[batch.id]])
        for batch in shown
    ]
