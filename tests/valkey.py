"""A real Valkey of one's own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from dashboard.operations.valkey import program


@contextmanager
def running(socket: Path) -> Iterator[redis.Redis]:
    command = [str(program()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(socket.parent)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        client = redis.Redis.from_url(f"unix://{socket}")
        try:
            _wait(client)
            yield client
        finally:
            process.terminate()


def _wait(client: redis.Redis) -> None:
    for _ in range(200):
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.02)  # the server says nothing before it listens
        else:
            return
    raise RuntimeError("Valkey did not start")
