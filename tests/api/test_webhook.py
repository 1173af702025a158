"""The webhook that a caller asked for: the job object, signed, when the job has ended, until it arrives."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook, WebhookVerificationError

from dashboard.accounts.models import ApiKey, Team
from dashboard.api import deliveries
from dashboard.api.models import CallerDelivery
from dashboard.members.keys import webhook_secret
from generation.models import Batch, Job, JobState
from generation.pipeline import jobs
from tests.api.conftest import Script

MakeBody = Callable[..., dict[str, Any]]


def end(job: Job, *, code: str = "generation_failed") -> None:
    jobs._fail(job, sources=[JobState(job.state)], code=code, message="Too dark.")


def sweep() -> None:
    deliveries.take_up()
    for delivery_id in deliveries.due():
        deliveries.deliver(delivery_id)


@pytest.fixture
def receiver(httpserver: HTTPServer, settings: Any) -> Iterator[HTTPServer]:
    """The caller's server, which the operator trusts to be on a private network."""
    settings.TRUSTED_WEBHOOKS = [httpserver.url_for("")]
    yield httpserver


@pytest.fixture
def job(script: Script, spec: MakeBody, receiver: HTTPServer) -> Job:
    answer = script.post("generate", spec(webhook_url=receiver.url_for("/done")))
    return Job.objects.get(pk=answer.json()["job_id"])


def test_nothing_is_sent_before_the_job_ends(job: Job, receiver: HTTPServer) -> None:
    sweep()
    assert receiver.log == []


def test_jobs_that_still_run_are_not_asked_for(job: Job) -> None:
    """However many wait: the sweep comes every two seconds."""
    with CaptureQueriesContext(connection) as queries:
        sweep()
    read = [query["sql"] for query in queries]
    assert len(read) == 2 and not any("JOIN" in sql for sql in read)
    untold = Job.objects.filter(is_end_untold=True).order_by("pk")
    if connection.vendor == "sqlite":  # PostgreSQL reads a table of one row whole
        assert "job_end_untold" in untold.explain() and "caller_delivery_due" in due_rows().explain()


def due_rows() -> QuerySet[CallerDelivery]:
    return CallerDelivery.objects.filter(due_at__lte=timezone.now()).order_by("due_at")


@pytest.mark.parametrize("way", ["one", "all"])
def test_a_cancelled_job_is_told_too(job: Job, receiver: HTTPServer, way: str) -> None:
    receiver.expect_request("/done").respond_with_data()
    assert jobs.cancel(job) if way == "one" else jobs.cancel_all(Batch.objects.get(pk=job.batch_id))
    sweep()
    ((request, _),) = receiver.log
    assert request.json["status"] == "failed"


def test_a_job_that_ends_once_more_is_told_once_more(job: Job, receiver: HTTPServer) -> None:
    receiver.expect_request("/done").respond_with_data()
    end(job, code=jobs.GIVEN_UP)
    sweep()
    Job.objects.filter(pk=job.pk).update(state=JobState.RENDERED, finished_at=None)
    sweep()
    assert jobs.complete(Job.objects.get(pk=job.pk))
    sweep()
    sweep()
    delivery = CallerDelivery.objects.get()
    assert [request.headers["webhook-id"] for request, _ in receiver.log] == [delivery.id, f"{delivery.id}_late"]
    assert [request.json["status"] for request, _ in receiver.log] == ["failed", "completed"]
    assert delivery.due_at is None


def test_a_job_that_goes_on_before_its_end_was_told_is_told_when_it_ends(job: Job, receiver: HTTPServer) -> None:
    receiver.expect_request("/done").respond_with_data()
    end(job, code=jobs.GIVEN_UP)
    deliveries.take_up()
    Job.objects.filter(pk=job.pk).update(state=JobState.RENDERED, finished_at=None)
    sweep()
    assert receiver.log == []
    assert jobs.complete(Job.objects.get(pk=job.pk))
    sweep()
    assert [request.json["status"] for request, _ in receiver.log] == ["completed"]


