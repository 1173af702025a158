"""What ``manage.py up`` checks before it starts anything, and what it says when everything runs."""

import errno
import fcntl
import hashlib
import json
import os
import socket
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dashboard import data_folder
from dashboard.operations.refusal import Refusal, explain, require_space

SPACE = 50  # MB that must be free under the data folder


class Place:
    """The folders and files of one running Packshot, all below its data folder."""

    def __init__(self, data: Path, options: Namespace) -> None:
        self.project = Path(__file__).resolve().parents[2]
        self.data = data.expanduser().resolve()
        self.logs, self.run = self.data / "logs", self.data / "run"
        self.lock, self.processes, self.prepared = (self.run / name for name in ("lock", "processes.json", "prepared"))
        named = options.host not in ("0.0.0.0", "::", "127.0.0.1")  # noqa: S104
        host = (f"[{options.host}]" if ":" in options.host else options.host) if named else "127.0.0.1"
        self.url = (os.environ.get("PACKSHOT_PUBLIC_URL") or f"http://{host}:{options.port}").rstrip("/")
        self.host = self.url.partition("://")[2].partition("/")[0]


def arguments(words: list[str]) -> Namespace:
    """The options of ``up``; the environment gives their defaults."""
    parser = ArgumentParser(prog="manage.py up", description="Start Packshot and everything it needs.")
    parser.add_argument("--port", type=int, default=os.environ.get("PACKSHOT_PORT", "8000"), help="default: 8000")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; default: this machine only")
    data = os.environ.get("PACKSHOT_DATA_DIR") or str(Path(__file__).resolve().parents[2] / ".data")
    parser.add_argument("--data", default=data, help="folder for everything it writes; default: .data in the project")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready, and nothing else")
    options = parser.parse_args(words)
    if not 1 <= options.port <= 65535:
        raise Refusal(f"There is no port {options.port}: choose one from 1 to 65535.")
    return options


@contextmanager
def claim(place: Place) -> Iterator[None]:
    """Make the data folder and hold it: one supervisor at a time."""
    os.umask(data_folder.UMASK)
    try:
        for folder in (place.data, place.logs, place.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if problem := data_folder.shut(place.data):
            say(problem)
        lock = os.open(place.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refusal(f"{place.data} cannot hold the data: {explain(error)}. Choose another with --data.") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 300).decode(errors="replace").strip()
            raise Refusal(f"Packshot already runs on {place.data} ({holder}). Stop it or use --data.") from None
        require_space(place.data, megabytes=SPACE)
        try:
            os.truncate(lock, 0)
            os.write(lock, f"process {os.getpid()}, {place.url}".encode())
        except OSError as error:
            raise Refusal(f"{place.data} cannot be written: {explain(error)}.") from error
        yield
    finally:
        os.close(lock)


def require_port(host: str, port: int) -> None:
    """Refuse when nobody could listen there."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refusal(f"Port {port} is taken by another program. Choose one with --port.") from error
        raise Refusal(f"Nothing can listen on {host} port {port}: {explain(error)}.") from error


def environment(place: Place, options: Namespace) -> dict[str, str]:
    """What every child is told."""
    given = {
        "PACKSHOT_DATA_DIR": str(place.data),
        "PACKSHOT_PORT": str(options.port),
        "PACKSHOT_PUBLIC_URL": place.url,
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(place.project), os.environ.get("PYTHONPATH")])),
        "PYTHONUNBUFFERED": "1",
    }
    spared = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # memory
    given["REDIS_URL"] = os.environ.get("REDIS_URL") or f"unix://{data_folder.socket_path(place.data)}"
    return spared | os.environ | given


def prepared_as(place: Place, *, now: bool = False) -> str:
    """The shape of the database as last prepared if it is the one this code wants; with ``now``, the one it wants."""
    names = sorted(str(path.relative_to(place.project)) for path in place.project.glob("*/**/migrations/*.py"))
    wanted = hashlib.sha256("\n".join([*names, (place.project / "requirements.txt").read_text()]).encode()).hexdigest()
    if now:
        return wanted
    with suppress(FileNotFoundError):
        if place.prepared.read_text() == wanted:
            return wanted
    return ""


def announce(demo: dict[str, Any], place: Place, options: Namespace) -> None:
    """Say that everything runs, to a program or to a person."""
    users = demo["users"]
    if options.json:
        print(json.dumps({"url": place.url, "users": users, "api_key": demo["api_key"]}), flush=True)
        return
    wide = max((len(user["email"]) for user in users), default=0)
    rows = [f"  {u['role']:<8}  {u['email']:<{wide}}  {u['password'] or '(as you changed it)'}" for u in users]
    rows += [f"  API key   {demo['api_key']}"] if demo["api_key"] else []
    print(f"\nPackshot is ready: {place.url}\n", *rows, f"  data      {place.data}", sep="\n")
    print("\nPress Ctrl-C to stop.", flush=True)


def say(text: str) -> None:
    """One line for the person; a terminal that has gone away is no reason to stop."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)
