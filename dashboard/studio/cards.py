"""What the cards of jobs and the lines of batches show."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.projects.templatetags.pictures import tile
from dashboard.studio import words
from generation.models import TERMINAL, Batch, Image, Job, JobState

RETRIABLE = frozenset({JobState.FAILED, JobState.CANCELLED})
RECENT = 3
"""Batches that the generate page shows."""


def jobs() -> QuerySet[Job]:
    """Jobs with everything that a card shows."""
    stored = Image.objects.filter(stored_at__isnull=False).order_by("index")
    retried = Exists(Job.objects.filter(parent=OuterRef("pk")))
    return (
        Job.objects.select_related("product", "preset_version__preset")
        .prefetch_related(Prefetch("images", stored, to_attr="stored"))
        .annotate(retried=retried)
        .order_by("id")
    )


def _stored(job: Job) -> list[Image]:
    """The pictures that :func:`jobs` brought along."""
    pictures: list[Image] = job.stored  # type: ignore[attr-defined]
    return pictures


def card(job: Job, acting: Actor) -> dict[str, Any]:
    """The context of ``components/job_card.html`` for a row of :func:`jobs`."""
    stored = _stored(job)
    retried: bool = job.retried  # type: ignore[attr-defined]
    return {
        "job_id": job.id,
        "state": job.state,
        "title": job.product.name,
        "note": " · ".join([job.model, words.cost(job)]),
        "shape": job.aspect_ratio,
        "count": job.num_images,
        "missing": 0 if job.is_finished else job.num_images - len(stored),
        "progress": job.progress,
        "error": words.explain(job),
        "provider_message": job.error_message,
        "pictures": [tile(image) for image in stored],
        "refresh_url": reverse("job_card", args=[job.id]),
        **(_actions(job, retried=retried) if acting.may(Role.CREATOR) else {}),
    }


def _actions(job: Job, *, retried: bool) -> dict[str, str]:
    if job.state == JobState.COMPLETED:
        return {"again_url": f"{reverse('generate')}?job={job.id}"}
    if job.state == JobState.QUEUED:
        return {"cancel_url": reverse("cancel_job", args=[job.id])}
    if job.state in RETRIABLE and not retried:
        return {"retry_url": reverse("retry_job", args=[job.id])}
    if job.state == JobState.NEEDS_REVIEW:
        return {"resolve_url": reverse("resolve_job", args=[job.id])}
    return {}


@dataclass(frozen=True)
class Line:
    """A batch, and how far it is; pictures are counted, because they are what was asked for."""

    batch: Batch
    cards: list[dict[str, Any]]
    title: str
    asked: int
    arrived: int
    is_finished: bool

    @property
    def note(self) -> str:
        pictures = "picture" if self.asked == 1 else "pictures"
        return f"{self.arrived} of {self.asked} {pictures}" if not self.is_finished else f"{self.arrived} {pictures}"


def line(batch: Batch, rows: list[Job], acting: Actor) -> Line:
    """A batch with the rows of :func:`jobs` that belong to it."""
    return Line(
        batch=batch,
        cards=[card(row, acting) for row in rows],
        title=_title(rows),
        asked=sum(row.num_images for row in rows if row.state not in RETRIABLE),
        arrived=sum(len(_stored(row)) for row in rows),
        is_finished=all(row.state in TERMINAL for row in rows),
    )


def _title(rows: list[Job]) -> str:
    """``Oak shelf × 4 products``."""
    version = rows[0].preset_version if rows else None
    products = {row.product_id: row.product.name for row in rows}
    scene = version.preset.name if version else "Own prompt"
    what = f"{len(products)} products" if len(products) > 1 else next(iter(products.values()), "")
    return f"{scene} × {what}"


def recent(acting: Actor) -> list[Line]:
    """The member's newest batches, newest first."""
    batches = list(Batch.objects.filter(team=acting.team, member=acting.user).order_by("-id")[:RECENT])
    rows: dict[str, list[Job]] = {batch.id: [] for batch in batches}
    for row in jobs().filter(batch__in=batches):
        rows[row.batch_id].append(row)
    return [line(batch, rows[batch.id], acting) for batch in batches]
