"""A provider's books over HTTP, and a team whose work it charges."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation.contract import JobStatus, RemoteJob
from generation.models import Job, Reconciliation
from generation.pipeline import jobs
from tests.generation.conftest import remote_job

PRICE = 10
"""Of each job here: two pictures of nanobanana2."""


class Provider:
    """An account over HTTP: what is left, and the jobs of which it tells."""

    def __init__(self, server: HTTPServer) -> None:
        self.account, self.credits = "acct_team", 1_000
        self.jobs: list[dict[str, Any]] = []
        self.asked: list[str] = []
        server.expect_request("/v1/me").respond_with_handler(self._me)
        server.expect_request("/v1/jobs").respond_with_handler(self._list)

    def _me(self, request: Request) -> Response:
        self.asked.append("me")
        return Response(json.dumps({"id": self.account, "credits": {"generations": self.credits}}))

    def _list(self, request: Request) -> Response:
        first, limit = int(request.args["offset"]), int(request.args["limit"])
        self.asked.append(f"jobs from {first}")
        page = self.jobs[first : first + limit]
        return Response(json.dumps({"jobs": page, "total": len(self.jobs), "limit": limit, "offset": first}))

    def lists(self, job_id: str, *, tokens: int | None, ago: timedelta = timedelta(), **changes: Any) -> None:
        made = (timezone.now() - ago).isoformat()
        told = {"job_id": job_id, "status": "completed", "created_at": made, "tokens_used": tokens} | changes
        self.jobs.insert(0, remote_job(**told))


class Business:
    """A team at work."""

    def __init__(self, order: Callable[..., Job], provider: Provider) -> None:
        self._order, self._provider, self._count = order, provider, 0

    def post(self, *, answered: bool = True) -> Job:
        """A job on its way; the caller says when the provider charges it."""
        return self.send(self._order(), answered=answered)

    def send(self, job: Job, *, answered: bool = True) -> Job:
        assert jobs.claim(job)
        attempt, _ = jobs.begin_attempt(job) or pytest.fail("not ours")
        self._count += 1
        if answered:
            jobs.accepted(attempt, provider_job_id=f"job_{self._count}")
        else:
            jobs.mark_unknown(attempt.job, attempt=attempt, detail="The connection broke.")
        return Job.objects.get(pk=job.pk)

    def charge(self, credits: int = PRICE) -> None:
        self._provider.credits -= credits

    def finish(self, job: Job, *, cost: int = PRICE) -> None:
        assert jobs.rendered(job, remote=remote(job_id=known_as(job), tokens_used=cost))

    def fail(self, job: Job) -> None:
        assert jobs.failed(job, remote=remote(job_id=known_as(job), status=JobStatus.FAILED))


def known_as(job: Job) -> str:
    """What the provider calls the run that the job waits for."""
    attempt = jobs.awaited(job) or pytest.fail("it waits for none")
    return str(attempt.provider_job_id)


def remote(**changes: Any) -> RemoteJob:
    told = {"job_id": "job_x", "status": JobStatus.COMPLETED, "progress": 100, "created_at": "", "model": "nanobanana2"}
    return RemoteJob(**told | {"num_images": 2} | changes)


def figures(row: Reconciliation) -> tuple[int, int, int, int]:
    return row.moved, row.captured, row.in_flight, row.drift


def told(row: Reconciliation) -> list[tuple[str, int, int | None, str]]:
    rows = row.discrepancies.order_by("provider_job_id", "id")
    return [(found.provider_job_id, found.captured, found.charged, found.note) for found in rows]
