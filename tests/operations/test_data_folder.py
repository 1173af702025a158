"""The data folder is its owner's alone, whatever modes it was made with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import data_folder
from tests.operations.running import ROOT, Running, surroundings
from tests.seeded_folder import SeededFolder

SETTINGS = "import dashboard.settings as s; s.STORAGES['default']['BACKEND']"


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def open_to_all(data: Path) -> None:
    """As a data folder looks that was made by ``mkdir`` and copied about."""
    for folder, names, files in os.walk(data):
        for name in names:
            Path(folder, name).chmod(0o755)
        for name in files:
            Path(folder, name).chmod(0o644)
    data.chmod(0o755)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    for name in ("media", "logs", "run", "valkey"):
        (data / name).mkdir(parents=True)
    for name in ("secret.key", "db.sqlite3", "logs/web.log"):
        (data / name).write_text("secret")
    open_to_all(data)
    return data


def imported(data: Path) -> subprocess.CompletedProcess[str]:
    """A process that reads the settings, as each of ours does."""
    place = surroundings() | {"PACKSHOT_DATA_DIR": str(data)}
    return subprocess.run(
        [sys.executable, "-c", SETTINGS], env=place, cwd=ROOT, capture_output=True, text=True, check=True
    )


def test_every_process_takes_the_others_rights_away(data: Path) -> None:
    assert imported(data).stderr == ""
    assert mode(data) == "0o700"
    for name in ("secret.key", "db.sqlite3"):
        assert mode(data / name) == "0o600", name
    for name in ("media", "logs", "run"):
        assert mode(data / name) == "0o700", name


def test_a_new_folder_and_its_secret_are_private(tmp_path: Path) -> None:
    imported(tmp_path / "new" / "data")
    assert mode(tmp_path / "new" / "data") == "0o700"
    assert mode(tmp_path / "new" / "data" / "secret.key") == "0o600"


def test_up_makes_nothing_that_others_may_read(tmp_path: Path, seeded: SeededFolder) -> None:
    data = seeded.demo(tmp_path / "data")
    open_to_all(data)
    running = Running(data).wait()
    code, _, err = running.stop()
    assert (code, err) == (0, "")
    assert mode(data) == "0o700"
    made = [data / "logs" / "web.log", data / "run" / "lock", data / "db.sqlite3", data / "secret.key"]
    assert {mode(path) for path in made} == {"0o600"}
    assert {mode(data / name) for name in ("logs", "run", "valkey", "media")} == {"0o700"}


def test_how_many_files_there_are_does_not_matter(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(500):
        (data / "media" / f"{number}.png").touch()
    seen: list[str] = []
    plain = Path.lstat
    monkeypatch.setattr(Path, "lstat", lambda path: seen.append(str(path)) or plain(path))  # type: ignore[func-returns-value]
    assert data_folder.shut(data) == ""
    assert len(seen) <= 1 + len(data_folder.INSIDE)


def test_a_folder_whose_modes_do_not_change_is_told_of(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system without modes, or where it belongs to somebody else."""

    def refused(path: Path, mode: int) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    said = data_folder.shut(data)
    assert str(data) in said and "chmod 700" in said
    monkeypatch.setattr(Path, "chmod", lambda path, mode: None)
    assert data_folder.shut(data) == said


def test_a_link_inside_is_not_followed(data: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir(mode=0o755)
    elsewhere.chmod(0o755)
    shutil.rmtree(data / "media")
    (data / "media").symlink_to(elsewhere)
    assert data_folder.shut(data) == ""
    assert mode(elsewhere) == "0o755"


def test_a_folder_that_is_not_there_yet_is_nothing_to_speak_of(tmp_path: Path) -> None:
    assert data_folder.shut(tmp_path / "none") == ""
