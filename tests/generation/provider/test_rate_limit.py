"""The plan's requests: sending and looking share them, and a Valkey that is gone or hangs stops nothing."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_httpserver import HTTPServer
from redis.backoff import NoBackoff
from redis.retry import Retry

from generation import tasks
from generation.database.redis_client import _Bounded
from generation.models import Connection, Job, JobState
from generation.pipeline import jobs, settlement
from generation.provider import connections, rate_limit
from generation.provider.client import NoSlot
from generation.provider.rate_limit import Kind
from tests.generation.conftest import completed

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("limit", [2, 10, 60, 600])
def test_neither_sending_nor_looking_starves_the_other(limit: int) -> None:
    """Both always want more than there is; after the first window each has its share of every one."""
    owner, taken = f"busy {limit}", []
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5 * 61):
            for kind in (Kind.SEND, Kind.LOOK):
                while not rate_limit.take(owner, limit=limit, kind=kind):
                    taken.append((timezone.now(), kind))
            clock.shift(1)
    for minute in range(1, 5):
        began = NOON + timedelta(seconds=61 * minute)
        kinds = [kind for at, kind in taken if began <= at < began + timedelta(seconds=61)]
        assert len(kinds) <= limit + 1
        assert kinds.count(Kind.LOOK) >= Kind.LOOK.share(limit)
        assert kinds.count(Kind.SEND) >= Kind.SEND.share(limit)


@pytest.mark.parametrize("kind", list(Kind))
def test_who_is_alone_may_take_everything(kind: Kind) -> None:
    assert [rate_limit.take(f"alone {kind}", limit=10, kind=kind) for _ in range(10)] == [0] * 10
    assert rate_limit.take(f"alone {kind}", limit=10, kind=kind) > 0


def test_a_turn_that_nobody_claims_is_free_again_for_others() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(10):
            rate_limit.take("quiet", limit=10)
        assert rate_limit.take("quiet", limit=10, kind=Kind.LOOK) == pytest.approx(60)
        clock.shift(60)
        assert [rate_limit.take("quiet", limit=10) for _ in range(8)] == [0] * 8
        assert rate_limit.take("quiet", limit=10) == pytest.approx(5)
        clock.shift(5)
        assert rate_limit.take("quiet", limit=10) == 0


def test_every_call_of_a_client_takes_a_slot_but_the_post_of_a_job(
    connection: Connection, httpserver: HTTPServer
) -> None:
    connection.plan_limit = 2
    httpserver.expect_request("/v1/me").respond_with_json({"credits": {"generations": 1}})
    with connections.open_client(connection) as client:
        client.get_account()
        client.get_account()
        with pytest.raises(NoSlot, match=r"are used up\. Try again in \d\d seconds\."):
            client.get_account()
    assert len(httpserver.log) == 2


def test_what_was_not_sent_takes_no_slot(connection: Connection) -> None:
    connection.plan_limit, connection.base_url = 1, "http://127.0.0.1:9/v1"
    for _ in range(3):
        with pytest.raises(Exception, match="could not be reached"), connections.open_client(connection) as client:
            client.get_account()


@pytest.fixture(params=["missing", "hung"])
def no_valkey(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens, or somebody who never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1] if request.param == "hung" else 9
        client: Any = _Bounded(port=port, socket_timeout=0.2, socket_connect_timeout=0.2, retry=Retry(NoBackoff(), 0))
        for module in ("provider.rate_limit", "pipeline.events"):
            monkeypatch.setattr(f"generation.{module}.valkey", lambda: client)
        yield


def test_without_valkey_jobs_settle_all_the_same(no_valkey: None, claimed: Job, httpserver: HTTPServer) -> None:
    attempt, _ = jobs.begin_attempt(claimed) or pytest.fail("not ours")
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    httpserver.expect_request("/v1/jobs/job_abc123xyz").respond_with_json(completed("http://p/1.png", "http://p/2.png"))
    settlement.settle(attempt.job)
    assert attempt.job.state == JobState.RENDERED


def test_a_valkey_that_hangs_is_waited_for_once(
    no_valkey: None, connection: Connection, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/v1/me").respond_with_json({"credits": {"generations": 1}})
    tasks.check_balances(connection.id)
    began = time.monotonic()
    for _ in range(20):
        tasks.check_balances(connection.id)
    assert time.monotonic() - began < 20 * 0.2
    assert len(httpserver.log) == 21
