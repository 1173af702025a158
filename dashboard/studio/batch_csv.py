"""A batch as a table for spreadsheets, written portion by portion."""

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.conf import settings
from django.urls import reverse

from dashboard.gallery.receipt import file_name
from dashboard.studio import cards, labels
from dashboard.ui import csv
from dashboard.ui.states import JOB_LOOKS
from generation.models import Batch, Job

PORTION = 250
COLUMNS = (
    "Job", "Product", "SKU", "Preset", "Version", "Prompt", "Variables", "Model", "Shape", "Pictures requested",
    "State", "Credits", "Files", "Links", "Error",
)  # fmt: skip


async def lines(batch: Batch) -> AsyncIterator[str]:
    """The file's text; only one portion of the jobs is in memory."""
    yield csv.MARK + csv.line(COLUMNS)
    last = ""
    while portion := await sync_to_async(_portion)(batch, last):
        last = portion[-1].id
        yield "".join(csv.line(cells(job)) for job in portion)


def _portion(batch: Batch, last: str) -> list[Job]:
    return list(cards.batch_jobs(batch).filter(id__gt=last)[:PORTION])


def cells(job: Job) -> list[str | int]:
    """A job of :func:`cards.batch_jobs` in the order of :data:`COLUMNS`."""
    version = job.preset_version
    pictures = cards.stored(job)
    return [
        job.id,
        job.product.name,
        job.product.sku,
        version.preset.name if version else "",
        version.number if version else "",
        job.prompt,
        "; ".join(f"{name}={value}" for name, value in job.variables.items()),
        job.model,
        job.aspect_ratio,
        job.num_images,
        JOB_LOOKS[job.state].label,
        labels.credits(job),
        "\n".join(file_name(picture) for picture in pictures),
        "\n".join(f"{settings.PUBLIC_URL}{reverse('picture', args=[picture.id])}" for picture in pictures),
        labels.explain(job),
    ]
