"""Programs of the tests', each a process of its own on a data folder and a database that are given to it."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests import valkey
from tests.operations.running import ROOT, surroundings


def run(*words: str, folder: Path, database: str = "", with_valkey: bool = False) -> str:
    """What ``python <words>`` prints; a status other than 0 fails the test with what it complained of.

    Without a ``database`` it is the folder's own. Without Valkey nobody answers at its address.
    """
    place = {
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "PACKSHOT_DATA_DIR": str(folder),
        "REDIS_URL": f"unix://{folder}/valkey.sock",
        "XDG_RUNTIME_DIR": str(folder),
    }
    place |= {"DATABASE_URL": database} if database else {}
    with ExitStack() as stack:
        if with_valkey:
            stack.enter_context(valkey.running(folder / "valkey.sock"))
        command = [sys.executable, *words]
        done = subprocess.run(
            command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def outcome(*words: str, folder: Path, database: str = "", with_valkey: bool = False) -> Any:
    """The last line that it prints, which is JSON."""
    printed = run(*words, folder=folder, database=database, with_valkey=with_valkey)
    return json.loads(printed.splitlines()[-1])
