import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.operations import processes
from dashboard.operations.processes import Child, end_leftovers, identity, record, rotate

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def child(tmp_path: Path) -> Callable[..., Child]:
    def make(*command: str) -> Child:
        return Child("child", list(command), tmp_path / "child.log", os.environ, grace=5)

    return make


def ended(child: Child) -> int:
    assert child.process is not None
    return child.process.wait(timeout=20)


def test_a_process_is_known_by_when_it_began(child: Callable[..., Child]) -> None:
    sleeper = child(*SLEEPER)
    sleeper.start()
    assert sleeper.process is not None
    assert identity(sleeper.process.pid) == identity(sleeper.process.pid) != ""
    assert identity(sleeper.process.pid) != identity(os.getpid())
    sleeper.process.kill()
    ended(sleeper)
    assert identity(sleeper.process.pid) == ""


def test_what_it_prints_goes_where_it_was_told_also_after_a_crash(child: Callable[..., Child], tmp_path: Path) -> None:
    printer = child(sys.executable, "-c", "import sys; print('a mail'); sys.exit('a complaint')")
    with (tmp_path / "terminal").open("wb") as terminal:
        printer.stdout = terminal.fileno()
        for _ in range(2):
            printer.start()
            ended(printer)
    assert (tmp_path / "terminal").read_text() == "a mail\n" * 2
    assert printer.log.read_text() == "a complaint\n" * 2


def test_leftovers_are_ended(child: Callable[..., Child], tmp_path: Path) -> None:
    sleeper = child(*SLEEPER)
    sleeper.start()
    record(tmp_path / "processes.json", [sleeper])
    assert end_leftovers(tmp_path / "processes.json") == 1
    assert ended(sleeper) == -15
    assert not (tmp_path / "processes.json").exists()


def test_leftovers_that_ignore_sigterm_are_killed(child: Callable[..., Child], tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    sleeper = child(sys.executable, "-c", deaf)
    sleeper.start()
    while "deaf" not in sleeper.said():
        time.sleep(0.01)
    record(tmp_path / "processes.json", [sleeper])
    end_leftovers(tmp_path / "processes.json", grace=0.2)
    assert ended(sleeper) == -9


def test_a_stranger_with_a_leftovers_pid_is_left_alone(child: Callable[..., Child], tmp_path: Path) -> None:
    stranger = child(*SLEEPER)
    stranger.start()
    assert stranger.process is not None
    rows = [{"pid": stranger.process.pid, "began": "another time"}]
    (tmp_path / "processes.json").write_text(json.dumps(rows))
    assert end_leftovers(tmp_path / "processes.json") == 0
    assert stranger.running
    stranger.process.kill()
    ended(stranger)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '[{"pid": "x"}]'])
def test_a_damaged_record_names_no_leftovers(tmp_path: Path, text: str) -> None:
    (tmp_path / "processes.json").write_text(text)
    assert end_leftovers(tmp_path / "processes.json") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = f"""
import os, sys, signal
from pathlib import Path
from dashboard.operations.processes import Child
child = Child("child", {SLEEPER!r}, Path({str(tmp_path)!r}) / "log", os.environ, grace=1)
child.start()
print(child.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30)
    pid = int(said.stdout)
    began = identity(pid)
    deadline = time.monotonic() + 10
    while began and processes.alive(pid, began):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_each_crash_waits_longer_and_a_steady_life_forgives(child: Callable[..., Child]) -> None:
    crashing = child(*SLEEPER)
    crashing.started = time.monotonic()
    assert [crashing.crashed() for _ in range(8)] == [1, 2, 4, 8, 15, 30, 30, 30]
    crashing.started -= processes.STEADY + 1
    assert crashing.crashed() == 1


def test_last_words_name_the_status_and_the_last_line(child: Callable[..., Child]) -> None:
    failing = child(sys.executable, "-c", "print('first', flush=True); raise SystemExit('no such setting')")
    failing.start()
    ended(failing)
    assert failing.last_words() == "status 1: no such setting"


def test_a_long_log_moves_aside_and_its_writer_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LONGEST_LOG", 10)
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"a long first line\n")
        rotate(log)
        writer.write(b"second\n")
    assert log.read_text() == "second\n"
    assert (tmp_path / "web.log.1").read_text() == "a long first line\n"