def test_sends_the_job_object_signed_once(job: Job, receiver: HTTPServer, script: Script) -> None:
    receiver.expect_request("/done", method="POST").respond_with_data(status=204)
    end(job)
    sweep()
    sweep()
    ((request, _),) = receiver.log
    told = Webhook(webhook_secret(ApiKey.objects.get())).verify(request.data, dict(request.headers))
    assert told == script.get(f"jobs/{job.id}").json()
    assert told["status"] == "failed"
    delivery = CallerDelivery.objects.get()
    assert request.headers["webhook-id"] == delivery.id
    assert (delivery.attempts, delivery.answer, delivery.due_at) == (1, "HTTP 204", None)
    assert delivery.delivered_at


def test_each_key_signs_with_its_own_secret(job: Job, receiver: HTTPServer, team: Team, script: Script) -> None:
    receiver.expect_request("/done").respond_with_data()
    end(job)
    sweep()
    ((request, _),) = receiver.log
    other, _ = ApiKey.issue(team=team, name="Other", created_by=ApiKey.objects.get().created_by)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook_secret(other)).verify(request.data, dict(request.headers))


def test_tries_again_after_an_error_with_the_same_id(job: Job, receiver: HTTPServer) -> None:
    receiver.expect_ordered_request("/done").respond_with_data(status=500)
    receiver.expect_ordered_request("/done").respond_with_data()
    end(job)
    sweep()
    delivery = CallerDelivery.objects.get()
    assert (delivery.attempts, delivery.answer, delivery.delivered_at) == (1, "HTTP 500", None)
    sweep()
    assert len(receiver.log) == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=6), tick=True):
        sweep()
    assert [request.headers["webhook-id"] for request, _ in receiver.log] == [delivery.id] * 2
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.due_at) == (2, None)
    assert delivery.delivered_at


def test_gives_up_after_a_day(job: Job, receiver: HTTPServer) -> None:
    receiver.expect_request("/done").respond_with_data(status=500)
    end(job)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=True):
        sweep()
    delivery = CallerDelivery.objects.get()
    assert (delivery.due_at, delivery.delivered_at) == (None, None)


def test_does_not_follow_a_redirect(job: Job, receiver: HTTPServer) -> None:
    receiver.expect_request("/done").respond_with_data(status=307, headers={"Location": receiver.url_for("/inside")})
    end(job)
    sweep()
    assert [request.path for request, _ in receiver.log] == ["/done"]


def test_never_connects_to_a_private_address_that_nobody_trusts(job: Job, receiver: HTTPServer, settings: Any) -> None:
    settings.TRUSTED_WEBHOOKS = []
    end(job)
    sweep()
    assert receiver.log == []
    assert CallerDelivery.objects.get().answer == "The address is not on the public internet."


def test_trust_ends_with_the_host(script: Script, spec: MakeBody, settings: Any) -> None:
    settings.TRUSTED_WEBHOOKS = ["http://10.0.0.1"]
    assert script.post("generate", spec(webhook_url="http://10.0.0.1/x")).status_code == 202
    assert script.post("generate", spec(webhook_url="http://10.0.0.12/x")).status_code == 400
    assert script.post("generate", spec(webhook_url="http://10.0.0.1@10.0.0.12/x")).status_code == 400


def test_without_a_webhook_url_there_is_nothing_to_deliver(script: Script, spec: MakeBody) -> None:
    assert script.post("generate", spec()).status_code == 202
    assert not CallerDelivery.objects.exists()


def test_deliveries_of_an_earlier_version_wait_for_the_end_of_their_job(
    script: Script, spec: MakeBody, receiver: HTTPServer
) -> None:
    receiver.expect_request("/done").respond_with_data()
    asked = [script.post("generate", spec(webhook_url=receiver.url_for("/done"))).json() for _ in range(3)]
    running, untold, told = (Job.objects.get(pk=answer["job_id"]) for answer in asked)
    now = timezone.now()
    Job.objects.filter(pk__in=[untold.pk, told.pk]).update(state=JobState.FAILED, finished_at=now)
    CallerDelivery.objects.filter(job=told).update(delivered_at=now)
    CallerDelivery.objects.update(due_at=now)
    import_module("dashboard.api.migrations.0003_due_once_the_job_ended").wait_for_the_end(apps, None)
    assert list(CallerDelivery.objects.exclude(due_at=None).values_list("job", flat=True)) == [untold.pk]
    end(running)
    sweep()
    assert {request.json["job_id"] for request, _ in receiver.log} == {running.pk, untold.pk}
