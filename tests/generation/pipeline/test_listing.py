"""One look for many jobs, within the plan's requests."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections as databases
from django.test import Client
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dashboard.accounts.access import Actor
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation import tasks
from generation.contract import ContractError
from generation.credits import ledger
from generation.models import Asset, Attempt, Connection, Job, JobState
from generation.pipeline import dispatch, jobs, listing
from generation.provider.rate_limit import Kind
from generation.sandbox import keys, limits
from generation.sandbox.models import SandboxAsset, SandboxJob, SandboxKey
from tests.generation.conftest import completed, remote_job

Submitted = Callable[..., list[Job]]
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def submitted(creator: Actor, mug: Product, connection: Connection) -> Submitted:
    """Jobs that the provider has, as ``job_0`` and so on."""

    def place(count: int) -> list[Job]:
        ledger.grant(team_id=connection.team_id, credits=10 * count)
        spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
        found = list(start(creator, specs=[spec] * count).jobs.select_related("connection").order_by("id"))
        for number, job in enumerate(found):
            assert jobs.claim(job)
            attempt, _ = jobs.begin_attempt(job) or pytest.fail("not ours")
            jobs.accepted(attempt, provider_job_id=f"job_{number}")
        return found

    return place


def listed(httpserver: HTTPServer, *rows: dict[str, Any]) -> None:
    httpserver.expect_request("/v1/jobs").respond_with_json({"jobs": list(rows), "total": len(rows)})


def paths(httpserver: HTTPServer) -> list[str]:
    return [request.path for request, _ in httpserver.log]


def states() -> list[str]:
    return list(Job.objects.order_by("id").values_list("state", flat=True))


def test_one_request_settles_all_that_the_list_shows(
    submitted: Submitted, connection: Connection, httpserver: HTTPServer
) -> None:
    submitted(3)
    ended = [
        completed("http://p/1.png", job_id="job_0"),
        remote_job(job_id="job_1", status="failed", error={"message": "No"}),
    ]
    listed(httpserver, *ended, remote_job(job_id="job_2", progress=70))
    Job.objects.update(due_at=timezone.now())
    assert [hint.task for hint in dispatch.due()] == ["sweep_jobs"]
    assert [job.state for job in listing.sweep(connection)] == [JobState.RENDERED]
    assert states() == [JobState.RENDERED, JobState.FAILED, JobState.SUBMITTED]
    assert paths(httpserver) == ["/v1/jobs"]
    assert Job.objects.get(state=JobState.SUBMITTED).progress == 70


def test_what_the_list_does_not_tell_is_asked_for_alone(
    submitted: Submitted, connection: Connection, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that only sums up must not make a finished job one without pictures."""
    first, second, third, _ = submitted(4)
    Job.objects.update(due_at=timezone.now())
    listed(
        httpserver,
        completed(job_id="job_0"),
        remote_job(job_id="job_1", status="half done"),
        remote_job(job_id="job_3"),
    )
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(tasks, "hint", lambda *words: sent.append(words))
    tasks.sweep_jobs(connection.id)
    assert sorted(sent) == sorted(("settle_job", job.id) for job in (first, second, third))
    assert set(states()) == {JobState.SUBMITTED}


@pytest.mark.parametrize("status", [404, 200])
def test_a_provider_without_a_list_is_asked_for_each(
    submitted: Submitted, connection: Connection, httpserver: HTTPServer, status: int
) -> None:
    due = submitted(2)
    httpserver.expect_request("/v1/jobs").respond_with_data("<html>", status=status)
    assert {job.id for job in listing.sweep(connection)} == {job.id for job in due}


def test_a_429_to_a_look_pauses_the_connection_and_all_looks_wait(
    submitted: Submitted, connection: Connection, httpserver: HTTPServer
) -> None:
    submitted(3)
    error = {"error": {"code": "rate_limit_exceeded", "message": "Slow down", "retry_after": 40}}
    httpserver.expect_request("/v1/jobs").respond_with_json(error, status=429)
    assert listing.sweep(connection) == []
    connection.refresh_from_db()
    assert (connection.pause, connection.pause_message) == (Connection.Pause.RATE_LIMIT, "Slow down")
    listing.sweep(connection)
    for job in Job.objects.select_related("connection"):
        tasks.settle_job(job.id)
        job.refresh_from_db()
        assert job.due_at is not None
        assert job.due_at > timezone.now() + timedelta(seconds=35)
    assert paths(httpserver) == ["/v1/jobs"]


def test_a_pass_over_several_pages_ends_where_the_jobs_do(
    submitted: Submitted, connection: Connection, httpserver: HTTPServer
) -> None:
    submitted(2)
    now = timezone.now()
    rows = [remote_job(job_id=f"theirs_{number}", created_at=now.isoformat()) for number in range(100)]
    old = remote_job(job_id="old", created_at=(now - timedelta(hours=1)).isoformat())
    for offset, page in ((0, rows), (100, [remote_job(job_id="job_0"), old])):
        query = f"limit=100&offset={offset}"
        answer = {"jobs": page, "total": 5_000, "offset": offset}
        httpserver.expect_request("/v1/jobs", query_string=query).respond_with_json(answer)
    assert [job.id for job in listing.sweep(connection)] == [Job.objects.order_by("id")[1].id]
    assert len(httpserver.log) == 2


