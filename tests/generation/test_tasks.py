"""Every task is safe to run more than once: a broker may deliver a message nine times."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dashboard.projects.models import Product
from generation import tasks
from generation.credits import ledger
from generation.database import bulk_insert
from generation.models import Asset, Image, Job, JobState, LedgerEntry
from generation.pipeline import dispatch, fairness
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


@pytest.fixture
def provider(httpserver: HTTPServer, mug: Product) -> HTTPServer:
    """It has the photo, accepts everything, and counts in its log."""
    numbers = itertools.count()
    Asset.objects.update(provider_id="asset_9")
    httpserver.expect_request("/v1/generate").respond_with_handler(
        lambda _: Response(f'{{"job_id": "job_{next(numbers)}"}}', status=202)
    )
    return httpserver


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The messages that were sent: the task's name and what it takes."""
    messages: list[tuple[str, ...]] = []
    monkeypatch.setattr(tasks, "hint", lambda task, *ids, wait=0: messages.append((task, *ids)))
    return messages


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message goes on for as long as a busy machine needs."""
    monkeypatch.setattr(dispatch, "SLOT_SECONDS", 3600)


def test_one_message_submits_all_that_waits_and_calls_others_beside_it(
    order: Callable[..., Job], provider: HTTPServer, sent: list[tuple[str, ...]]
) -> None:
    jobs = [order() for _ in range(5)]
    tasks.submit_next(jobs[0].connection_id)
    assert {job.state for job in Job.objects.all()} == {JobState.SUBMITTED}
    assert len(provider.log) == 5
    assert [message[:2] for message in sent] == [("submit_next", jobs[0].connection_id)] * 2


def test_a_message_that_comes_while_others_are_at_work_does_one_job_and_ends(
    order: Callable[..., Job], provider: HTTPServer, sent: list[tuple[str, ...]]
) -> None:
    jobs = [order() for _ in range(3)]
    connection_id = jobs[0].connection_id
    slot = fairness.enter(connection_id, "")
    tasks.submit_next(connection_id)
    assert (len(provider.log), sent) == (1, [])
    fairness.leave(connection_id, slot)
    tasks.submit_next(connection_id)
    assert len(provider.log) == 3


def test_a_message_whose_time_is_over_hands_on(
    order: Callable[..., Job], provider: HTTPServer, sent: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [order() for _ in range(2)]
    monkeypatch.setattr(dispatch, "SLOT_SECONDS", -1)
    monkeypatch.setattr(dispatch, "CONCURRENCY", 0)
    tasks.submit_next(jobs[0].connection_id)
    assert len(provider.log) == 1
    assert [message[0] for message in sent] == ["submit_next"]
    tasks.submit_next(*sent[0][1:])
    assert len(provider.log) == 2


def test_a_message_that_breaks_makes_room_for_another(
    order: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: Job) -> None:
        raise RuntimeError

    monkeypatch.setattr("generation.pipeline.submission.submit", broken)
    connection_id = order().connection_id
    with pytest.raises(RuntimeError):
        tasks.submit_next(connection_id)
    assert fairness.enter(connection_id, "")


@pytest.mark.parametrize(("due", "messages"), [(8, 8), (20, 7), (200, 20)])
def test_a_sweep_of_many_jobs_sends_several_hints_in_a_message(
    order: Callable[..., Job],
    sent: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    due: int,
    messages: int,
) -> None:
    like = order()
    ids = [f"job_{place:03}" for place in range(due)]
    bulk_insert.insert(like, {"id": ids})
    Job.objects.filter(id__in=ids).update(state=JobState.RENDERED, due_at=timezone.now())
    Job.objects.filter(pk=like.pk).update(state=JobState.COMPLETED, due_at=None)
    tasks.sweep()
    assert len(sent) == messages
    stored: list[str] = []
    monkeypatch.setattr(tasks.store_job, "run", stored.append)
    for task, *told in sent:
        getattr(tasks, task)(*told)
    assert sorted(stored) == ids
    tasks.sweep()
    assert len(sent) == messages


def test_a_hint_that_fails_keeps_no_other_back(order: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[str] = []
    monkeypatch.setattr(tasks.store_job, "run", stored.append)
    tasks.run_hints("settle_job job_unknown", f"store_job {order().id}")
    assert len(stored) == 1


def test_each_provider_is_asked_for_its_balance_in_a_message_of_its_own(
    order: Callable[..., Job], httpserver: HTTPServer, sent: list[tuple[str, ...]]
) -> None:
    connection = order().connection
    tasks.check_balances()
    assert sent == [("check_balances", connection.id)]
    assert httpserver.log == []
    httpserver.expect_request("/v1/me").respond_with_json({"credits": {"generations": 77}})
    tasks.check_balances(connection.id)
    connection.refresh_from_db()
    assert connection.balance == 77
