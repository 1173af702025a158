from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer

from generation.credits import ledger
from generation.models import Attempt, Connection, Job, JobState
from generation.pipeline import dispatch, jobs, settlement
from generation.tasks import reclaim_job
from tests.generation.conftest import completed, remote_job


def attempt_of(job: Job) -> Attempt:
    begun = jobs.begin_attempt(job)
    assert begun is not None
    return begun[0]


@pytest.fixture
def submitted(claimed: Job) -> Job:
    attempt = attempt_of(claimed)
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    return attempt.job


@pytest.fixture
def lost(claimed: Job) -> Job:
    jobs.mark_unknown(claimed, attempt=attempt_of(claimed), detail="The connection broke.")
    return claimed


def wait(job: Job) -> float:
    """Seconds until the machine looks again."""
    job.refresh_from_db()
    assert job.due_at is not None
    return (job.due_at - timezone.now()).total_seconds()


def test_progress_is_shown_and_the_gaps_between_looks_grow(submitted: Job, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(remote_job(progress=40))
    gaps = []
    for _ in range(4):
        settlement.settle(submitted)
        gaps.append(round(wait(submitted)))
    assert submitted.progress == 40
    assert gaps == [10, 20, 40, 60]


def test_completion_is_found_by_polling_alone(submitted: Job, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(completed("http://p/1.png", "http://p/2.png"))
    settlement.settle(submitted)
    assert submitted.state == JobState.RENDERED


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_out_of_order_only_postpones_the_look(submitted: Job, httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json({}, status=status)
    settlement.settle(submitted)
    submitted.refresh_from_db()
    assert submitted.state == JobState.SUBMITTED
    assert wait(submitted) > 5


def test_a_refused_key_is_found_while_polling_too(submitted: Job, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json({}, status=401)
    settlement.settle(submitted)
    assert Connection.objects.get().pause == Connection.Pause.KEY


def test_a_job_that_the_provider_forgot_is_a_persons_decision(submitted: Job, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json({}, status=404)
    for _ in range(5):
        settlement.settle(submitted)
        submitted.refresh_from_db()
    assert submitted.state == JobState.NEEDS_REVIEW
    assert ledger.left(team_id=submitted.team_id) == 90


def listed(httpserver: HTTPServer, *rows: dict[str, object]) -> None:
    page = {"jobs": list(rows), "total": len(rows), "limit": 100, "offset": 0, "has_more": False}
    httpserver.expect_request("/v1/jobs", query_string="limit=100&offset=0").respond_with_json(page)


def now(seconds: float = 0) -> str:
    return (timezone.now() + timedelta(seconds=seconds)).isoformat()


def test_a_lost_job_is_found_in_the_providers_list(lost: Job, httpserver: HTTPServer) -> None:
    listed(
        httpserver, remote_job(job_id="job_old", created_at=now(-3600)), remote_job(job_id="job_new", created_at=now())
    )
    settlement.resolve(lost)
    job = Job.objects.get(pk=lost.pk)
    assert (job.state, job.attempts.get().provider_job_id) == (JobState.SUBMITTED, "job_new")


def test_two_jobs_that_could_be_ours_are_not_guessed_between(lost: Job, httpserver: HTTPServer) -> None:
    listed(httpserver, *(remote_job(job_id=f"job_{name}", created_at=now()) for name in "ab"))
    for _ in range(settlement.LOOKS + 1):
        settlement.resolve(lost)
        lost.refresh_from_db()
    assert lost.state == JobState.NEEDS_REVIEW


@pytest.mark.parametrize(
    "row",
    [
        remote_job(created_at=now(-600)),
        remote_job(created_at=now(), model="seedream"),
        remote_job(created_at=now(), num_images=1),
        remote_job(created_at="yesterday"),
    ],
)
def test_a_job_that_does_not_fit_is_not_ours(lost: Job, httpserver: HTTPServer, row: dict[str, object]) -> None:
    listed(httpserver, row)
    settlement.resolve(lost)
    assert Job.objects.get(pk=lost.pk).state == JobState.UNKNOWN


def test_a_job_of_another_attempt_is_never_linked(lost: Job, httpserver: HTTPServer) -> None:
    Attempt.objects.create(job=lost, connection=lost.connection, token_hash="x", provider_job_id="job_abc123xyz")
    Attempt.objects.filter(token_hash="x").update(id="try_0")
    listed(httpserver, remote_job(created_at=now()))
    settlement.resolve(lost)
    assert Job.objects.get(pk=lost.pk).state == JobState.UNKNOWN


def test_a_worker_that_died_before_posting_costs_only_time(claimed: Job) -> None:
    Job.objects.filter(pk=claimed.pk).update(due_at=timezone.now())
    assert [hint.task for hint in dispatch.due()] == ["reclaim_job"]
    reclaim_job(claimed.id)
    assert Job.objects.get(pk=claimed.pk).state == JobState.QUEUED


def test_a_worker_that_died_while_posting_leaves_an_unknown_outcome(claimed: Job) -> None:
    attempt_of(claimed)
    Job.objects.filter(pk=claimed.pk).update(due_at=timezone.now())
    list(dispatch.due())
    reclaim_job(claimed.id)
    assert Job.objects.get(pk=claimed.pk).state == JobState.UNKNOWN
    assert Attempt.objects.get().outcome == Attempt.Outcome.UNKNOWN


def test_what_was_hinted_is_left_alone_for_a_while(submitted: Job) -> None:
    Job.objects.filter(pk=submitted.pk).update(due_at=timezone.now())
    assert [hint.task for hint in dispatch.due()] == ["settle_job"]
    assert list(dispatch.due()) == []
