import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError
from werkzeug import Request, Response

from generation.sandbox import webhooks
from generation.sandbox.models import Delivery, SandboxAsset, SandboxJob, SandboxKey
from tests.generation.sandbox.caller import Caller, Finish, Submit


class Receiver:
    """Keeps what arrives at ``url`` and answers with ``status``."""

    def __init__(self, server: Any) -> None:
        self.url = server.url_for("/hooks/token")
        self.status = 204
        self.seen: list[tuple[dict[str, str], bytes]] = []
        server.expect_request("/hooks/token").respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        self.seen.append((dict(request.headers), request.get_data()))
        return Response(status=self.status, headers={"Location": self.url} if self.status == 307 else {})


@pytest.fixture
def receiver(httpserver: Any, settings: Any) -> Receiver:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    return Receiver(httpserver)


def deliver_due() -> None:
    for delivery_id in webhooks.due():
        webhooks.deliver(delivery_id=delivery_id)


def test_the_job_is_sent_as_get_shows_it_and_signed(
    caller: Caller, account: SandboxKey, submit: Submit, finish: Finish, receiver: Receiver
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        job = finish(submit(webhook_url=receiver.url))
        deliver_due()
        shown = caller.get(f"/v1/jobs/{job.id}").json()
    ((headers, body),) = receiver.seen
    assert json.loads(body) == shown
    assert headers["Content-Type"] == "application/json"
    Webhook(account.webhook_secret).verify(body, headers)
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.due_at, delivery.answer) == (1, None, "HTTP 204")


def test_a_failed_job_is_told_too(submit: Submit, finish: Finish, receiver: Receiver) -> None:
    finish(submit({"failure": True}, webhook_url=receiver.url))
    deliver_due()
    assert json.loads(receiver.seen[0][1])["status"] == "failed"


@pytest.mark.parametrize("status", [404, 410, 500, 307])
def test_a_refused_webhook_is_tried_again_with_growing_gaps(
    submit: Submit, finish: Finish, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    with time_machine.travel(timezone.now(), tick=False) as clock:
        finish(submit(webhook_url=receiver.url))
        gaps = []
        for _ in range(4):
            deliver_due()
            gap = Delivery.objects.get().due_at - timezone.now()
            gaps.append(gap.total_seconds())
            clock.shift(gap)
        receiver.status = 200
        deliver_due()
    assert gaps == [5, 20, 80, 320]
    assert len(receiver.seen) == 5
    assert len({headers["Webhook-Id"] for headers, _ in receiver.seen}) == 1
    assert Delivery.objects.get().delivered_at is not None


def test_it_gives_up_after_a_day(submit: Submit, finish: Finish, receiver: Receiver) -> None:
    receiver.status = 500
    finish(submit(webhook_url=receiver.url))
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        deliver_due()
    delivery = Delivery.objects.get()
    assert (delivery.due_at, delivery.delivered_at, delivery.answer) == (None, None, "HTTP 500")


def test_a_delivery_that_is_under_way_is_not_sent_by_a_second_worker(
    submit: Submit, finish: Finish, receiver: Receiver
) -> None:
    finish(submit(webhook_url=receiver.url))
    Delivery.objects.update(due_at=timezone.now() + webhooks.LEASE)
    webhooks.deliver(delivery_id=Delivery.objects.get().pk)
    assert receiver.seen == []


PRIVATE = ["http://127.0.0.1:9/hook", "http://localhost:9/", "{public}/hooks/../accounts/login/", "http://[::1]/"]


@pytest.mark.parametrize("url", [*PRIVATE, "http://", "https://exa mple", "http://[::1"])
def test_what_no_webhook_would_be_sent_to_is_refused_at_once(
    caller: Caller, asset: SandboxAsset, receiver: Receiver, httpserver: Any, url: str
) -> None:
    address = url.format(public=httpserver.url_for("").rstrip("/"))
    body = {"model": "nanobanana", "asset_id": asset.id, "prompt": "on marble", "webhook_url": address}
    answer = caller.post("/v1/generate", body)
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        {
            "code": "invalid_request",
            "message": "Invalid parameter: webhook_url. It must be an address on the public internet.",
        },
    )
    assert not SandboxJob.objects.exists()


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_receiver_is_never_spoken_to(
    submit: Submit, finish: Finish, receiver: Receiver, httpserver: Any, url: str
) -> None:
    job = submit(webhook_url=receiver.url)
    SandboxJob.objects.filter(pk=job.pk).update(webhook_url=url.format(public=httpserver.url_for("").rstrip("/")))
    finish(job)
    deliver_due()
    assert httpserver.log == []
    assert Delivery.objects.get().answer == "The address is not on the public internet."


def test_a_receiver_that_the_operator_trusts_is_told(
    submit: Submit, finish: Finish, httpserver: Any, settings: Any
) -> None:
    settings.TRUSTED_WEBHOOKS = [httpserver.url_for("/inside")]
    httpserver.expect_request("/inside/done").respond_with_data()
    finish(submit(webhook_url=httpserver.url_for("/inside/done")))
    deliver_due()
    assert Delivery.objects.get().delivered_at


def test_a_receiver_whose_name_nobody_knows_does_no_harm(submit: Submit, finish: Finish) -> None:
    finish(submit(webhook_url="http://no-such-host.invalid/"))
    deliver_due()
    assert Delivery.objects.get().delivered_at is None


def test_no_webhook_url_no_webhook(submit: Submit, finish: Finish) -> None:
    finish(submit())
    assert not Delivery.objects.exists()


def test_never(submit: Submit, finish: Finish, receiver: Receiver) -> None:
    finish(submit({"webhook": "never"}, webhook_url=receiver.url))
    assert not Delivery.objects.exists()


def test_twice_is_the_same_message_twice(submit: Submit, finish: Finish, receiver: Receiver) -> None:
    finish(submit({"webhook": "twice"}, webhook_url=receiver.url))
    deliver_due()
    first, second = receiver.seen
    assert first[0]["Webhook-Id"] == second[0]["Webhook-Id"]
    assert json.loads(first[1])["job_id"] == json.loads(second[1])["job_id"]


def test_late_comes_so_many_seconds_after_the_end(submit: Submit, finish: Finish, receiver: Receiver) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        finish(submit({"webhook": "late", "late_seconds": 30}, webhook_url=receiver.url))
        deliver_due()
        assert receiver.seen == []
        clock.shift(30)
        deliver_due()
    assert len(receiver.seen) == 1


def test_early_comes_complete_before_the_answer_to_the_request(submit: Submit, receiver: Receiver) -> None:
    job = submit({"webhook": "early"}, webhook_url=receiver.url)
    ((_, body),) = receiver.seen
    told = json.loads(body)
    assert (told["job_id"], told["status"]) == (job.id, "completed")
    assert SandboxJob.objects.get().status == "completed"


def test_forged_is_a_lie_with_a_wrong_signature_before_the_truth(
    account: SandboxKey, submit: Submit, finish: Finish, receiver: Receiver
) -> None:
    job = submit({"webhook": "forged", "failure": True}, webhook_url=receiver.url)
    deliver_due()
    finish(job)
    deliver_due()
    (lie_headers, lie), (headers, truth) = receiver.seen
    assert json.loads(lie)["status"] == "completed"
    assert json.loads(truth)["status"] == "failed"
    with pytest.raises(WebhookVerificationError):
        Webhook(account.webhook_secret).verify(lie, lie_headers)
    Webhook(account.webhook_secret).verify(truth, headers)
