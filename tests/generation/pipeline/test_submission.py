from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation.credits import ledger
from generation.models import Attempt, Connection, Job, JobState
from generation.pipeline import dispatch, jobs
from generation.pipeline.submission import submit
from generation.provider import connections
from generation.tasks import submit_next
from tests.generation.conftest import ACCEPTED

Order = Callable[..., Job]


def answer(httpserver: HTTPServer, status: int, body: Any, **options: Any) -> None:
    httpserver.expect_request("/v1/generate", method="POST").respond_with_json(body, status=status, **options)


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": "The provider's words", **more}}


def test_an_accepted_job_waits_for_news(claimed: Job, httpserver: HTTPServer) -> None:
    answer(httpserver, 202, ACCEPTED)
    submit(claimed)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.provider_job_id) == (Attempt.Outcome.ACCEPTED, "job_abc123xyz")
    assert claimed.state == JobState.SUBMITTED
    assert claimed.due_at is not None
    assert claimed.due_at > timezone.now()


def test_a_photo_is_uploaded_once_and_then_named(order: Order, httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/v1/training-asset").respond_with_json({"asset_id": "asset_9"}, status=201)
    posted: list[Any] = []

    def accept(request: Request) -> Response:
        posted.append(request.json)
        return Response(f'{{"job_id": "job_{len(posted)}"}}', status=202)

    for _ in range(2):
        httpserver.expect_ordered_request("/v1/generate").respond_with_handler(accept)
    for _ in range(2):
        job = order()
        jobs.claim(job)
        submit(Job.objects.get(pk=job.pk))
    assert [body["asset_id"] for body in posted] == ["asset_9", "asset_9"]
    assert "image_url" not in posted[0]


def test_a_photo_that_the_provider_lost_is_uploaded_again_with_the_next_job(
    claimed: Job, httpserver: HTTPServer
) -> None:
    answer(httpserver, 404, error("not_found"))
    submit(claimed)
    assert claimed.state == JobState.FAILED
    claimed.asset.refresh_from_db()
    assert claimed.asset.provider_id == ""


def test_a_photo_that_is_gone_fails_the_job_in_plain_words(order: Order) -> None:
    job = order()
    default_storage.delete(job.asset.original)
    jobs.claim(job)
    submit(job)
    assert (job.state, job.error_message) == (JobState.FAILED, "The product's photo is no longer in the storage.")
    assert ledger.left(team_id=job.team_id) == 100


def test_a_storage_out_of_order_postpones_the_job(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(key: str) -> bytes:
        raise OSError("The bucket does not answer")

    monkeypatch.setattr("generation.media.pictures.read", broken)
    job = order()
    jobs.claim(job)
    submit(job)
    assert job.state == JobState.QUEUED
    assert job.due_at is not None
    assert job.due_at > timezone.now()
    assert not Attempt.objects.exists()


def test_the_webhook_address_is_ours_and_belongs_to_the_attempt(claimed: Job, httpserver: HTTPServer) -> None:
    posted: list[Any] = []
    httpserver.expect_request("/v1/generate").respond_with_handler(lambda request: posted.append(request.json))
    submit(claimed)
    token = posted[0]["webhook_url"].removeprefix("http://testserver/hooks/")
    assert Attempt.objects.get().token_hash == jobs.token_hash(token)


def test_a_provider_that_cannot_reach_us_gets_no_webhook_and_no_link(
    claimed: Job, settings: Any, connection: Connection
) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    connection.base_url = "https://api.productai.photo/v1"
    connection.photo_delivery = Connection.PhotoDelivery.LINK
    assert connections.hook_address(connection, "token") == ""
    assert not connections.reads_links(connection)


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_fails_the_job_frees_the_credits_and_keeps_the_words(
    claimed: Job, httpserver: HTTPServer, status: int
) -> None:
    answer(httpserver, status, error("invalid_request"))
    submit(claimed)
    assert (claimed.state, claimed.error_code) == (JobState.FAILED, "invalid_request")
    assert claimed.error_message == "The provider's words"
    assert ledger.left(team_id=claimed.team_id) == 100


@pytest.mark.parametrize(
    ("status", "pause"),
    [(401, Connection.Pause.KEY), (403, Connection.Pause.KEY), (402, Connection.Pause.CREDITS)],
)
def test_a_provider_that_stops_us_pauses_the_connection_and_throws_no_job_away(
    claimed: Job, httpserver: HTTPServer, status: int, pause: Connection.Pause
) -> None:
    answer(httpserver, status, error("stop"))
    submit(claimed)
    connection = Connection.objects.get()
    assert (connection.pause, connection.paused_until) == (pause, None)
    assert claimed.state == JobState.QUEUED
    assert ledger.left(team_id=claimed.team_id) == 90
    assert list(dispatch.due()) == []
    connections.resume(connection)
    assert [hint.task for hint in dispatch.due()] == ["submit_next"]


def test_a_429_pauses_everybody_for_as_long_as_it_says(claimed: Job, order: Order, httpserver: HTTPServer) -> None:
    order()
    answer(httpserver, 429, error("rate_limit_exceeded", retry_after=30))
    submit(claimed)
    connection = Connection.objects.get()
    assert connection.paused_until is not None
    assert timedelta(seconds=28) < connection.paused_until - timezone.now() <= timedelta(seconds=30)
    assert dispatch.next_job(connection.id) == dispatch.Turn()
    assert list(dispatch.due()) == []


def test_a_shorter_pause_never_cuts_a_longer_one(connection: Connection) -> None:
    connections.slow_down(connection, seconds=300, message="")
    connections.slow_down(connection, seconds=1, message="")
    connection.refresh_from_db()
    assert connection.paused_until is not None
    assert connection.paused_until > timezone.now() + timedelta(seconds=200)


def test_a_429_does_not_lift_a_pause_for_the_key(connection: Connection) -> None:
    connections.stop(connection, pause=Connection.Pause.KEY, message="Invalid key")
    connections.slow_down(connection, seconds=1, message="")
    connection.refresh_from_db()
    assert connection.pause == Connection.Pause.KEY


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_never_posted_again(claimed: Job, httpserver: HTTPServer, status: int) -> None:
    answer(httpserver, status, {})
    submit(claimed)
    assert claimed.state == JobState.UNKNOWN
    submit_next(claimed.connection_id)
    assert len([log for log in httpserver.log if log[0].path == "/v1/generate"]) == 1


def test_what_certainly_was_not_sent_is_tried_again_later(claimed: Job, connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(base_url="http://127.0.0.1:9/v1")
    submit(Job.objects.get(pk=claimed.pk))
    job = Job.objects.get(pk=claimed.pk)
    assert job.state == JobState.QUEUED
    assert job.due_at is not None
    assert job.due_at > timezone.now()
    assert Attempt.objects.get().outcome == Attempt.Outcome.NOT_SENT


def test_nobody_posts_while_the_connection_is_paused(claimed: Job, httpserver: HTTPServer) -> None:
    connections.stop(claimed.connection, pause=Connection.Pause.CREDITS, message="")
    submit(claimed)
    assert claimed.state == JobState.QUEUED
    assert httpserver.log == []


def test_a_top_up_ends_the_pause(connection: Connection) -> None:
    connections.note_balance(connection, credits=2)
    connection.refresh_from_db()
    connections.stop(connection, pause=Connection.Pause.CREDITS, message="")
    connection.refresh_from_db()
    connections.note_balance(connection, credits=2)
    assert not connections.takes_jobs(Connection.objects.get())
    connections.note_balance(connection, credits=500)
    assert connections.takes_jobs(Connection.objects.get())