def test_one_request_looks_for_all_jobs_whose_answer_was_lost(
    submitted: Submitted, connection: Connection, httpserver: HTTPServer
) -> None:
    submitted(3)
    Attempt.objects.update(provider_job_id=None, outcome=Attempt.Outcome.UNKNOWN)
    Job.objects.update(state=JobState.UNKNOWN, due_at=timezone.now())
    now = timezone.now().isoformat()
    listed(httpserver, remote_job(job_id="job_0", model="nanobanana", num_images=1, created_at=now))
    assert [hint.task for hint in dispatch.due()] == ["sweep_jobs"]
    assert listing.sweep(connection) == []
    assert states() == [JobState.UNKNOWN] * 3
    assert set(Job.objects.values_list("tries", flat=True)) == {1}
    assert paths(httpserver) == ["/v1/jobs"]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Of each request that the sandbox counted, whether it was one too many."""
    counted: list[bool] = []

    count_request = limits.count_request

    def count(*, key: SandboxKey) -> None:
        try:
            count_request(key=key)
        except ContractError:
            counted.append(True)
            raise
        counted.append(False)

    monkeypatch.setattr(limits, "count_request", count)
    return counted


@pytest.fixture
def sandbox(httpserver: HTTPServer, db: None) -> Iterator[str]:
    """The sandbox behind a real server, in this test's transaction; its address."""
    database = databases["default"]
    database.inc_thread_sharing()  # whoever asks waits for the answer, so they never meet

    def answer(request: Request) -> Response:
        databases["default"] = database
        told = Client(headers=dict(request.headers)).generic(request.method, request.full_path, request.data)
        return Response(told.content, told.status_code, dict(told.headers))

    httpserver.expect_request(re.compile("/sandbox/.*")).respond_with_handler(answer)
    yield httpserver.url_for("/sandbox/v1")
    database.dec_thread_sharing()


class Worker:
    """Runs tasks as their messages come due, on the fake clock, a beat every two seconds; pictures are not stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._messages: list[tuple[datetime, str, tuple[str, ...]]] = []
        monkeypatch.setattr(tasks, "hint", self._hint)
        monkeypatch.setattr("generation.pipeline.ingest.store_picture", lambda image: None)

    def _hint(self, task: str, *ids: str, wait: float = 0) -> None:
        self._messages.append((timezone.now() + timedelta(seconds=wait), task, ids))

    def beat(self) -> None:
        tasks.sweep()
        now, messages, self._messages = timezone.now(), self._messages, []
        for at, task, ids in messages:
            if at > now:
                self._messages.append((at, task, ids))
            elif task != "store_job":
                getattr(tasks, task)(*ids)


@pytest.fixture
def on_a_plan_of_ten(connection: Connection, sandbox: str, mug: Product) -> SandboxKey:
    """The team's account at the sandbox, which has the photo already."""
    account, key = keys.open_account(email="alice@example.com", plan="free", credits=10_000)
    SandboxAsset.objects.create(id="asset_1", key=account, original="1.png", width=1, height=1, file_size=1)
    Asset.objects.update(provider_id="asset_1")
    Connection.objects.update(base_url=sandbox, key=key, plan_limit=10)
    return account


def finish(*, after: float) -> None:
    """Complete what is so many seconds old, without a webhook."""
    now = timezone.now()
    picture = {"key": "1.png", "mime": "image/png", "width": 8, "height": 8}
    rows = SandboxJob.objects.exclude(status="completed").filter(created_at__lte=now - timedelta(seconds=after))
    rows.update(status="completed", ended_at=now, look_at=None, webhook_url="", pictures=[picture])


def minutes_until_found(worker: Worker, clock: time_machine.Traveller) -> float:
    began = timezone.now()
    while Job.objects.exclude(state=JobState.RENDERED).exists():
        clock.shift(2)
        finish(after=45)
        worker.beat()
        assert timezone.now() < began + timedelta(hours=1), states()
    return (timezone.now() - began).total_seconds() / 60


def test_a_hundred_lost_webhooks_on_a_plan_of_ten_are_found_without_one_429(
    submitted: Submitted, on_a_plan_of_ten: SandboxKey, refused: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    shape: dict[str, Any] = {"key": on_a_plan_of_ten, "model": "nanobanana", "prompt": "", "photo": "", "price": 3}
    with time_machine.travel(NOON, tick=False) as clock:
        submitted(100)
        SandboxJob.objects.bulk_create(
            SandboxJob(id=f"job_{number}", status="processing", created_at=NOON, due_at=NOON, **shape)
            for number in range(100)
        )
        minutes = minutes_until_found(Worker(monkeypatch), clock)
    print(f"{minutes:.2f} simulated minutes, {len(refused)} requests")
    assert not any(refused)
    assert minutes <= (45 + 60) / 60


def test_sending_and_looking_share_a_plan_of_ten(
    creator: Actor,
    mug: Product,
    connection: Connection,
    on_a_plan_of_ten: SandboxKey,
    refused: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Forty jobs that are posted and found while others still wait to be posted; nobody sends a webhook."""
    ledger.grant(team_id=connection.team_id, credits=120)
    with time_machine.travel(NOON, tick=False) as clock:
        spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
        start(creator, specs=[spec] * 40)
        minutes = minutes_until_found(Worker(monkeypatch), clock)
    print(f"{minutes:.2f} simulated minutes, {len(refused)} requests")
    assert not any(refused)
    assert minutes <= 40 / Kind.SEND.share(10) + 2
