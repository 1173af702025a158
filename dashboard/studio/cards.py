"""What the cards of jobs and the lines of batches show."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.projects.templatetags.pictures import tile
from dashboard.studio import labels, titles
from dashboard.studio.batches import second_tries
from generation.models import TERMINAL, Batch, Image, Job, JobState
from generation.pipeline import matching

RETRIABLE = frozenset({JobState.FAILED, JobState.CANCELLED})
RECENT = 3
"""Batches that the generate page shows."""
SHOWN = 48
"""Jobs of each that have a card there."""


def jobs() -> QuerySet[Job]:
    """Jobs with everything that a card shows."""
    in_gallery = Image.objects.in_gallery().order_by("index")
    return (
        Job.objects.select_related("product", "batch")
        .prefetch_related(Prefetch("images", in_gallery, to_attr="stored"))
        .annotate(retried_in=Subquery(second_tries().values("batch")[:1]))
        .order_by("id")
    )


def rows(batch: Batch) -> QuerySet[Job]:
    """A batch's jobs with everything that its page shows of them."""
    return jobs().filter(batch=batch).select_related("asset", "preset_version__preset")


def stored(job: Job) -> list[Image]:
    """The pictures that :func:`jobs` brought along."""
    pictures: list[Image] = job.stored  # type: ignore[attr-defined]
    return pictures


def _retried_in(job: Job) -> str:
    """The batch of its second try."""
    batch_id: str | None = job.retried_in  # type: ignore[attr-defined]
    return batch_id or ""


def card(job: Job, acting: Actor) -> dict[str, Any]:
    """The context of ``ui/_job_card.html`` for a row of :func:`jobs`."""
    pictures = stored(job)
    said = labels.REMOVED if job.state == JobState.COMPLETED and not pictures else labels.explain(job)
    return {
        "job_id": job.id,
        "state": job.state,
        "title": job.product.name,
        "note": " · ".join([job.model, labels.cost(job)]),
        "shape": job.aspect_ratio,
        "count": job.num_images,
        "missing": 0 if job.is_finished else job.num_images - len(pictures),
        "progress": job.progress,
        "error": said,
        "provider_message": "" if said == job.error_message else job.error_message,
        "pictures": [tile(image) for image in pictures],
        "refresh_url": reverse("job_card", args=[job.id]),
        **(_actions(job) if acting.may(Role.CREATOR) else {}),
    }


def row_id(job: Job) -> str:
    """The row's id in the page."""
    return f"row-{job.id}"


def row(job: Job, acting: Actor) -> dict[str, Any]:
    """The context of ``studio/_batch_row.html`` for a row of :func:`rows`: the card's, and what only a row shows."""
    version = job.preset_version
    second = _retried_in(job)
    return card(job, acting) | {
        "target": row_id(job),
        "second_url": reverse("batch", args=[second]) if second else "",
        "sku": job.product.sku,
        "scene": f"{version.preset.name} · version {version.number}" if version else job.prompt,
        "asked": " · ".join([job.aspect_ratio, job.model]),
        "cost": "" if job.state == JobState.FAILED and not job.tokens_used else labels.cost(job),  # its error says so
        "thumbnail": job.asset.thumbnail,
    }


def _actions(job: Job) -> dict[str, Any]:
    if job.state == JobState.COMPLETED:
        return {"again_url": f"{reverse('generate')}?job={job.id}"}
    if job.state == JobState.QUEUED:
        return {"cancel_url": reverse("cancel_job", args=[job.id])}
    if job.state in RETRIABLE and not _retried_in(job):
        return {"retry_url": reverse("retry_job", args=[job.id])}
    if job.state == JobState.NEEDS_REVIEW:
        return {"resolve_url": reverse("resolve_job", args=[job.id]), **_choice(job)}
    return {}


def _choice(job: Job) -> dict[str, Any]:
    """What the provider's list shows that may be the job, and which other jobs it may be as well."""
    found = [candidate for attempt in matching.choices(job) for candidate in attempt.candidates]
    if not found:
        return {}
    others = matching.others_that_may_own(job, {candidate["provider_job_id"] for candidate in found})
    candidates = [
        candidate
        | {
            "made_at": parse_datetime(candidate["created_at"]),
            "others": [other.product.name for other in others.get(candidate["provider_job_id"], [])],
        }
        for candidate in found
    ]
    return {"assign_url": reverse("assign_job", args=[job.id]), "candidates": candidates}


@dataclass(frozen=True)
class BatchLine:
    """How far a batch is; pictures are counted, because they are what was asked for."""

    batch: Batch
    title: str
    jobs: int
    asked: int
    arrived: int
    is_finished: bool

    @property
    def note(self) -> str:
        pictures = f"{self.asked} picture{'' if self.asked == 1 else 's'}"
        return pictures if self.is_finished else f"{self.arrived} of {pictures}"


def line(batch: Batch) -> BatchLine:
    """Counted by the database: a batch may have hundreds of jobs. Those that made nothing are not waited for."""
    rows = Job.objects.filter(batch=batch)
    counts = rows.aggregate(
        jobs=Count("pk"),
        products=Count("product", distinct=True),
        presets=Count("preset_version__preset", distinct=True),
        own=Count("pk", filter=Q(preset_version=None)),
        asked=Coalesce(Sum("num_images", filter=~Q(state__in=RETRIABLE)), 0),
        moving=Count("pk", filter=~Q(state__in=TERMINAL)),
    )
    first = rows.select_related("product", "preset_version__preset").earliest("id")
    return BatchLine(
        batch=batch,
        title=titles.compose(first, products=counts["products"], scenes=counts["presets"] + bool(counts["own"])),
        jobs=counts["jobs"],
        asked=counts["asked"],
        arrived=Image.objects.filter(job__batch=batch, stored_at__isnull=False).count(),
        is_finished=not counts["moving"],
    )


@dataclass(frozen=True)
class Arrival:
    """A batch as the generate page shows it: its line, and the cards of its first jobs."""

    line: BatchLine
    cards: list[dict[str, Any]]

    @property
    def more(self) -> int:
        """Jobs without a card here."""
        return self.line.jobs - len(self.cards)


def arrival(batch: Batch, acting: Actor) -> Arrival:
    rows = jobs().filter(batch=batch)[:SHOWN]
    return Arrival(line=line(batch), cards=[card(row, acting) for row in rows])


def recent(acting: Actor) -> list[Arrival]:
    """The member's newest batches, newest first."""
    batches = Batch.objects.filter(team=acting.team, member=acting.user).order_by("-id")[:RECENT]
    return [arrival(batch, acting) for batch in batches]
