"""Pictures in the gallery, as the pipeline leaves them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.media import pictures as media
from generation.models import Image, Job
from tests.pictures import photo

Gallery = Callable[..., list[Image]]


def stored(job: Job, *, count: int = 1, at: datetime | None = None, **facts: Any) -> list[Image]:
    """Pictures of ``job`` that are stored, oldest first; they share one file."""
    picture = media.read_picture(photo(size=(640, 480)), max_bytes=1_000_000)
    keys = media.store(picture, folder=f"{job.team_id}/pictures/{job.id}")
    known = {name: getattr(picture, name) for name in ("mime", "sha256", "width", "height", "thumb_hash")}
    rows = [
        Image(team_id=job.team_id, job=job, index=index, stored_at=timezone.now(), **{**known, **vars(keys), **facts})
        for index in range(count)
    ]
    Image.objects.bulk_create(rows)
    if at:
        Image.objects.filter(job=job).update(created_at=at)
    return rows


@pytest.fixture
def pictures(creator: Actor, mug: Product) -> Gallery:
    """Make a job of Bob's with so many stored pictures."""

    def make(count: int = 1, *, acting: Actor = creator, at: datetime | None = None, **spec: Any) -> list[Image]:
        asked = {"product": mug, "prompt": "On white marble", "model": "nanobanana", "aspect_ratio": "4:3"}
        job = start(acting, specs=[JobSpec(**asked | {"num_images": 1} | spec)]).jobs.get()
        return stored(job, count=count, at=at)

    return make
