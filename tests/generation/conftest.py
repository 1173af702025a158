"""A provider's HTTP edge, with the raw answers of the documentation."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.models import Connection, Job
from generation.pipeline import jobs

ACCEPTED = {
    "job_id": "job_abc123xyz",
    "status": "pending",
    "created_at": "2026-01-15T10:30:00Z",
    "estimated_time_seconds": 30,
    "model": "nanobanana2",
    "num_images": 2,
}


def remote_job(**changes: Any) -> dict[str, Any]:
    shown = {"job_id": "job_abc123xyz", "status": "processing", "progress": 40, "model": "nanobanana2"}
    return shown | {"num_images": 2, "created_at": "2026-01-15T10:30:00Z", "started_at": None} | changes


def completed(*urls: str, **changes: Any) -> dict[str, Any]:
    images = [{"url": url, "width": 64, "height": 48} for url in urls]
    return remote_job(status="completed", progress=100, images=images, tokens_used=5 * len(urls)) | changes


@pytest.fixture
def connection(team: Team, httpserver: HTTPServer) -> Connection:
    """The team's connection, to the local provider."""
    connection = Connection.objects.get(team=team)
    connection.base_url = httpserver.url_for("/v1")
    connection.save()
    return connection


@pytest.fixture
def order(creator: Actor, mug: Product, connection: Connection) -> Callable[..., Job]:
    """A queued job of Bob's."""

    def place(**spec: Any) -> Job:
        asked = {"product": mug, "prompt": "On marble", "model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 2}
        return start(creator, specs=[JobSpec(**asked | spec)]).jobs.select_related("connection").get()

    return place


@pytest.fixture
def claimed(order: Callable[..., Job], connection: Connection) -> Job:
    """A job that a worker has just claimed, whose photo the provider has already."""
    job = order()
    job.asset.provider_id = "asset_at_provider"
    job.asset.save()
    assert jobs.claim(job)
    return job
