"""A connection that is led elsewhere while jobs are under way: none is sent to, or asked of, the wrong account."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.connections.actions import connect
from dashboard.studio.actions import NotPossible
from generation.contract import Account
from generation.media import pictures
from generation.models import Attempt, Connection, Job, JobState
from generation.pipeline import dispatch, jobs, listing, settlement, submission
from generation.provider import connections
from tests.generation.conftest import ACCEPTED, remote_job

Order = Callable[..., Job]


@pytest.fixture
def admin(team: Team, ada: User) -> Actor:
    return Actor(team, Role.ADMIN, user=ada)


def move(admin: Actor, base_url: str = "http://127.0.0.1:9/v1", *, key: str = "new-key") -> None:
    connect(admin, base_url=base_url, key=key, plan="pro", photo_delivery="asset", account=None)


def test_a_job_chosen_before_the_change_goes_where_the_connection_leads_after_it(
    order: Order, connection: Connection, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order()
    claim = jobs.claim

    def overtaken(job: Job) -> bool:
        move(admin)
        return claim(job)

    monkeypatch.setattr(jobs, "claim", overtaken)
    job = dispatch.next_job(connection.id).job
    assert job is not None
    assert (job.connection.base_url, job.connection.key) == ("http://127.0.0.1:9/v1", "new-key")


@pytest.mark.parametrize("change", [{"base_url": "http://127.0.0.1:9/v1"}, {"key": "another"}, {"pause": "person"}])
def test_a_change_until_the_post_leaves_keeps_it_here(
    claimed: Job, httpserver: HTTPServer, change: dict[str, str]
) -> None:
    Connection.objects.update(**change)
    submission.submit(claimed)
    assert (claimed.state, httpserver.log) == (JobState.QUEUED, [])
    assert not Attempt.objects.exists()


def test_a_photo_uploaded_to_the_account_left_behind_is_not_known_to_the_next(
    order: Order, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = order()
    jobs.claim(job)
    read = pictures.read

    def moved_meanwhile(key: str) -> bytes:
        Connection.objects.update(base_url="http://127.0.0.1:9/v1")
        return read(key)

    monkeypatch.setattr(pictures, "read", moved_meanwhile)
    httpserver.expect_request("/v1/training-asset").respond_with_json({"asset_id": "asset_9"}, status=201)
    submission.submit(job)
    job.asset.refresh_from_db()
    assert (job.state, job.asset.provider_id) == (JobState.QUEUED, "")


def test_the_account_is_not_left_while_it_has_jobs(claimed: Job, admin: Actor) -> None:
    with pytest.raises(NotPossible, match="still being made there"):
        move(admin)


def under_way(job: Job, *, answered: bool = True) -> Job:
    attempt, _ = jobs.begin_attempt(job) or pytest.fail("not ours")
    if answered:
        jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    else:
        jobs.mark_unknown(job, attempt=attempt, detail="reset")
    return attempt.job


@pytest.mark.parametrize("answered", [True, False])
def test_an_account_whose_key_is_refused_may_be_left_and_its_jobs_are_a_persons_decision(
    claimed: Job, admin: Actor, httpserver: HTTPServer, answered: bool
) -> None:
    under_way(claimed, answered=answered)
    connections.stop(claimed.connection, pause=Connection.Pause.KEY, message="Invalid key")
    httpserver.expect_request("/v1/jobs").respond_with_json(
        {"jobs": [remote_job(created_at=timezone.now().isoformat())]}
    )
    move(admin, httpserver.url_for("/v1/"))
    job = Job.objects.select_related("connection").get()
    listing.sweep(job.connection)
    (settlement.settle if answered else settlement.resolve)(job)
    job.refresh_from_db()
    assert (job.state, job.error_message) == (JobState.NEEDS_REVIEW, settlement.EARLIER_ACCOUNT)
    assert not [request for request, _ in httpserver.log if request.path.startswith("/v1/jobs/")]


def test_a_new_key_is_held_against_the_account_that_was_read_last(
    claimed: Job, admin: Actor, httpserver: HTTPServer
) -> None:
    """The old key is refused, as it is when a new one is given, and cannot say whose it was."""
    under_way(claimed)
    connection = claimed.connection
    readings: Any = {"team_id": connection.team_id, "balance": 5, "captured_in_all": 0}
    connection.reconciliations.create(checked_at=timezone.now(), account="acct_1", **readings)
    httpserver.expect_request("/v1/me").respond_with_json({}, status=401)
    facts: dict[str, Any] = {"base_url": connection.base_url, "plan": "pro", "photo_delivery": "asset"}
    with pytest.raises(NotPossible):
        connect(admin, key="k2", account=Account("acct_2", "", "pro", 5), **facts)
    connect(admin, key="k3", account=Account("acct_1", "", "pro", 5), **facts)
    assert Connection.objects.get().moved_at is None


def test_jobs_sent_after_the_change_are_asked_for_as_ever(
    claimed: Job, connection: Connection, httpserver: HTTPServer
) -> None:
    Connection.objects.update(moved_at=timezone.now() - timedelta(minutes=1))
    httpserver.expect_request("/v1/generate").respond_with_json(ACCEPTED, status=202)
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(remote_job(progress=40))
    job = Job.objects.select_related("connection", "asset").get()
    submission.submit(job)
    settlement.settle(job)
    assert Job.objects.get().progress == 40
