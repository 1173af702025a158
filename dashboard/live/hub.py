"""One subscription of this process to every team's events, shared by all open streams."""

import asyncio
import logging
import signal
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from generation.database.redis_client import SECONDS, breaker
from generation.pipeline import events

log = logging.getLogger(__name__)

STREAMS_MAX = 500
"""Of one process."""
PERSON_MAX = 20
"""Of one person in one process; further pages poll."""
QUIET = 10.0
"""Seconds without events after which Valkey is asked whether it is there."""
BACKLOG = 100
"""Events that a slow browser may be behind; then its stream ends, and it looks at everything anew."""
END = b""


class Hub:
    """Hands each event to the streams that listen to its channel. Lives in one event loop."""

    def __init__(self) -> None:
        self._streams: dict[str, set[asyncio.Queue[bytes]]] = defaultdict(set)
        self._people: Counter[int] = Counter()
        self._reader: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    def has_room(self, user_id: int) -> bool:
        """Whether a person may open one more stream."""
        return self._people.total() < STREAMS_MAX and self._people[user_id] < PERSON_MAX

    async def open(self) -> None:
        """Be subscribed, so that nothing published from now on is missed. Raises ``RedisError`` or ``OSError``."""
        async with self._opening:
            if self._reader is None or self._reader.done():
                redis = Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0))
                pubsub = redis.pubsub()
                try:
                    with breaker.asking():
                        await _subscribe(pubsub)
                except BaseException:
                    await _close(redis, pubsub)
                    raise
                self._reader = asyncio.create_task(self._read(redis, pubsub))

    @contextmanager
    def listen(self, channel: str, *, user_id: int) -> Iterator[asyncio.Queue[bytes]]:
        """The channel's events as JSON texts; :data:`END` means that nothing more will come."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(BACKLOG)
        self._streams[channel].add(queue)
        self._people[user_id] += 1
        try:
            yield queue
        finally:
            self._people[user_id] -= 1
            if not self._people[user_id]:
                del self._people[user_id]
            self._streams[channel].discard(queue)
            if not self._streams[channel]:
                del self._streams[channel]
            if not self._streams and self._reader:
                self._reader.cancel()
                self._reader = None

    def end(self) -> None:
        """End all streams: their browsers come back, to another process or after the restart."""
        for queue in [queue for queues in self._streams.values() for queue in queues]:
            _finish(queue)

    async def _read(self, redis: Redis, pubsub: PubSub) -> None:
        is_asked = False
        try:
            while True:
                message = await pubsub.get_message(timeout=QUIET)
                if message is None and is_asked:
                    raise TimeoutError("Valkey does not answer.")
                if is_asked := message is None:
                    await pubsub.ping()
                elif message["type"] == "pmessage":
                    self._hand_out(message["channel"].decode(), message["data"])
        except (RedisError, OSError) as error:
            log.warning("Open pages hear nothing for a while: %s", error)
            self.end()
        finally:
            await _close(redis, pubsub)

    def _hand_out(self, channel: str, event: bytes) -> None:
        for queue in self._streams.get(channel, ()):
            try:
                queue.put_nowait(event)
            except asyncio.QueueFull:
                _finish(queue)


async def _subscribe(pubsub: PubSub) -> None:
    async with asyncio.timeout(SECONDS):
        await pubsub.psubscribe(events.channel("*"))
        await pubsub.get_message(timeout=None)


async def _close(redis: Redis, pubsub: PubSub) -> None:
    with suppress(RedisError, OSError):
        await pubsub.aclose()  # type: ignore[no-untyped-call]
        await redis.aclose()


def _finish(queue: asyncio.Queue[bytes]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(END)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop; a server has one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for gone in [known for known in _hubs if known.is_closed()]:
            del _hubs[gone]
        _hubs[loop] = Hub()
        _end_streams_with_the_server(_hubs[loop], loop)
    return _hubs[loop]


def _end_streams_with_the_server(open_hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
    """Let go of the browsers when the server is asked to stop: it waits for open answers, and these never end."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before) and before is not signal.default_int_handler:
            signal.signal(number, _after_ending(open_hub, loop, before))


def _after_ending(
    open_hub: Hub, loop: asyncio.AbstractEventLoop, before: Callable[[int, Any], Any]
) -> Callable[[int, Any], Any]:
    def handle(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(open_hub.end)
        before(number, frame)

    return handle
