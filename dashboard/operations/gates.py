"""How many requests are answered at a time, so that nobody waits for ever behind others that wait for something else.

Health checks and providers' webhooks pass whatever else is stuck. A request that calls out (a key that is tested, a
photo at an address, a mail) gives its place back meanwhile, and its connection to the database: a few may call out at
a time, the others wait a while and then say so. Together the gates let in as many as there are connections.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.db import connection

from generation.network.deadline import Crowded

ESSENTIAL, STREAMS, ORDINARY, OUTGOING = 2, 2, 12, 4
CONNECTIONS = ESSENTIAL + STREAMS + ORDINARY + OUTGOING
ESSENTIAL_PATHS = ("/healthz", "/hooks/")
STREAMS_PATH = "/events/"
WAITING = 40
"""Requests that may wait to call out or do so; each has a thread."""
PATIENCE = 10.0
"""Seconds that a request waits to call out."""
CROWDED = "Too many requests are waiting for other servers right now. Try again in a moment."


class Gates:
    """Those of one event loop."""

    def __init__(self) -> None:
        self._essential = asyncio.Semaphore(ESSENTIAL)
        self._streams = asyncio.Semaphore(STREAMS)
        self._ordinary = asyncio.Semaphore(ORDINARY)
        self._outgoing = BoundedSemaphore(OUTGOING)
        self._waiting = BoundedSemaphore(WAITING)

    def of(self, path: str) -> asyncio.Semaphore:
        if path.startswith(ESSENTIAL_PATHS):
            return self._essential
        return self._streams if path == STREAMS_PATH else self._ordinary

    @contextmanager
    def calling_out(self) -> Iterator[None]:
        """Wait for one of the few places, for a while. Raises :class:`Crowded`."""
        if not self._waiting.acquire(blocking=False):
            raise Crowded(CROWDED)
        try:
            if not self._outgoing.acquire(timeout=PATIENCE):
                raise Crowded(CROWDED)
            try:
                yield
            finally:
                self._outgoing.release()
        finally:
            self._waiting.release()


class GatePlace:
    """A request's place behind its gate. What changes it happens in the event loop alone."""

    def __init__(self, gates: Gates, path: str) -> None:
        self._gates, self._gate = gates, gates.of(path)
        self._loop = asyncio.get_running_loop()
        self._is_held = self._has_ended = self._is_outside = False

    async def take(self) -> None:
        await self._gate.acquire()
        self._is_held = True
        if self._has_ended:  # the browser went away while its view called out
            self._give_back()

    def end(self) -> None:
        self._has_ended = True
        self._give_back()

    def _give_back(self) -> None:
        if self._is_held:
            self._is_held = False
            self._gate.release()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Around whatever the request's thread asks of other servers."""
        if self._is_outside:
            yield
            return
        self._is_outside = True
        if not connection.in_atomic_block:
            connection.close()
        self._loop.call_soon_threadsafe(self._give_back)
        try:
            with self._gates.calling_out():
                yield
        finally:
            asyncio.run_coroutine_threadsafe(self.take(), self._loop).result()
            self._is_outside = False
