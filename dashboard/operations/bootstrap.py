"""From ``python3 manage.py`` on a bare machine to a running command. Standard library only, by necessity."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dashboard.operations.environment import build, install
from dashboard.operations.refusal import Refusal
from dashboard.operations.supervisor import up

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv"
USAGE = """\
Packshot:
  manage.py up            install what is missing, start everything and print the address
  manage.py test          install what tests need and run the whole suite (arguments go to pytest)
  manage.py bench NAME    run tests/benchmarks/bench_NAME.py
"""


def main(arguments: Sequence[str]) -> int:
    """Run one command in the right environment; the exit status."""
    command, rest = (arguments[0] if arguments else "help"), list(arguments[1:])
    try:
        enter(command, arguments)
        return COMMANDS.get(command, django)(command, rest)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def enter(command: str, arguments: Sequence[str]) -> None:
    """Move into ``.venv``, building or renewing it first for ``up`` and ``test``; does not return when it moves."""
    lock = LOCKS.get(command)
    inside = sys.prefix != sys.base_prefix
    ours = Path(sys.prefix).resolve() == ENVIRONMENT.resolve()
    python = ENVIRONMENT / "bin" / "python"
    renewed = False
    # An environment that somebody else made and entered is theirs: use it and install nothing.
    if lock and (not inside or (ours and stamp(lock).exists())):
        renewed = renew(lock, quiet="--json" in arguments)
    if renewed or (not inside and python.exists()):
        os.execv(python, [str(python), str(ROOT / "manage.py"), *arguments])  # noqa: S606
    if importlib.util.find_spec("django") is None:
        raise Refusal(
            f"Packshot's packages are not in this environment ({sys.prefix}): "
            f"run 'python3 -m pip install -r {lock or 'requirements.txt'}' in it."
            if inside
            else "Packshot's packages are not installed yet: run 'python3 manage.py up' once."
        )


def stamp(lock: str) -> Path:
    """The file in ``.venv`` that says which version of a lock file is installed there."""
    return ENVIRONMENT / f"{lock}.sha256"


def renew(lock: str, *, quiet: bool) -> bool:
    """Build ``.venv`` and install the lock file, unless that very version is there already."""
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    if (ENVIRONMENT / "bin" / "python").exists() and read(stamp(lock)) == wanted:
        return False
    build(ENVIRONMENT, quiet=quiet)
    install(ENVIRONMENT, ROOT / lock, quiet=quiet)
    stamp(lock).write_text(wanted)
    return True


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test(_command: str, arguments: list[str]) -> int:
    """Hand over to pytest, from the project's folder, whose ``pyproject.toml`` configures it."""
    if importlib.util.find_spec("pytest") is None:
        raise Refusal(f"pytest is not in this environment ({sys.prefix}): install requirements-dev.txt in it.")
    os.chdir(ROOT)
    # Many tests wait for processes, so one worker more than there are cores; a file's tests stay together, since they
    # share what they started. The order is that of tests/conftest.py, not that of how many tests a file has.
    workers = str((os.cpu_count() or 1) + 1)
    spread = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    spread = [] if importlib.util.find_spec("xdist") is None else spread
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *spread, *arguments])  # noqa: S606


def bench(_command: str, arguments: list[str]) -> int:
    """Hand over to one benchmark, which prints its figures as one JSON line."""
    known = sorted(path.stem.removeprefix("bench_") for path in (ROOT / "tests" / "benchmarks").glob("bench_*.py"))
    if not arguments or arguments[0] not in known:
        raise Refusal(f"Say which benchmark to run: {', '.join(known)}.")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    program = ROOT / "tests" / "benchmarks" / f"bench_{arguments[0]}.py"
    os.execv(sys.executable, [sys.executable, str(program), *arguments[1:]])  # noqa: S606


def django(command: str, arguments: list[str]) -> int:
    """Run one of Django's commands."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415 (absent on a bare machine)

    if command in ("help", "--help", "-h") and not arguments:
        print(USAGE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    execute_from_command_line(["manage.py", command, *arguments])
    return 0


LOCKS = {"up": "requirements.txt", "test": "requirements-dev.txt"}
COMMANDS: dict[str, Callable[[str, list[str]], int]] = {"up": up, "test": test, "bench": bench}
