"""A total deadline for an HTTP exchange, and the certainty whether its request left this machine.

``requests`` timeouts are per read, so a server that drips a byte a second could hold a worker for ever.
Here a timer shuts the socket down when the time is over, whatever phase the exchange is in.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_local = threading.local()
surroundings: ContextVar[Callable[[], contextlib.AbstractContextManager[None]]] = ContextVar(
    "surroundings", default=contextlib.nullcontext
)
"""What goes around each time that this context calls out: a web server lets others in meanwhile."""


class Crowded(requests.RequestException):
    """Too many call out already, and nothing was sent. The text is one clear sentence."""


def calling_out() -> contextlib.AbstractContextManager[None]:
    """For what asks other servers by other means than a :class:`DeadlineAdapter`. Raises :class:`Crowded`."""
    return surroundings.get()()


class Exchange:
    """What is known of the exchange under way in this thread."""

    def __init__(self) -> None:
        self.sent = False
        """Whether a byte of the request may have left: false means it certainly did not."""
        self.expired = False
        self.crowded: Crowded | None = None
        """Why nothing may be sent."""
        self._connection: HTTPConnection | None = None

    def watch(self, connection: HTTPConnection) -> None:
        self._connection = connection
        self.sent = True

    def cut(self) -> None:
        self.expired = True
        sock = self._connection.sock if self._connection else None
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[Exchange]:
    """Bound everything that this thread asks of a :class:`DeadlineAdapter` within the block."""
    exchange = Exchange()
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(calling_out())
        except Crowded as error:
            exchange.crowded = error
        timer = threading.Timer(seconds, exchange.cut)
        timer.daemon = True
        timer.start()
        _local.exchange = exchange
        try:
            yield exchange
        finally:
            timer.cancel()
            _local.exchange = None


def _current() -> Exchange | None:
    return getattr(_local, "exchange", None)


def is_over() -> bool:
    """Whether the time of this thread's exchange has run out."""
    exchange = _current()
    return exchange is not None and exchange.expired


class WatchedConnection(HTTPConnection):
    def send(self, data: Any) -> None:
        # Connect before marking the request as sent: a refused connection proves that nothing left.
        if self.sock is None:
            self.connect()
        exchange = _current()
        if exchange:
            if exchange.expired:  # while it connected, when there was nothing to cut
                raise TimeoutError("the time was over before all of the request had left")
            exchange.watch(self)
        super().send(data)


class WatchedTLSConnection(WatchedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = WatchedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = WatchedTLSConnection


class DeadlineAdapter(HTTPAdapter):
    """The transport of every request that we make: no retries, no proxies, watched connections."""

    pools: Mapping[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TLSPool}

    def send(self, *args: Any, **options: Any) -> requests.Response:
        exchange = _current()
        if exchange and exchange.crowded:
            raise exchange.crowded
        return super().send(*args, **options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = dict(self.pools)
