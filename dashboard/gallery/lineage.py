"""What a picture came from, and what came of it."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from generation.models import Image, Job, JobState

SHOWN = 8
"""Pictures of its descendants that a picture shows."""
FROM = {
    Job.Lineage.RETRY: "Second try of",
    Job.Lineage.RERUN: "Made again from",
    Job.Lineage.VARIATION: "Variation of",
}
MADE = {
    Job.Lineage.VARIATION: ("variation", "variations"),
    Job.Lineage.RERUN: ("made again", "made again"),
    Job.Lineage.RETRY: ("second try", "second tries"),
}


@dataclass(frozen=True)
class Origin:
    """The parent of a picture's job: its first picture, or its row in its batch where it made none."""

    term: str
    text: str
    url: str
    is_picture: bool


def origin(job: Job) -> Origin | None:
    """Takes two queries at most."""
    parent = job.parent
    if parent is None:
        return None
    picture = Image.objects.in_gallery().filter(job=parent).order_by("index").first()
    row = f"{reverse('batch', args=[parent.batch_id])}#row-{parent.id}"
    when = date_format(timezone.localtime(parent.created_at), "j F, H:i")
    return Origin(
        term=FROM.get(Job.Lineage(job.lineage), FROM[Job.Lineage.RETRY]),  # a child without a word is an old retry
        text=f"the picture of {when}" if picture else f"the job of {when}, {_without_picture(parent)}",
        url=reverse("picture", args=[picture.id]) if picture else row,
        is_picture=picture is not None,
    )


def _without_picture(job: Job) -> str:
    return "whose pictures were removed" if job.state == JobState.COMPLETED else "which made no picture"


@dataclass(frozen=True)
class Offspring:
    words: str
    """``2 variations · 1 made again``."""
    pictures: list[Image]


def offspring(job: Job) -> Offspring | None:
    """What was made from a job, the newest pictures first. Takes two queries at most."""
    rows = Job.objects.filter(parent=job).order_by().values("lineage").annotate(many=Count("pk"))
    counts = {Job.Lineage(row["lineage"] or Job.Lineage.RETRY): row["many"] for row in rows}
    if not counts:
        return None
    found = Image.objects.with_thumbnail().filter(job__parent=job).select_related("job__product")
    words = [f"{counts[kind]} {MADE[kind][counts[kind] > 1]}" for kind in MADE if kind in counts]
    return Offspring(words=" · ".join(words), pictures=list(found.order_by("-id")[:SHOWN]))
