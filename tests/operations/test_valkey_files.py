"""Whatever state Valkey's files are in, Packshot starts: they hold only hints."""

import os
import signal
import socket
import subprocess
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.operations import valkey
from dashboard.operations.processes import Child
from dashboard.operations.start import Place
from dashboard.operations.supervisor import Supervisor
from tests.operations.running import Running, eventually
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder

FILES = "appendonlydir/appendonly.aof"
SLOW = {"PACKSHOT_SANDBOX_SECONDS": "3", "PACKSHOT_SANDBOX_SCALE": "0.25"}


class Broker(Supervisor):
    """A supervisor that has started Valkey alone."""

    def __init__(self, data: Path) -> None:
        place = Place(data, Namespace(host="127.0.0.1", port=1))
        for folder in (place.logs, place.run):
            folder.mkdir(parents=True, exist_ok=True)
        super().__init__(place, Namespace(host="127.0.0.1", port=1, json=True))

    def __enter__(self) -> "Broker":
        broker = self.child("valkey", *valkey.command(self.place.data), grace=10)
        self.start_valkey(broker)
        self.until(broker, lambda: valkey.answers(self.place.data), seconds=60)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.reader.close()
        self.writer.close()

    @property
    def log(self) -> str:
        return (self.place.logs / "valkey.log").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Valkey's folder as it is after work: a base, what was written since, and the list of both."""
    with Broker(tmp_path):
        for _ in range(3):
            valkey.ask(tmp_path, "RPUSH packshot hint")
    with Broker(tmp_path):
        assert valkey.ask(tmp_path, "LLEN packshot") == b":3\r\n"
        valkey.ask(tmp_path, "BGREWRITEAOF")
        assert eventually((tmp_path / "valkey" / f"{FILES}.2.incr.aof").exists)
        assert eventually(lambda: "2.base" in (tmp_path / "valkey" / f"{FILES}.manifest").read_text())
        valkey.ask(tmp_path, "RPUSH packshot " + "hint " * 500)
    return tmp_path / "valkey"


def aside(data: Path) -> list[Path]:
    return list(data.glob("valkey.set-aside-*"))


def hole_in_the_middle(folder: Path) -> None:
    with (folder / f"{FILES}.2.incr.aof").open("r+b") as file:
        file.seek(100)
        file.write(bytes(1000))


def base_of_a_newer_version(folder: Path) -> None:
    with (folder / f"{FILES}.2.base.rdb").open("r+b") as file:
        kind = file.read(6)
        file.seek(0)
        file.write(b"REDIS9999" if kind.startswith(b"REDIS") else b"VALKEY999")


def base_cut_off(folder: Path) -> None:
    os.truncate(folder / f"{FILES}.2.base.rdb", 40)


def base_overwritten(folder: Path) -> None:
    (folder / f"{FILES}.2.base.rdb").write_bytes(os.urandom(4096))


def base_missing(folder: Path) -> None:
    (folder / f"{FILES}.2.base.rdb").unlink()


def writes_missing(folder: Path) -> None:
    (folder / f"{FILES}.2.incr.aof").unlink()


def list_of_rubbish(folder: Path) -> None:
    (folder / f"{FILES}.manifest").write_bytes(bytes(80))


def list_emptied(folder: Path) -> None:
    (folder / f"{FILES}.manifest").write_bytes(b"")


def list_is_a_folder(folder: Path) -> None:
    (folder / f"{FILES}.manifest").unlink()
    (folder / f"{FILES}.manifest").mkdir()


def file_for_its_files_folder(folder: Path) -> None:
    (folder / "appendonlydir").rename(folder / "elsewhere")
    (folder / "appendonlydir").touch()


def file_for_its_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.touch()


