"""``manage.py up``: start Valkey, web, worker and beat, keep them running, stop them cleanly.

Standard library only, and no Django: this process waits in the background all day, so it has to be small.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from dashboard.operations import valkey
from dashboard.operations.processes import Child, end_leftovers, record, rotate
from dashboard.operations.refusal import Refusal
from dashboard.operations.start import (
    Place,
    announce,
    arguments,
    claim,
    environment,
    prepared_as,
    require_port,
    say,
)

THREADS = 8  # tasks at once: they mostly wait for HTTP and for the database
READY = "The worker takes tasks."  # what dashboard.operations.worker prints
LOADING = 60.0  # seconds that Valkey may take to read its files
LOOK = 30.0  # seconds between two looks at the logs; the end of a child wakes us at once


class Stop(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    """The processes of one data folder, from the first start to the last stop."""

    def __init__(self, place: Place, options: Namespace) -> None:
        self.place, self.options = place, options
        self.children: dict[str, Child] = {}
        self.signals = 0
        self.reader, self.writer = socket.socketpair()
        self.reader.setblocking(False)
        self.writer.setblocking(False)
        self.environment = environment(place, options)

    def run(self) -> None:
        """Start everything, say so, and stay until a signal comes."""
        signal.set_wakeup_fd(self.writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.asked)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            announce(self.start(), self.place, self.options)
            while True:
                self.wait(self.mend())
        except Stop:
            pass
        finally:
            self.stop()

    def asked(self, _number: int, _frame: FrameType | None) -> None:
        self.signals += 1

    def wait(self, seconds: float) -> None:
        """Sleep until a child ends or the time is over; raises Stop when somebody asked for that."""
        self.sleep(seconds)
        if self.signals:
            raise Stop

    def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until the next signal."""
        if select.select([self.reader], [], [], seconds)[0]:
            self.reader.recv(1024)

    def child(self, name: str, *command: str, grace: float, stdout: int | None = None) -> Child:
        child = Child(name, list(command), self.place.logs / f"{name}.log", self.environment, grace, stdout)
        self.children[name] = child
        return child

    def add(self, name: str, *command: str, grace: float, stdout: int | None = None) -> Child:
        child = self.child(name, *command, grace=grace, stdout=stdout)
        self.begin(child)
        return child

    def begin(self, child: Child) -> None:
        child.start()
        record(self.place.processes, self.children.values())

    def start(self) -> dict[str, Any]:
        """Start everything in the order in which it depends on each other; what ``prepare`` said about the demo."""
        if url := os.environ.get("REDIS_URL"):
            valkey.require(url)
        else:
            broker = self.child("valkey", *valkey.command(self.place.data), grace=10)
            self.start_valkey(broker)
            self.until(broker, lambda: valkey.answers(self.place.data), seconds=LOADING)
        # A database of the right shape lets the web process load while prepare looks it over.
        known = prepared_as(self.place)
        if not self.options.json:
            say("Starting …" if known else "Making the database and the demo team (first start only) …")
        if known:
            self.start_web()
        demo = self.prepare()
        if not known:
            self.place.prepared.write_text(prepared_as(self.place, now=True))
            self.start_web()
        celery = [sys.executable, "-m", "celery", "-A"]
        worker = [
            "dashboard.operations.worker",
            "worker",
            "--pool",
            "threads",
            "--concurrency",
            str(THREADS),
            "--without-gossip",
            "--without-mingle",
        ]
        started = self.add("worker", *celery, *worker, "--loglevel", "INFO", grace=20)
        self.until(self.children["web"], self.page_answers, seconds=120)
        beat = ["dashboard.operations.beat", "beat", "--pidfile", ""]
        self.add("beat", *celery, *beat, grace=5)
        self.until(started, lambda: READY in started.said(), seconds=120)
        return demo

    def start_valkey(self, broker: Child) -> None:
        """Start Valkey. Where it cannot use its files it begins anew: they hold only hints, and the rows are the truth.

        They are what is wrong if it ends before it answers: a full disk left a hole, or a newer version wrote them.
        """
        folder = self.place.data / "valkey"
        if aside := valkey.make_room(self.place.data):
            self.tell_aside(broker, "its folder is in use, or no folder of ours", aside)
        self.begin(broker)
        if not self.has_loaded(broker):
            broker.signal(signal.SIGKILL)
            words = broker.last_words().rpartition(" # ")[2]  # behind its process and the time
            self.tell_aside(broker, words, valkey.set_aside(folder))
            valkey.make_room(self.place.data)
            self.begin(broker)

    def has_loaded(self, broker: Child) -> bool:
        deadline = time.monotonic() + LOADING
        while broker.running and time.monotonic() < deadline:
            if valkey.answers(self.place.data):
                return True
            self.wait(0.03)
        return False

    def tell_aside(self, broker: Child, why: str, aside: Path) -> None:
        line = f"Valkey could not use its files ({why}). They are kept as {aside}; it begins anew, and no job is lost."
        broker.note(line)
        say(line)

    def start_web(self) -> None:
        address = ["--host", self.options.host, "--port", str(self.options.port)]
        serving = ["--lifespan", "off", "--no-access-log", "--no-proxy-headers", "--timeout-graceful-shutdown", "5"]
        # Without a mail server its mails are for the person in front of us; a program finds them in the log.
        mails = None if self.options.json else sys.stderr.fileno()
        command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:application", *address, *serving]
        self.add("web", *command, grace=8, stdout=mails)

    def prepare(self) -> dict[str, Any]:
        """Migrate and seed by ``manage.py prepare --json``; its last line, parsed."""
        command = [sys.executable, str(self.place.project / "manage.py"), "prepare", "--json"]
        child = self.add("prepare", *command, grace=5, stdout=subprocess.PIPE)
        while child.running:
            self.wait(0.5)
        said = child.output.read().decode().strip().splitlines()
        del self.children["prepare"]
        try:
            if child.process and child.process.returncode == 0:
                return dict(json.loads(said[-1]))
        except (IndexError, ValueError):
            pass
        raise Refusal(f"The database could not be prepared ({child.last_words()}). See {child.log}.")

    def until(self, child: Child, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until a child of the start is ready; refuse when any has ended or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            for other in self.children.values():
                if not other.running:
                    raise Refusal(f"{other.name} could not start ({other.last_words()}). See {other.log}.")
            if time.monotonic() > deadline:
                raise Refusal(f"{child.name} was not ready within {seconds:.0f} s. See {child.log}.")
            self.wait(0.03)

    def page_answers(self) -> bool:
        """Whether the first page comes, in whatever form the settings give it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.options.host, self.options.host)  # noqa: S104
        request = f"GET /accounts/login/ HTTP/1.0\r\nHost: {self.place.host}\r\n\r\n".encode()
        try:
            with socket.create_connection((host, self.options.port), timeout=30) as connection:
                connection.sendall(request)
                return connection.makefile("rb").readline().split()[1] < b"500"
        except (OSError, IndexError):
            return False

    def mend(self) -> float:
        """Start again what has crashed, each time a little later; the seconds until the next look."""
        for child in self.children.values():
            if child.running:
                rotate(child.log)
            elif child.due is None:
                child.signal(signal.SIGKILL)
                words, delay = child.last_words(), child.crashed()
                say(f"{child.name} ended ({words}); it starts again in {delay} s. See {child.log}.")
            elif time.monotonic() >= child.due:
                if child.name == "valkey":
                    self.start_valkey(child)
                else:
                    self.begin(child)
        due = [child.due for child in self.children.values() if child.due is not None]
        return max(0.0, min(due, default=time.monotonic() + LOOK) - time.monotonic())

    def stop(self) -> None:
        """Stop everything, each layer after those that need it; a second signal ends the patience."""
        if not self.options.json and self.children:
            say("Stopping …")
        asked = self.signals
        for names in (("prepare", "beat", "worker"), ("web",), ("valkey",)):
            layer = [self.children[name] for name in names if name in self.children]
            for child in layer:
                child.signal(signal.SIGTERM)
            deadline = time.monotonic() + max((child.grace for child in layer), default=0)
            while any(c.running for c in layer) and time.monotonic() < deadline and self.signals == asked:
                self.sleep(0.05)
            for child in layer:
                child.signal(signal.SIGKILL)
                if child.process is not None:
                    child.process.wait()
        self.place.processes.unlink(missing_ok=True)


def up(_command: str, words: list[str]) -> int:
    """Run ``manage.py up``; the exit status."""
    options = arguments(words)
    place = Place(Path(options.data), options)
    with claim(place):
        end_leftovers(place.processes)
        require_port(options.host, options.port)
        Supervisor(place, options).run()
    return 0
