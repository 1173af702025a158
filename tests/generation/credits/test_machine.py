"""Credits under random moves, on a database file and on PostgreSQL, beside books in plain Python.

``PACKSHOT_TEST_STEPS`` makes the runs as long as wanted, ``PACKSHOT_TEST_SEED`` repeats one. What a program prints
names its seeds.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import valkey
from tests.operations.running import ROOT, surroundings
from tests.seeded_folder import SeededFolder

STEPS = int(os.environ.get("PACKSHOT_TEST_STEPS", "0"))
SEED = int(os.environ.get("PACKSHOT_TEST_SEED", "4"))
HOUR = 3600


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder
) -> Iterator[dict[str, str]]:
    """Variables of an installation with this database."""
    folder: Path = tmp_path_factory.mktemp("machine")
    with ExitStack() as stack:
        place = {"PACKSHOT_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        place |= {"REDIS_URL": f"unix://{folder}/valkey.sock", "XDG_RUNTIME_DIR": str(folder)}
        if request.param == "postgresql":
            place["DATABASE_URL"] = request.getfixturevalue("new_database")()
        else:
            seeded.database(folder)
        stack.enter_context(valkey.running(folder / "valkey.sock"))
        yield place


def run(program: str, place: dict[str, str], *, steps: int) -> dict[str, Any]:
    steps = STEPS or steps
    command = [sys.executable, "-m", f"tests.generation.credits.{program}", str(steps), str(SEED)]
    done = subprocess.run(command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    print(seen)
    assert seen["steps"] >= steps
    return seen


@pytest.mark.timeout(HOUR)
def test_every_hold_is_granted_or_refused_as_the_books_say(place: dict[str, str]) -> None:
    seen = run("machine", place, steps=500)
    assert (
        min(seen[what] for what in ("held", "captured", "released", "refused by a cap", "month ends", "answered late"))
        > 0
    )


@pytest.mark.timeout(HOUR)
def test_threads_overshoot_nothing_and_are_denied_nothing_that_fits(place: dict[str, str]) -> None:
    seen = run("machine_threads", place, steps=300)
    assert seen["wrong"] == []
    assert min(seen[what] for what in ("granted", "captured", "refused by a cap", "proofs")) > 0
