"""What a batch is called: ``Oak shelf × 4 products``."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from generation.models import Batch, Job


@dataclass(frozen=True)
class Title:
    text: str
    maker: str
    shapes: int
    retry_of: str
    """The batch whose failures this one tries again."""


def titles(batches: Iterable[Batch]) -> dict[str, Title]:
    """The title of each batch by its id, in two queries."""
    ids = [batch.id for batch in batches]
    rows = Job.objects.filter(batch__in=ids).order_by().values("batch")
    sums = rows.annotate(
        products=Count("product", distinct=True),
        presets=Count("preset_version__preset", distinct=True),
        own=Count("pk", filter=Q(preset_version=None)),
        shapes=Count("aspect_ratio", distinct=True),
        first=Min("pk"),
    )
    counts = {row["batch"]: row for row in sums}
    firsts = Job.objects.filter(pk__in=[row["first"] for row in counts.values()])
    known = firsts.select_related("product", "preset_version__preset", "member", "api_key", "parent")
    return {
        job.batch_id: Title(
            text=compose(
                job,
                products=counts[job.batch_id]["products"],
                scenes=counts[job.batch_id]["presets"] + bool(counts[job.batch_id]["own"]),
            ),
            maker=f"API key {job.api_key.name}" if job.api_key else str(job.member or ""),
            shapes=counts[job.batch_id]["shapes"],
            retry_of=job.parent.batch_id if job.parent and job.lineage == Job.Lineage.RETRY else "",
        )
        for job in known
    }


def compose(first: Job, *, products: int, scenes: int) -> str:
    """A batch's title from its first job and how many products and scenes it has."""
    scene = first.preset_version.preset.name if first.preset_version else "Own prompt"
    shown = f"{scenes} scenes" if scenes > 1 else scene
    return f"{shown} × {f'{products} products' if products > 1 else first.product.name}"
