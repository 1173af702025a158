"""What only a real server can show: an answer that breaks off, and many callers at once."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from generation.contract import GenerateRequest
from generation.provider.client import Client, OutcomeUnknown


@dataclass(frozen=True)
class Server:
    root: str
    key: str

    def call(self, verb: str, path: str, idempotency: str = "", **options: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": idempotency}
        return requests.request(verb, self.root + path, headers=headers, timeout=10, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The sandbox behind a real uvicorn, with a database of its own and without any broker."""
    data = tmp_path_factory.mktemp("data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PACKSHOT_DATA_DIR": str(data),
        "PACKSHOT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "REDIS_URL": f"unix://{data}/no-broker.sock",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
    }
    django = [sys.executable, "-m", "django"]
    subprocess.run([*django, "migrate", "sandbox", "-v0"], env=environment, check=True)
    opening = [*django, "sandbox", "open", "alice@example.com", "--plan", "enterprise", "--credits", "100"]
    key = subprocess.run(opening, env=environment, check=True, capture_output=True, text=True).stdout.strip()
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:application", "--port", str(port), "--lifespan", "off"]
    with (data / "web.log").open("w") as log, subprocess.Popen(command, env=environment, stderr=log) as process:
        try:
            _wait(port, process, data / "web.log")
            yield Server(f"http://127.0.0.1:{port}/sandbox", key)
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)  # nothing tells when the server listens
        else:
            return
    raise RuntimeError(f"The server did not start: {log.read_text()}")


@pytest.fixture
def asset_id(server: Server, photo: bytes) -> str:
    return str(server.call("POST", "/v1/training-asset", files={"file": ("a.jpg", photo)}).json()["asset_id"])


def test_the_answer_is_lost_but_the_job_and_its_charge_are_there(server: Server, asset_id: str) -> None:
    before = server.call("GET", "/books").json()
    server.call("PUT", "/faults", json={"drop_answer": True, "times": 1})
    sent = {"model": "nanobanana", "asset_id": asset_id, "prompt": "on marble"}
    with pytest.raises(requests.exceptions.RequestException):
        server.call("POST", "/v1/generate", json=sent)
    after = server.call("GET", "/books").json()
    assert after["balance"] == before["balance"] - 3
    assert server.call("GET", "/v1/jobs").json()["jobs"][0]["job_id"] == after["charges"][-1]["job_id"]


def test_our_client_does_not_know_the_outcome(server: Server, asset_id: str) -> None:
    server.call("PUT", "/faults", json={"drop_answer": True, "times": 1})
    request = GenerateRequest(model="nanobanana", prompt="on marble", asset_id=asset_id)
    with Client(base_url=f"{server.root}/v1", key=server.key, trusted=[server.root]) as client:
        with pytest.raises(OutcomeUnknown):
            client.submit(request, idempotency_key="one")
        spent = server.call("GET", "/books").json()["balance"]
        again = client.submit(request, idempotency_key="one")
        assert client.get_job(again.job_id).status == "pending"
    assert server.call("GET", "/books").json()["balance"] == spent


def test_an_image_may_come_from_the_servers_own_links(server: Server, asset_id: str) -> None:
    """The web process fetches from itself, which must not stand still."""
    url = server.call("GET", "/v1/my-uploaded-assets").json()["assets"][0]["url"]
    sent = {"model": "nanobanana", "image_url": url, "prompt": "on marble"}
    assert server.call("POST", "/v1/generate", json=sent).status_code == 202


def test_many_callers_with_one_idempotency_key_share_one_job(server: Server, asset_id: str) -> None:
    charges = len(server.call("GET", "/books").json()["charges"])
    sent = {"model": "nanobanana", "asset_id": asset_id, "prompt": "on marble"}
    with ThreadPoolExecutor(8) as callers:
        told = [callers.submit(server.call, "POST", "/v1/generate", idempotency="two", json=sent) for _ in range(8)]
    assert len({answer.result().json()["job_id"] for answer in told}) == 1
    assert len(server.call("GET", "/books").json()["charges"]) == charges + 1


def test_many_callers_at_once_never_overdraw_and_are_never_denied_what_is_there(server: Server, asset_id: str) -> None:
    balance = server.call("GET", "/books").json()["balance"]
    sent = {"model": "gpt-high", "asset_id": asset_id, "prompt": "on marble"}
    with ThreadPoolExecutor(8) as callers:
        told = [callers.submit(server.call, "POST", "/v1/generate", json=sent) for _ in range(balance // 8 + 4)]
    statuses = Counter(answer.result().status_code for answer in told)
    assert statuses == {202: balance // 8, 402: 4}
    assert server.call("GET", "/books").json()["balance"] == balance % 8
