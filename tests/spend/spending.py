"""Jobs that were paid for on given days."""

from datetime import UTC, datetime
from typing import Any

import time_machine

from dashboard.accounts.access import Actor
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger, rollup
from generation.models import Image, Job

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The present of these tests: a Sunday."""


def pay(
    acting: Actor,
    product: Product,
    credits: int,
    *,
    on: str = "2026-11-22",
    pictures: int = 1,
    approved: int = 0,
    **asked: Any,
) -> Job:
    """A job that cost ``credits`` at noon of a day; ``asked`` is its project, preset version and model."""
    spec = JobSpec(
        product=product, prompt="On marble", **{"model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 1} | asked
    )
    with time_machine.travel(datetime.fromisoformat(f"{on}T12:00+00:00"), tick=False):
        job = start(acting, specs=[spec]).jobs.get()
        ledger.capture(job=job, credits=credits, pictures=pictures)
    for index in range(approved):
        image = Image.objects.create(team=job.team, job=job, index=index, source_url="https://example.com/1")
        Image.objects.filter(pk=image.pk).update(review=Image.Review.APPROVED)
        rollup.reviewed(image, approved=1)
    return job
