"""Building ``.venv`` and installing a hash-locked requirements file into it. Standard library only."""

import fcntl
import importlib.util
import os
import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.operations.refusal import Refusal, explain, require_space

SPACE = 500  # MB: the packages and what pip unpacks on the way


def build(environment: Path, *, quiet: bool) -> None:
    """Make a virtual environment, or repair one whose making was interrupted."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Refusal(
            "This Python has no venv module. Install it and start again "
            "(on Debian and Ubuntu: apt install python3-venv)."
        )
    require_space(environment.parent, megabytes=SPACE)
    with alone(environment.parent):
        python = environment / "bin" / "python"
        if not python.exists():
            say("Making a Python environment in .venv", quiet=quiet)
            run([sys.executable, "-m", "venv", "--clear", str(environment)], environment)
        elif not any(environment.glob("lib/python3*/site-packages/pip")):
            run([str(python), "-m", "ensurepip"], environment)


def run(command: list[str], environment: Path) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise Refusal(f"The Python environment {environment} could not be made: {reason(done.stdout.splitlines())}")


def install(environment: Path, lock: Path, *, quiet: bool) -> None:
    """Install exactly what the lock file names, each archive checked against its hash."""
    total = len(re.findall(r"^\S+==", lock.read_text(), re.MULTILINE))
    command = [str(environment / "bin" / "python"), "-m", "pip", "install", "--no-user", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--no-compile"]
    command += ["--require-hashes", "-r", str(lock)]
    said: deque[str] = deque(maxlen=60)
    started = time.monotonic()
    say(f"Installing {total} packages from {lock.name} (once)", quiet=quiet)
    with (
        alone(environment.parent),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip,
    ):
        done = 0
        for line in pip.stdout or ():
            said.append(line.rstrip())
            done += line.startswith(("Collecting ", "Requirement already satisfied"))
            step(line, done, total, quiet=quiet)
    if pip.returncode:
        raise Refusal(f"The packages of {lock.name} could not be installed: {reason(list(said))}")
    say(f"Installed in {time.monotonic() - started:.0f} s", quiet=quiet)


def reason(lines: list[str]) -> str:
    """The one line of a failed command's output that tells a person what to do."""
    text = "\n".join(lines)
    if "No space left" in text:
        return "the disk is full."
    if "Failed to establish a new connection" in text or "Temporary failure in name resolution" in text:
        return "the package index cannot be reached. Check the network and start again."
    spoken = [line.strip() for line in lines if line.strip()] or ["no reason given"]
    return ([line for line in spoken if "error" in line.lower()] or spoken)[-1]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other start is installing in the same folder."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise Refusal(f"{folder} cannot be read: {explain(error)}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def step(line: str, done: int, total: int, *, quiet: bool) -> None:
    """Show how far the install has come, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        return
    if line.startswith("Installing collected"):
        text = "unpacking …"
    elif line.startswith("Collecting "):
        text = f"{min(done, total)} of {total}: {line.split()[1].partition('==')[0]}"
    else:
        return
    print(f"\r\033[K  {text}", end="\n" if line.startswith("Installing") else "", file=sys.stderr, flush=True)


def say(text: str, *, quiet: bool) -> None:
    if not quiet:
        print(text, file=sys.stderr, flush=True)
