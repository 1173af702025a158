"""Child processes: started in groups of their own, known again after a crash, stopped with all they started."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LONGEST_LOG = 10_000_000  # bytes, then the log is moved aside to NAME.log.1
STEADY = 60.0  # seconds of life after which earlier crashes are forgotten
DELAYS = (1, 2, 4, 8, 15, 30)  # seconds before the next start of a child that keeps crashing
PR_SET_PDEATHSIG = 1
prctl: Callable[[int, int], int] | None = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass
class Child:
    """One supervised program; ``grace`` is how many seconds it gets to finish its work when told to stop.

    What it writes goes to the log; ``stdout`` may be a pipe or an open file instead.
    """

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    grace: float
    stdout: int | None = None
    process: subprocess.Popen[bytes] | None = None
    log_start: int = 0
    crashes: int = 0
    started: float = 0.0
    due: float | None = field(default=None)

    def start(self) -> None:
        rotate(self.log)
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log if self.stdout is None else self.stdout,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509 (the supervisor has one thread)
            )
        self.started, self.due = time.monotonic(), None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> IO[bytes]:
        """The pipe that it was made with."""
        if self.process is None or self.process.stdout is None:
            raise ValueError(f"{self.name} was not started with a pipe")
        return self.process.stdout

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole group, which outlives its leader when a grandchild hangs."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def said(self) -> str:
        """What this run has written to the log so far (its last 64 KB)."""
        with self.log.open("rb") as log:
            log.seek(max(self.log_start, self.log.stat().st_size - 65_536))
            return log.read().decode(errors="replace")

    def note(self, line: str) -> None:
        """Write a line of ours into its log."""
        with self.log.open("a") as log:
            log.write(f"{line}\n")

    def last_words(self) -> str:
        """How it ended and its last line, for a person."""
        code = self.process.returncode if self.process else None
        if code is not None and code < 0:
            return f"killed by signal {-code}"
        lines = [line.strip() for line in self.said().splitlines() if line.strip()]
        return f"status {code}: {lines[-1][:300] if lines else 'it said nothing'}"

    def crashed(self) -> int:
        """Note a crash and set when to start again; the delay in seconds."""
        if time.monotonic() - self.started > STEADY:
            self.crashes = 0
        delay = DELAYS[min(self.crashes, len(DELAYS) - 1)]
        self.crashes += 1
        self.due = time.monotonic() + delay
        return delay


def die_with_parent(parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program: ask Linux to end it when the supervisor is killed."""

    def ask() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask


def rotate(log: Path) -> None:
    """Move a long log aside. A running child appends through its own handle, so the file itself is kept."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > LONGEST_LOG:
            log.with_suffix(".log.1").write_bytes(log.read_bytes())
            os.truncate(log, 0)


def identity(pid: int) -> str:
    """When a process began, in the system's notation: with the pid it names one process. Empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return ""
    asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def record(path: Path, children: Iterable[Child]) -> None:
    """Write down what runs, for the start after a crash of the supervisor."""
    rows = [{"pid": c.process.pid, "began": identity(c.process.pid)} for c in children if c.process and c.running]
    path.write_text(json.dumps(rows))


def end_leftovers(path: Path, *, grace: float = 10.0) -> int:
    """End what a killed supervisor left behind, and nothing that merely got the same pid; how many there were."""
    try:
        rows = json.loads(path.read_text())
        known = {int(row["pid"]): str(row["began"]) for row in rows}
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return 0
    left = {pid: began for pid, began in known.items() if began and identity(pid) == began}
    deadline = time.monotonic() + grace
    for number, until in ((signal.SIGTERM, deadline), (signal.SIGKILL, deadline + 5)):
        for pid, began in left.items():
            if identity(pid) == began:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, number)
        while any(alive(pid, began) for pid, began in left.items()) and time.monotonic() < until:
            time.sleep(0.05)
    path.unlink(missing_ok=True)
    return len(left)


def alive(pid: int, began: str) -> bool:
    """Whether that very process still runs; one that waits to be collected by its parent does not."""
    if identity(pid) != began:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return not Path("/proc/self/stat").exists()
