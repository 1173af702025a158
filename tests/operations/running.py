"""A real ``manage.py up`` on a data folder of its own, for tests and benchmarks."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Running:
    """One supervisor as a subprocess; ``ready`` is what it printed."""

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        project: Path = ROOT,
        python: str = sys.executable,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.data, self.port = data, port or free_port()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [python, str(project / "manage.py"), "up", "--port", str(self.port), "--data", str(data), "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=surroundings() | dict(variables or {}),
        )
        self.ready: dict[str, Any] = {}

    def wait(self) -> "Running":
        """Until it says that it is ready; fails with what it said instead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        self.ready = json.loads(line)
        return self

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            answer.read()
            return int(answer.status)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Signal it and wait; exit status and the rest of both outputs."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err

    def pid(self, word: str) -> int:
        """The process of this data folder with this word in its command line."""
        return next(pid for pid, command in processes_of(self.data).items() if word in command)


def surroundings() -> dict[str, str]:
    """The environment of a person who has set nothing."""
    ours = ("PACKSHOT_", "REDIS_URL", "DATABASE_URL", "EMAIL_URL", "DJANGO_", "COV_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(data: Path) -> dict[int, str]:
    """Every live process that was given this data folder, by its command line or by its environment."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                told = f"PACKSHOT_DATA_DIR={data}\0".encode() in (entry / "environ").read_bytes()
            except OSError:
                continue
            if command and (told or f"--data {data} " in command or f"{data}/" in command):
                found[int(entry.name)] = command
    return found


def eventually(condition: Callable[[], bool], *, seconds: float = 30) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
