"""Celery messages, which are only hints: the rows are the truth, and a hint that is lost is sent again by the beat."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from celery import current_app
from kombu import Connection, Producer
from kombu.pools import producers

from generation.database.redis_client import FAILURES, SECONDS, breaker

log = logging.getLogger(__name__)


def send(task: str, *args: str | int, wait: float = 0) -> None:
    """Ask a worker to run a task, ``wait`` seconds from now. Nobody waits long for a broker that does not answer."""
    try:
        with breaker.asking(), _producer() as producer:
            current_app.send_task(task, args=args, countdown=wait or None, producer=producer, retry=False)
    except FAILURES as error:
        log.warning("The hint %s for %s was not sent: %s", task, args, error)


def hint(task: str, *ids: str, wait: float = 0) -> None:
    """:func:`send` for a task of ``generation.tasks``. A hint that is lost costs seconds."""
    send(f"generation.tasks.{task}", *ids, wait=wait)


@contextmanager
def _producer() -> Iterator[Producer]:
    with producers[_broker()].acquire(block=True, timeout=SECONDS) as producer:
        yield producer


@lru_cache(maxsize=1)
def _broker() -> Connection:
    """The broker as those who send hints reach it: a worker may be more patient with what it waits for all day."""
    bounds: dict[str, Any] = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "max_retries": 0}
    return current_app.connection_for_write(transport_options=bounds)
