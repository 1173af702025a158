"""Requests that wait for other servers keep nobody else waiting."""

import asyncio
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Thread

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core import mail

from dashboard.operations import gates
from dashboard.operations.gates import GatePlace, Gates
from generation import contract
from generation.network import deadline, download
from generation.network.deadline import Crowded
from generation.provider import contract_http
from generation.provider.client import Client, NotSent
from tests.generation.credits.test_many_requests import PREPARE, place, python, web  # noqa: F401 (a fixture)
from tests.operations.running import eventually

STUCK = gates.ORDINARY + gates.OUTGOING


class Silent:
    """A server that takes connections and says nothing until it hangs up on all of them."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.taken: list[socket.socket] = []
        self._hangs_up = False
        Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                found, _ = self._listener.accept()
            except OSError:
                return
            if self._hangs_up:
                found.close()
            else:
                self.taken.append(found)

    def hang_up(self) -> None:
        self._hangs_up = True
        for found in self.taken:
            found.close()

    def close(self) -> None:
        self.hang_up()
        self._listener.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    yield server
    server.close()


def status(url: str, body: dict[str, str] | None = None, *, secret: str = "") -> int:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.timeout(900)  # on a busy machine
def test_health_hooks_and_pages_answer_while_views_are_stuck_elsewhere(
    place: dict[str, str],  # noqa: F811
    silent: Silent,
) -> None:
    _, (secret, *_) = json.loads(python(place, "-c", PREPARE))
    with ExitStack() as stack:
        # Our own links are the only private addresses that are fetched from, so the silent server plays ourselves.
        port = stack.enter_context(web(place | {"PACKSHOT_PUBLIC_URL": silent.url}))
        pool = stack.enter_context(ThreadPoolExecutor(STUCK))
        stack.callback(silent.hang_up)
        ours = f"http://127.0.0.1:{port}"
        photo = {"url": f"{silent.url}/files/photo"}
        stuck: list[Future[int]] = [
            pool.submit(status, f"{ours}/v1/training-asset", photo, secret=secret) for _ in range(STUCK)
        ]
        assert eventually(lambda: len(silent.taken) >= gates.OUTGOING)
        assert status(f"{ours}/healthz") == 200
        assert status(f"{ours}/hooks/unknown", {}) == 404
        assert status(f"{ours}/accounts/login/") == 200
        assert status(f"{ours}/v1/me", secret=secret) == 200
        assert status(f"{ours}/events/") == 404
        assert len(silent.taken) == gates.OUTGOING
        assert not any(one.done() for one in stuck)
        silent.hang_up()
        assert {one.result() for one in stuck} == {400}
        with ThreadPoolExecutor(30) as crowd:
            assert set(crowd.map(lambda _: status(f"{ours}/v1/me", secret=secret), range(60))) == {200}


def test_the_gates_add_up_to_the_connections_that_there_are() -> None:
    variables = {"DATABASE_URL": "postgres://nobody@127.0.0.1/nothing", "PACKSHOT_SECRET_KEY": "a secret"}
    said = python(variables, "-c", "from dashboard.settings import DATABASES as all; print(all['default']['OPTIONS'])")
    assert f"'max_size': {gates.CONNECTIONS}," in said


def test_a_place_is_given_back_for_as_long_as_its_request_calls_out() -> None:
    async def scene() -> None:
        mine = Gates()
        here = GatePlace(mine, "/generate/")
        await here.take()
        others = [GatePlace(mine, "/generate/") for _ in range(gates.ORDINARY - 1)]
        for other in others:
            await other.take()

        def call_out() -> None:
            with here.outside(), here.outside():
                async_to_sync(come_and_go)()

        async def come_and_go() -> None:
            newcomer = GatePlace(mine, "/gallery/")
            await asyncio.wait_for(newcomer.take(), 20)
            newcomer.end()

        await sync_to_async(call_out)()
        for one in [here, *others]:
            one.end()
        assert mine.of("/generate/")._value == gates.ORDINARY

    asyncio.run(scene())


def test_whoever_waits_too_long_to_call_out_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "PATIENCE", 0.05)
    mine = Gates()
    with ExitStack() as full:
        for _ in range(gates.OUTGOING):
            full.enter_context(mine.calling_out())
        before = deadline.surroundings.set(mine.calling_out)
        try:
            nowhere = "http://127.0.0.1:9/"
            client = Client(base_url=f"{nowhere}v1", key="k", trusted=[nowhere])
            with client, pytest.raises(NotSent, match="Try again"):
                client.get_account()
            with pytest.raises(download.FetchError, match="Too many requests are waiting"):
                download.download("http://127.0.0.1:9/photo", max_bytes=10, trusted=["http://127.0.0.1:9/"])
            with pytest.raises(contract.ContractError) as refused:
                contract_http.fetch_photo("http://127.0.0.1:9/photo", parameter="url", trusted=["http://127.0.0.1:9/"])
            assert (refused.value.status, refused.value.retry_after) == (429, 5)
            backend = mail.get_connection("dashboard.operations.mail.EmailBackend", host="127.0.0.1", port=9)
            with pytest.raises(Crowded):
                mail.EmailMessage("Hello", "", None, ["bob@example.com"], connection=backend).send()
        finally:
            deadline.surroundings.reset(before)
    with mine.calling_out():
        pass


def test_few_wait_to_call_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "WAITING", 1)
    mine = Gates()
    with mine.calling_out(), pytest.raises(Crowded), mine.calling_out():
        pass
