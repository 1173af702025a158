"""``GET /v1/jobs/{id}`` and ``GET /v1/jobs``: our states in the contract's words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.media.folder_storage import FileLink
from generation.models import Attempt, Image, Job, JobState
from tests.api.conftest import Script
from tests.api.test_generate import refused

MakeSpec = Callable[..., dict[str, Any]]
BASE = {"job_id", "status", "progress", "created_at", "started_at", "model", "num_images"}


@pytest.fixture
def job(script: Script, spec: MakeSpec) -> Job:
    return Job.objects.get(pk=script.post("generate", spec(num_images=2)).json()["job_id"])


def put(job: Job, state: JobState, **changes: Any) -> None:
    """Where the state machine would have brought it."""
    Job.objects.filter(pk=job.pk).update(state=state, **changes)


def posted(job: Job) -> Attempt:
    return Attempt.objects.create(job=job, connection_id=job.connection_id, token_hash=job.id)


PENDING = [JobState.QUEUED, JobState.SUBMITTING, JobState.UNKNOWN, JobState.NEEDS_REVIEW]
PROCESSING = [JobState.SUBMITTED, JobState.RENDERED, JobState.STORING]


@pytest.mark.parametrize("state", PENDING)
def test_what_the_provider_has_not_confirmed_is_pending(script: Script, job: Job, state: JobState) -> None:
    posted(job)
    put(job, state)
    shown = script.get(f"jobs/{job.id}").json()
    assert set(shown) == BASE
    assert (shown["job_id"], shown["status"], shown["progress"], shown["started_at"]) == (job.id, "pending", 0, None)


@pytest.mark.parametrize("state", PROCESSING)
def test_what_the_provider_works_on_is_processing_until_it_is_stored(script: Script, job: Job, state: JobState) -> None:
    attempt = posted(job)
    put(job, state, progress=100)
    shown = script.get(f"jobs/{job.id}").json()
    assert set(shown) == BASE
    assert (shown["status"], shown["progress"]) == ("processing", 99)
    assert shown["started_at"][:19] == attempt.created_at.isoformat()[:19]


def test_a_completed_job_shows_links_to_our_storage_and_its_true_cost(script: Script, job: Job) -> None:
    for index, name in enumerate(["a", "b"]):
        Image.objects.create(
            team_id=job.team_id,
            job=job,
            index=index,
            source_url=f"https://provider.example/{name}",
            original=f"{name}.png",
            width=1024,
            height=768,
        )
    put(job, JobState.COMPLETED, progress=100, tokens_used=9, finished_at=timezone.now())
    shown = script.get(f"jobs/{job.id}").json()
    assert set(shown) == BASE | {"completed_at", "images", "tokens_used"}
    assert (shown["status"], shown["progress"], shown["tokens_used"]) == ("completed", 100, 9)
    assert [set(image) for image in shown["images"]] == [{"url", "width", "height"}] * 2
    assert all(image["url"].startswith("http://testserver/files/") for image in shown["images"])
    assert (shown["images"][0]["width"], shown["images"][0]["height"]) == (1024, 768)


def test_a_picture_that_cannot_be_shown_is_said_and_only_to_be_saved(script: Script, job: Job) -> None:
    facts = {
        "team_id": job.team_id,
        "job": job,
        "source_url": "https://provider.example/",
        "width": 1024,
        "height": 768,
    }
    Image.objects.create(index=0, original="a.bin", mime="image/heic", flaw="undecodable", **facts)
    Image.objects.create(index=1, flaw="empty", **facts)
    put(job, JobState.COMPLETED, progress=100, tokens_used=10, finished_at=timezone.now())
    kept, empty = script.get(f"jobs/{job.id}").json()["images"]
    assert (kept["flaw"], kept["width"], kept["height"]) == ("undecodable", 1024, 768)
    link = FileLink.read(kept["url"].rpartition("/")[2])
    assert (link.name, link.disposition[:10], link.disposition[-6:]) == ("a.bin", "attachment", '.heic"')
    assert empty == {"url": "", "width": 1024, "height": 768, "flaw": "empty"}


def test_a_failed_job_shows_the_providers_error(script: Script, job: Job) -> None:
    put(job, JobState.FAILED, error_code="generation_failed", error_message="Too dark.", finished_at=timezone.now())
    shown = script.get(f"jobs/{job.id}").json()
    assert set(shown) == BASE | {"failed_at", "error"}
    assert shown["error"] == {"code": "generation_failed", "message": "Too dark."}


def test_a_cancelled_job_failed(script: Script, job: Job) -> None:
    put(job, JobState.CANCELLED, finished_at=timezone.now())
    shown = script.get(f"jobs/{job.id}").json()
    assert (shown["status"], shown["error"]["code"]) == ("failed", "cancelled")


def test_another_teams_job_does_not_exist(stranger: Script, job: Job) -> None:
    known = refused(stranger.get(f"jobs/{job.id}"), 404, "not_found")
    for other in ("job_none", "%00", "%ed%a0%80", "x" * 3000):
        assert known == refused(stranger.get(f"jobs/{other}"), 404, "not_found")
    assert stranger.get("jobs").json() == {"jobs": [], "total": 0, "limit": 20, "offset": 0, "has_more": False}


def test_lists_newest_first_in_pages(script: Script, spec: MakeSpec) -> None:
    made = [script.post("generate", spec(model="seedream")).json()["job_id"] for _ in range(5)][::-1]
    first, last = script.get("jobs", limit=3).json(), script.get("jobs", limit=3, offset=3).json()
    assert [job["job_id"] for job in first["jobs"] + last["jobs"]] == made
    assert (first["total"], first["limit"], first["offset"], first["has_more"]) == (5, 3, 0, True)
    assert not last["has_more"]


def test_filters_by_status(script: Script, spec: MakeSpec, job: Job) -> None:
    put(job, JobState.STORING)
    waiting = script.post("generate", spec()).json()["job_id"]
    assert [row["job_id"] for row in script.get("jobs", status="processing").json()["jobs"]] == [job.id]
    assert [row["job_id"] for row in script.get("jobs", status="pending").json()["jobs"]] == [waiting]
    assert script.get("jobs", status="failed").json()["total"] == 0


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"offset": -1}, {"offset": 10**30}, {"status": "done"}]
)
def test_names_a_bad_query_parameter(script: Script, query: dict[str, Any]) -> None:
    message = refused(script.get("jobs", **query), 400, "invalid_request")
    assert message.startswith(f"Invalid parameter: {next(iter(query))} should ")


def test_the_list_takes_as_many_queries_for_many_jobs_as_for_one(script: Script, spec: MakeSpec) -> None:
    counts = []
    for more in (1, 4):
        for _ in range(more):
            put(Job.objects.get(pk=script.post("generate", spec()).json()["job_id"]), JobState.COMPLETED)
        with CaptureQueriesContext(connection) as queries:
            script.get("jobs")
        counts.append(len(queries))
    assert counts[0] == counts[1] == 4
