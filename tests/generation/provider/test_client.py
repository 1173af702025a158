import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation.contract import GenerateRequest, JobStatus
from generation.provider.client import (
    Client,
    KeyRefused,
    NotSent,
    OutcomeUnknown,
    OutOfCredits,
    ProviderError,
    Refused,
    SlowDown,
)
from tests.generation.conftest import ACCEPTED, completed, remote_job

REQUEST = GenerateRequest(model="nanobanana2", asset_id="asset_1", prompt="On marble", num_images=2)


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    url = httpserver.url_for("/v1")
    with Client(base_url=url, key="secret", seconds=2, trusted=[url]) as client:
        yield client


def test_submit_posts_the_documented_body_with_a_bearer_token(client: Client, httpserver: HTTPServer) -> None:
    body = {
        "model": "nanobanana2",
        "asset_id": "asset_1",
        "prompt": "On marble",
        "num_images": 2,
        "aspect_ratio": "1:1",
    }
    headers = {"Authorization": "Bearer secret", "Idempotency-Key": "try_1"}
    httpserver.expect_oneshot_request("/v1/generate", method="POST", json=body, headers=headers).respond_with_json(
        ACCEPTED, status=202
    )
    assert client.submit(REQUEST, idempotency_key="try_1").job_id == "job_abc123xyz"


def test_get_job_reads_pictures_and_true_cost(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(completed("http://p/1.png"))
    job = client.get_job("job_abc123xyz")
    assert (job.status, job.tokens_used, job.images[0].url) == (JobStatus.COMPLETED, 5, "http://p/1.png")


def test_lists_and_account_are_typed(client: Client, httpserver: HTTPServer) -> None:
    page = {"total": 7, "limit": 1, "offset": 2, "has_more": True}
    preset = {"preset_id": "preset_1", "name": "Beach", "category": "lifestyle", "recommended_models": ["seedream"]}
    asset = {"asset_id": "asset_1", "name": "Mug", "status": "ready", "width": 10, "height": 20, "tags": ["new"]}
    me = {"id": "u1", "email": "a@b.c", "plan": "pro", "credits": {"generations": 100}}
    httpserver.expect_request("/v1/jobs", query_string="limit=1&offset=2&status=failed").respond_with_json(
        {"jobs": [remote_job(status="failed")], **page}
    )
    httpserver.expect_request("/v1/presets").respond_with_json({"presets": [preset], **page})
    httpserver.expect_request("/v1/my-uploaded-assets").respond_with_json({"assets": [asset], **page})
    httpserver.expect_request("/v1/me").respond_with_json(me)
    assert client.list_jobs(limit=1, offset=2, status=JobStatus.FAILED).has_more
    assert client.list_presets(category="lifestyle").items[0].recommended_models == ("seedream",)
    assert client.list_assets().items[0].tags == ("new",)
    assert (client.get_account().plan, client.get_account().credits) == ("pro", 100)


def test_upload_sends_the_file_as_multipart(client: Client, httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        assert request.files["file"].read() == b"bytes"
        assert request.form["name"] == "Mug"
        return Response('{"asset_id": "asset_9", "status": "processing"}', status=201)

    httpserver.expect_request("/v1/training-asset", method="POST").respond_with_handler(answer)
    assert client.upload_asset(b"bytes", filename="m.png", mime="image/png", name="Mug").asset_id == "asset_9"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_request", Refused),
        (404, "not_found", Refused),
        (422, "invalid_request", Refused),
        (401, "unauthorized", KeyRefused),
        (403, "forbidden", KeyRefused),
        (402, "insufficient_credits", OutOfCredits),
        (500, "internal_error", OutcomeUnknown),
        (503, "unavailable", OutcomeUnknown),
        (302, "moved", OutcomeUnknown),
    ],
)
def test_errors_are_typed_and_keep_the_providers_words(
    client: Client, httpserver: HTTPServer, status: int, code: str, kind: type[ProviderError]
) -> None:
    httpserver.expect_request("/v1/generate").respond_with_json(
        {"error": {"code": code, "message": "Words"}}, status=status
    )
    with pytest.raises(kind, match="Words"):
        client.submit(REQUEST, idempotency_key="k")


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        ({"error": {"message": "m", "retry_after": 7}}, {}, 7),
        ({"error": {"message": "m"}}, {"Retry-After": "12"}, 12),
        ({"error": {"message": "m", "retry_after": 3}}, {"Retry-After": "12"}, 12),
        ({"error": {"message": "m", "retry_after": "soon"}}, {"Retry-After": "later"}, 60),
        ({}, {}, 60),
        ({"error": {"retry_after": 10**9}}, {}, 3600),
        ({"error": {"retry_after": 10**400}}, {}, 3600),
        ({"error": {"retry_after": float("nan")}}, {"Retry-After": "9" * 5000}, 3600),
        ({"error": "slow"}, {"Retry-After": "\xb2"}, 60),
    ],
)
def test_429_says_how_long_to_wait(
    client: Client, httpserver: HTTPServer, body: Any, headers: dict[str, str], seconds: int
) -> None:
    httpserver.expect_request("/v1/generate").respond_with_json(body, status=429, headers=headers)
    with pytest.raises(SlowDown) as raised:
        client.submit(REQUEST, idempotency_key="k")
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"job_id": null}', '{"job_id": ""}', "<html>"])
def test_an_unreadable_acceptance_leaves_the_outcome_unknown(client: Client, httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/v1/generate").respond_with_data(body, status=202)
    with pytest.raises(OutcomeUnknown):
        client.submit(REQUEST, idempotency_key="k")


def test_a_refused_connection_was_certainly_not_sent() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with Client(base_url=url, key="k", trusted=[url]) as client, pytest.raises(NotSent):
            client.submit(REQUEST, idempotency_key="k")


def test_an_unknown_host_was_certainly_not_sent() -> None:
    with Client(base_url="http://nowhere.invalid/v1", key="k") as client, pytest.raises(NotSent):
        client.submit(REQUEST, idempotency_key="k")


def test_where_nobody_may_connect_nothing_was_sent(httpserver: HTTPServer) -> None:
    said = "The provider could not be reached. The address is not on the public internet."
    with Client(base_url=httpserver.url_for("/v1"), key="k") as client, pytest.raises(NotSent) as raised:
        client.submit(REQUEST, idempotency_key="k")
    assert str(raised.value) == said and httpserver.log == []


Misbehaviour = Callable[[socket.socket], None]


def reset(peer: socket.socket) -> None:
    peer.recv(65536)


def drip_headers(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.sendall(b"HTTP/1.1 202 Accepted\r\n")
    _drip(peer, b"X-Slow: yes\r\n")


def drip_body(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n")
    _drip(peer, b"x")


def _drip(peer: socket.socket, drop: bytes) -> None:
    for _ in range(200):
        try:
            peer.sendall(drop)
        except OSError:
            return
        time.sleep(0.05)


@pytest.mark.parametrize("misbehave", [reset, drip_headers, drip_body])
def test_no_server_can_hold_us_longer_than_the_deadline(misbehave: Misbehaviour) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            with closing(server.accept()[0]) as peer:
                misbehave(peer)

        thread = threading.Thread(target=serve)
        thread.start()
        began = time.monotonic()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        with Client(base_url=url, key="k", seconds=0.5, trusted=[url]) as client, pytest.raises(OutcomeUnknown):
            client.submit(REQUEST, idempotency_key="k")
        assert time.monotonic() - began < 5
        thread.join()
