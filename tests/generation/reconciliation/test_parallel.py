"""Readings amid the work of many threads, on SQLite and PostgreSQL: no false drift, and no true one lost."""

import json
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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def report(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder
) -> Iterator[dict[str, Any]]:
    """What :mod:`tests.generation.reconciliation.reconciling` saw."""
    folder: Path = tmp_path_factory.mktemp("reconciling")
    with ExitStack() as stack:
        place = {"PACKSHOT_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        place |= {"REDIS_URL": f"unix://{folder}/valkey.sock", "XDG_RUNTIME_DIR": str(folder)}
        if request.param == "postgresql":
            place["DATABASE_URL"] = request.getfixturevalue("new_database")()
        else:
            seeded.database(folder)
        stack.enter_context(valkey.running(folder / "valkey.sock"))
        command = [sys.executable, "-m", "tests.generation.reconciliation.reconciling"]
        done = subprocess.run(
            command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


def test_a_busy_team_never_sees_a_drift_that_is_none(report: dict[str, Any]) -> None:
    assert set(report["drifts"]) == {0}
    assert report["amid"] >= 1


def test_what_others_took_meanwhile_is_found_to_the_credit(report: dict[str, Any]) -> None:
    assert report["last"] == [0, 7]
    assert report["captured"] > 0
