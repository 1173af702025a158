"""From a bare Python to a running command; the real install is what ``manage.py test`` itself does in CI."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from dashboard.operations import bootstrap, environment
from dashboard.operations.refusal import Refusal, explain, require_space
from tests.operations.running import ROOT, surroundings

BASE = Path(sys.base_prefix) / "bin" / "python3"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The part of the project that runs before anything is installed."""
    shutil.copy(ROOT / "manage.py", tmp_path)
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "dashboard" / "operations", tmp_path / "dashboard" / "operations")
    shutil.copy(ROOT / "dashboard" / "data_folder.py", tmp_path / "dashboard")
    return tmp_path


def bare(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command run by a Python with nothing installed."""
    command = [str(BASE), "-S", str(project / "manage.py"), *words]
    return subprocess.run(command, env=surroundings(), capture_output=True, text=True, timeout=60, check=False)


def test_an_old_python_is_told_what_is_needed() -> None:
    program = f"import sys; sys.version_info = (3, 9, 2); exec(open({str(ROOT / 'manage.py')!r}).read())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Packshot needs Python 3.11 or newer; this is Python 3.9.\n")


def test_manage_py_can_be_read_by_every_python() -> None:
    tree = ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.FunctionDef, ast.NamedExpr, ast.Match)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]


def test_a_command_before_the_first_start_says_to_start(project: Path) -> None:
    done = bare(project, "migrate")
    assert done.returncode == 1
    assert done.stderr == "Packshot's packages are not installed yet: run 'python3 manage.py up' once.\n"
    assert not (project / ".venv").exists()


def test_a_command_moves_into_the_environment_beside_it(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "moved: $@"\n')
    python.chmod(0o755)
    assert bare(project, "check", "--deploy").stdout == f"moved: {project / 'manage.py'} check --deploy\n"


@pytest.mark.parametrize("command", ["up", "test"])
def test_an_environment_without_our_packages_is_not_touched(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", project / ".venv")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert bootstrap.main([command]) == 1
    assert capsys.readouterr().err.startswith("Packshot's packages are not in this environment")
    assert not (project / ".venv").exists()


@pytest.fixture
def installs(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the lock files that were installed, by a fake that makes only the interpreter."""
    done: list[str] = []

    def build(environment: Path, *, quiet: bool) -> None:
        assert quiet
        (environment / "bin").mkdir(parents=True, exist_ok=True)
        (environment / "bin" / "python").touch()

    monkeypatch.setattr(bootstrap, "ROOT", project)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", project / ".venv")
    monkeypatch.setattr(bootstrap, "build", build)
    monkeypatch.setattr(bootstrap, "install", lambda _env, lock, *, quiet: done.append(lock.name))
    return done


def test_a_lock_file_is_installed_once_and_again_when_it_changes(project: Path, installs: list[str]) -> None:
    assert bootstrap.renew("requirements.txt", quiet=True)
    assert not bootstrap.renew("requirements.txt", quiet=True)
    with (project / "requirements.txt").open("a") as lock:
        lock.write("# newer\n")
    assert bootstrap.renew("requirements.txt", quiet=True)
    assert installs == ["requirements.txt", "requirements.txt"]


def test_tests_install_their_own_lock_file(installs: list[str]) -> None:
    assert bootstrap.renew("requirements.txt", quiet=True)
    assert bootstrap.renew("requirements-dev.txt", quiet=True)
    assert installs == ["requirements.txt", "requirements-dev.txt"]


def test_an_interrupted_install_is_done_again(monkeypatch: pytest.MonkeyPatch, installs: list[str]) -> None:
    def interrupted(_env: Path, _lock: Path, *, quiet: bool) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.renew("requirements.txt", quiet=True)
    assert bootstrap.renew("requirements.txt", quiet=True)
    assert installs == ["requirements.txt"]


def test_a_missing_venv_module_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without(name: str) -> ModuleSpec | None:
        return None if name == "ensurepip" else found(name)

    monkeypatch.setattr("importlib.util.find_spec", without)
    with pytest.raises(Refusal, match=r"no venv module.*apt install python3-venv"):
        environment.build(tmp_path / ".venv", quiet=True)


def test_an_environment_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".venv").write_text("a file in the way")
    with pytest.raises(Refusal, match="could not be made") as refusal:
        environment.build(tmp_path / ".venv", quiet=True)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["Collecting x", "ERROR: Could not install: [Errno 28] No space left on device"], "the disk is full."),
        (["WARNING: Retrying … Failed to establish a new connection: …"], "the package index cannot be reached"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"], "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"),
        (["fatal", ""], "fatal"),
        ([], "no reason given"),
    ],
)
def test_why_an_install_failed_is_one_line(said: list[str], expected: str) -> None:
    assert environment.reason(said).startswith(expected)


@pytest.mark.parametrize(("number", "words"), [(30, "it is read-only"), (28, "the disk is full"), (20, "a file is in")])
def test_the_systems_refusals_are_put_in_words(number: int, words: str) -> None:
    assert explain(OSError(number, os.strerror(number))).startswith(words)


def test_a_full_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="MB free, and Packshot needs 1000000000000 MB"):
        require_space(tmp_path, megabytes=10**12)


def test_an_unknown_benchmark_gets_the_names_of_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["bench", "nothing"]) == 1
    assert "footprint" in capsys.readouterr().err
