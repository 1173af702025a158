"""The webhook that a caller asked for: the job object, signed, when the job has ended, until it arrives."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook, WebhookVerificationError

from dashboard.accounts.models import ApiKey, Team
from dashboard.api import deliveries
from dashboard.api.models import CallerDelivery
from dashboard.members.keys import webhook_secret
from generation.models import Job, JobState
from tests.api.conftest import Script

MakeBody = Callable[..., dict[str, Any]]


def end(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error_code="generation_failed", error_message="Too dark.", finished_at=timezone.now()
    )


def sweep() -> None:
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
