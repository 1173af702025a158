"""``manage.py up`` with real processes, from start to stop."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.operations import valkey
from tests.operations.running import ROOT, Running, eventually, free_port, processes_of, surroundings

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes through /proc")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One data folder for the whole story: the first start is the slow one."""
    data = tmp_path_factory.mktemp("up") / "data"
    yield data
    for pid in processes_of(data):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[Running]:
    running = Running(data).wait()
    yield running
    if running.process.poll() is None:
        running.stop()


def refused(*words: str, **environment: str) -> str:
    """The one line that a refused start says."""
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--json", *words]
    done = subprocess.run(
        command, env=surroundings() | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_one_command_starts_everything(running: Running) -> None:
    assert set(running.ready) == {"url", "users", "api_key"}
    assert running.ready["url"] == f"http://127.0.0.1:{running.port}"
    assert {user["role"] for user in running.ready["users"]} >= {"owner", "creator", "viewer"}
    assert all(set(user) == {"email", "password", "role"} for user in running.ready["users"])
    assert running.get("/") == 200
    assert running.get("/healthz") == 200
    for word in ("valkey-server", "uvicorn", "worker", " beat "):
        assert running.pid(word)


def test_everything_it_writes_lies_in_the_data_folder(running: Running) -> None:
    assert {path.name for path in running.data.iterdir()} >= {"db.sqlite3", "logs", "run", "secret.key", "valkey"}
    assert not (ROOT / ".data" / "run" / str(running.port)).exists()
    assert running.data.stat().st_mode & 0o077 == 0


def test_a_second_start_on_the_same_data_is_refused(running: Running) -> None:
    said = refused("--data", str(running.data), "--port", str(free_port()))
    assert "already runs" in said
    assert running.ready["url"] in said


def test_a_taken_port_is_refused(running: Running, tmp_path: Path) -> None:
    said = refused("--data", str(tmp_path), "--port", str(running.port))
    assert said == f"Port {running.port} is taken by another program. Choose one with --port.\n"


def test_what_crashes_is_started_again(running: Running) -> None:
    for word in ("uvicorn", "valkey-server"):
        before = running.pid(word)
        os.kill(before, signal.SIGKILL)
        assert eventually(
            lambda before=before, word=word: any(  # type: ignore[misc]
                word in command and pid != before for pid, command in processes_of(running.data).items()
            )
        )
    assert eventually(lambda: valkey.answers(running.data))
    assert eventually(lambda: port_answers(running.port))
    assert running.get("/healthz") == 200


def test_sigterm_stops_everything_and_leaves_no_process(running: Running) -> None:
    status, out, err = running.stop()
    assert (status, out) == (0, "")
    assert "Traceback" not in err
    assert processes_of(running.data) == {}
    assert not port_answers(running.port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_every_other_way_to_stop_is_as_clean(running: Running, number: signal.Signals) -> None:
    again = Running(running.data).wait()
    status, out, _ = again.stop(number)
    assert (status, out) == (0, "")
    assert processes_of(running.data) == {}


def test_a_stop_during_the_start_is_clean_too(running: Running) -> None:
    early = Running(running.data)
    assert eventually(lambda: any("uvicorn" in command for command in processes_of(running.data).values()))
    status, out, _ = early.stop(signal.SIGINT)
    assert (status, out) == (0, "")
    assert processes_of(running.data) == {}


def test_a_start_after_kill_9_replaces_what_was_left_and_loses_nothing(running: Running) -> None:
    killed = Running(running.data).wait()
    # A child that does not notice its parent's death stays for the next start, as any does where there is no prctl.
    stubborn = killed.pid("worker")
    os.kill(stubborn, signal.SIGSTOP)
    assert valkey.ask(running.data, "SET survives yes") == b"+OK\r\n"
    killed.stop(signal.SIGKILL)
    again = Running(running.data, port=killed.port).wait()
    assert stubborn not in processes_of(running.data)
    assert valkey.ask(running.data, "GET survives") == b"$3\r\nyes\r\n"
    assert again.ready == killed.ready
    assert again.stop()[0] == 0
    assert processes_of(running.data) == {}


def test_a_file_in_the_way_of_the_data_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for data in (tmp_path / "file", tmp_path / "file" / "data"):
        said = refused("--data", str(data))
        assert said == f"{data} cannot hold the data: a file is in the way. Choose another with --data.\n"


def test_a_broker_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    port = free_port()
    said = refused("--data", str(tmp_path), "--port", str(free_port()), REDIS_URL=f"redis://127.0.0.1:{port}/0")
    assert f"Nothing answers at REDIS_URL (127.0.0.1:{port})" in said


def test_a_database_that_cannot_be_prepared_is_refused(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").write_text("this is no database")
    said = refused("--data", str(tmp_path), "--port", str(free_port()))
    assert "The database could not be prepared" in said
    assert "file is not a database" in said
    assert processes_of(tmp_path) == {}


@pytest.mark.parametrize("words", [["--port", "0"], ["--port", "65536"], ["--host", "192.0.2.1"]])
def test_an_impossible_address_is_refused(tmp_path: Path, words: list[str]) -> None:
    refused("--data", str(tmp_path), *words)


def port_answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