def link_to_nowhere(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("nowhere")


def folder_for_its_socket(folder: Path) -> None:
    (folder / "valkey.sock" / "something").mkdir(parents=True)


UNUSABLE = [
    hole_in_the_middle, base_of_a_newer_version, base_cut_off, base_overwritten, base_missing, writes_missing,
    list_of_rubbish, list_emptied, list_is_a_folder, file_for_its_files_folder, file_for_its_folder, link_to_nowhere,
]  # fmt: skip


@pytest.mark.parametrize("damage", UNUSABLE, ids=lambda damage: damage.__name__)
def test_what_it_cannot_use_is_set_aside_and_said_in_one_line(
    folder: Path, damage: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    damage(folder)
    data = folder.parent
    with Broker(data) as broker:
        assert valkey.ask(data, "LLEN packshot") == b":0\r\n"
        assert valkey.ask(data, "SET kept yes") == b"+OK\r\n"
        (kept,) = aside(data)
        said = capfd.readouterr().err
        assert said.count("\n") == 1
        assert said.startswith("Valkey could not use its files (")
        assert str(kept) in said
        assert said in broker.log
    with Broker(data):
        assert valkey.ask(data, "GET kept") == b"$3\r\nyes\r\n"
    assert aside(data) == [kept]


def cut_off_at_the_end(folder: Path) -> None:
    file = folder / f"{FILES}.2.incr.aof"
    os.truncate(file, file.stat().st_size - 7)


def lock_and_socket_left(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as gone:
        gone.bind(str(folder / "valkey.sock"))
    (folder / "valkey.pid").write_text("1")


def closed_folder(folder: Path) -> None:
    folder.chmod(0)


def list_missing(folder: Path) -> None:
    (folder / f"{FILES}.manifest").unlink()


@pytest.mark.parametrize(
    "damage",
    [cut_off_at_the_end, lock_and_socket_left, closed_folder, list_missing, folder_for_its_socket],
    ids=lambda damage: damage.__name__,
)
def test_what_is_no_obstacle_stays(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder)
    with Broker(folder.parent):
        assert valkey.answers(folder.parent)
    assert not [path for path in aside(folder.parent) if path.is_dir() and (path / "appendonlydir").exists()]


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives a folder to somebody else")
def test_a_folder_of_somebody_else_is_set_aside(folder: Path) -> None:
    os.chown(folder, 4321, 4321)
    with Broker(folder.parent):
        assert folder.stat().st_uid == 0
    assert [path.stat().st_uid for path in aside(folder.parent)] == [4321]


@pytest.mark.skipif(os.getuid() != 0, reason="root alone reads what is forbidden, so it becomes somebody else")
def test_files_that_may_not_be_read_are_set_aside(folder: Path) -> None:
    data = folder.parent
    (folder / f"{FILES}.2.base.rdb").chmod(0)
    nobody = 65534
    for path in [data, *data.rglob("*")]:
        os.chown(path, nobody, nobody)
    for path in [*data.parents][:-2]:
        path.chmod(path.stat().st_mode | 0o011)
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(nobody)
            os.setuid(nobody)
            with Broker(data):
                os._exit(0 if valkey.answers(data) else 2)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(aside(data)) == 1


def test_a_server_left_hanging_writes_on_where_nobody_reads(folder: Path) -> None:
    data = folder.parent
    with (data / "log").open("wb") as log:
        left = subprocess.Popen(valkey.command(data), stdout=log)
    assert eventually(lambda: valkey.answers(data))
    left.send_signal(signal.SIGSTOP)
    with Broker(data):
        left.send_signal(signal.SIGCONT)
        assert valkey.ask(data, "LLEN packshot") == b":0\r\n"
        (kept,) = aside(data)
        assert (kept / "appendonlydir").exists()
        assert Path(f"/proc/{left.pid}/cwd").readlink() == kept
    left.terminate()
    left.wait(timeout=10)


def test_few_of_them_are_kept(folder: Path) -> None:
    for _ in range(4):
        hole = folder / FILES
        hole.parent.mkdir(exist_ok=True)
        (folder / f"{FILES}.manifest").write_bytes(b"rubbish")
        with Broker(folder.parent):
            pass
    assert len(aside(folder.parent)) == valkey.KEPT_ASIDE


def test_a_crash_amid_work_comes_back_with_what_it_had(folder: Path) -> None:
    data = folder.parent
    with Broker(data) as broker:
        restarted(broker, damage=None)
        assert valkey.ask(data, "LLEN packshot") == b":503\r\n"
        assert aside(data) == []


def test_a_crash_that_leaves_damage_behind_is_mended_while_it_runs(folder: Path) -> None:
    data = folder.parent
    with Broker(data) as broker:
        restarted(broker, damage=hole_in_the_middle)
        assert valkey.ask(data, "LLEN packshot") == b":0\r\n"
        assert len(aside(data)) == 1


def restarted(broker: Broker, *, damage: Callable[[Path], None] | None) -> None:
    """Valkey after it was killed and the supervisor has seen to it."""
    child: Child = broker.children["valkey"]
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    if damage:
        damage(broker.place.data / "valkey")
    broker.mend()
    assert child.due is not None
    child.due = 0.0
    broker.mend()
    assert eventually(lambda: valkey.answers(broker.place.data))


@pytest.fixture
def killed(tmp_path: Path, seeded: SeededFolder) -> Iterator[tuple[Path, list[str]]]:
    """A data folder whose Packshot was killed while it had jobs, and the jobs."""
    running = Running(seeded.demo(tmp_path), variables=SLOW).wait()
    studio = Studio.of(running, SLOW)
    asset = studio.upload()
    jobs = [studio.generate(asset) for _ in range(3)]
    running.stop(signal.SIGKILL)
    yield tmp_path, jobs


def test_a_whole_start_on_damaged_files_loses_no_job(killed: tuple[Path, list[str]]) -> None:
    data, jobs = killed
    assert eventually(lambda: not valkey.answers(data))
    for file in (data / "valkey").glob("appendonlydir/*.incr.aof"):
        with file.open("r+b") as opened:
            opened.seek(200)
            opened.write(bytes(2000))
    again = Running(data, variables=SLOW).wait()
    try:
        studio = Studio.of(again, SLOW)
        assert {studio.wait(job, seconds=150)["status"] for job in jobs} == {"completed"}
        assert studio.charged == 9
        assert studio.manage("ledger_check") == "The ledger adds up."
    finally:
        _, _, said = again.stop()
    assert [line for line in said.splitlines() if "no job is lost" in line and str(aside(data)[0]) in line]
