import json
from typing import Any

import pytest
from django.test import Client
from pytest_httpserver import HTTPServer

from generation import tasks
from generation.models import Job, JobState, WebhookDelivery
from generation.pipeline import jobs, settlement
from tests.generation.conftest import completed


@pytest.fixture
def posted(claimed: Job) -> tuple[Job, str]:
    """A job whose POST was accepted, and the token in its webhook's address."""
    begun = jobs.begin_attempt(claimed)
    assert begun is not None
    jobs.accepted(begun[0], provider_job_id="job_abc123xyz")
    return Job.objects.get(pk=claimed.pk), begun[1]


def deliver(token: str, body: object = "{}") -> int:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client().post(f"/hooks/{token}", data, content_type="application/json").status_code


def test_a_delivery_is_stored_once_however_often_it_comes(posted: tuple[Job, str]) -> None:
    _, token = posted
    assert [deliver(token, {"status": "completed"}) for _ in range(9)] == [204] * 9
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize("body", ["", "not json", b"\xff\xfe\x00", "null", "[1]", "x" * 1_000_000])
def test_any_body_is_answered(posted: tuple[Job, str], body: str | bytes) -> None:
    assert deliver(posted[1], body) == 204


def test_an_unknown_token_is_nobodys(db: None) -> None:
    assert deliver("guess") == 404
    assert not WebhookDelivery.objects.exists()


def test_a_token_of_ten_thousand_characters_is_nobodys(db: None) -> None:
    assert deliver("x" * 10_240) == 404


def test_only_a_post_is_a_delivery(posted: tuple[Job, str]) -> None:
    assert Client().get(f"/hooks/{posted[1]}").status_code == 405


def test_a_lie_in_the_body_changes_nothing(posted: tuple[Job, str], httpserver: HTTPServer) -> None:
    job, token = posted
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(
        completed("http://p/1.png") | {"status": "processing"}
    )
    deliver(token, completed("http://evil/1.png", job_id="job_other"))
    settlement.settle(job)
    job.refresh_from_db()
    assert job.state == JobState.SUBMITTED
    assert not job.images.exists()


def test_the_job_is_asked_for_and_its_answer_applied(posted: tuple[Job, str], httpserver: HTTPServer) -> None:
    job, token = posted
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(completed("http://p/1.png", "http://p/2.png"))
    deliver(token)
    settlement.settle(job)
    assert Job.objects.get(pk=job.pk).state == JobState.RENDERED


def test_a_delivery_hints_the_look(posted: tuple[Job, str], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr("generation.pipeline.webhooks.hint", lambda *hinted: sent.append(hinted))
    deliver(posted[1])
    deliver(posted[1])
    assert sent == [("settle_job", posted[0].id)]


def test_a_delivery_that_overtakes_the_answer_is_seen_at_once_when_the_answer_comes(claimed: Job) -> None:
    begun = jobs.begin_attempt(claimed)
    assert begun is not None
    attempt, token = begun
    assert deliver(token, completed("http://p/1.png")) == 204
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    job = Job.objects.get(pk=claimed.pk)
    assert job.due_at is not None
    assert (job.state, job.due_at <= jobs.timezone.now()) == (JobState.SUBMITTED, True)


def test_a_delivery_names_a_job_whose_answer_was_lost(claimed: Job, httpserver: HTTPServer) -> None:
    begun = jobs.begin_attempt(claimed)
    assert begun is not None
    attempt, token = begun
    jobs.mark_unknown(claimed, attempt=attempt, detail="reset")
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(completed("http://p/1.png"))
    deliver(token, {"job_id": "job_abc123xyz"})
    tasks.resolve_job(claimed.id)
    assert Job.objects.get(pk=claimed.pk).state == JobState.RENDERED
