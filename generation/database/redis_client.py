"""The one Redis or Valkey client, and how little anybody waits for it. Whatever it forgets must only cost time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any

import redis
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 1.0
"""How long anybody waits for an answer."""
PAUSE = 3.0
"""Seconds for which nobody asks again after one that failed."""
REMEMBERED = 30.0
"""Seconds for which a failure says something of now, where nobody has asked since."""
FAILURES = (redis.ConnectionError, redis.TimeoutError, OperationalError, OSError)


class Unavailable(redis.ConnectionError):
    """It did not answer a moment ago, so nobody asks now."""


class Breaker:
    """What this process knows of Valkey: after a failure one asks again at a time, and the others go on without it.

    So a request that would ask ten times waits once, and a hundred requests do not wait one after another.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._failed_at: float | None = None
        self._next_try = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around whatever waits for an answer. Raises :class:`Unavailable` instead of beginning."""
        with self._lock:
            now = time.monotonic()
            if self._failed_at is not None:
                if now < self._next_try:
                    raise Unavailable("Valkey did not answer a moment ago.")
                self._next_try = now + PAUSE
        try:
            yield
        except FAILURES:
            with self._lock:
                self._failed_at = time.monotonic()
                self._next_try = self._failed_at + PAUSE
            raise
        self._failed_at = None

    @property
    def is_open(self) -> bool:
        """Whether it did not answer when it was last asked, and that was lately."""
        failed_at = self._failed_at
        return failed_at is not None and time.monotonic() - failed_at < REMEMBERED


breaker = Breaker()


class _Bounded(redis.Redis):
    def execute_command(self, *args: Any, **options: Any) -> Any:
        with breaker.asking():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1)
def valkey() -> redis.Redis:
    """Raises ``RedisError`` within :data:`SECONDS`."""
    return _Bounded.from_url(
        settings.REDIS_URL,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 0),
    )
