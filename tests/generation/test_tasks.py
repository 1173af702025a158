"""Every task is safe to run more than once: a broker may deliver a message nine times."""

from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation import ledger, tasks
from generation.models import Image, Job, JobState, LedgerEntry
from tests.generation.conftest import completed
from tests.pictures import photo


def test_nine_deliveries_of_every_message_post_charge_and_store_once(
    order: Callable[..., Job], httpserver: HTTPServer, settings: Any
) -> None:
    posts: list[Request] = []

    def accept(request: Request) -> Response:
        posts.append(request)
        return Response('{"job_id": "job_abc123xyz"}', status=202)

    links = [httpserver.url_for(f"/sandbox/files/{name}.jpg") for name in "ab"]
    httpserver.expect_request("/v1/training-asset").respond_with_json({"asset_id": "asset_9"}, status=201)
    httpserver.expect_request("/v1/generate").respond_with_handler(accept)
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(completed(*links))
    for name in "ab":
        httpserver.expect_request(f"/sandbox/files/{name}.jpg").respond_with_data(photo())
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")  # where pictures may come from this machine
    job = order()
    for task, ids in ((tasks.submit_next, [job.connection_id]), (tasks.reclaim_job, [job.id])):
        for _ in range(9):
            task(*ids)
    for _ in range(9):
        tasks.settle_job(job.id)
        tasks.resolve_job(job.id)
        tasks.store_job(job.id)
    for image in Image.objects.filter(job=job):
        for _ in range(9):
            tasks.store_picture(image.id)
    job.refresh_from_db()
    assert len(posts) == 1
    assert (job.state, ledger.left(team_id=job.team_id)) == (JobState.COMPLETED, 90)
    assert LedgerEntry.objects.filter(job=job).count() == 2
    assert Image.objects.filter(job=job).exclude(stored_at=None).count() == 2
