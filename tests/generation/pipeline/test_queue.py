"""Choosing costs the same however long the queue is, and however much was done before."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import valkey
from tests.operations.running import ROOT, surroundings
from tests.seeded_folder import SeededFolder


@pytest.fixture(params=["sqlite", "postgresql"])
def plans(request: pytest.FixtureRequest, tmp_path: Path, seeded: SeededFolder) -> dict[str, list[str]]:
    """What :mod:`tests.generation.credits.plans` saw."""
    with ExitStack() as stack:
        place = {"PACKSHOT_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        place |= {"REDIS_URL": f"unix://{tmp_path}/valkey.sock", "XDG_RUNTIME_DIR": str(tmp_path)}
        if request.param == "postgresql":
            place["DATABASE_URL"] = request.getfixturevalue("new_database")()
        else:
            seeded.database(tmp_path)
        stack.enter_context(valkey.running(tmp_path / "valkey.sock"))
        command = [sys.executable, "-m", "tests.generation.credits.plans"]
        done = subprocess.run(
            command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, list[str]] = json.loads(done.stdout)
        return found


def test_whose_turn_it_is_takes_seeks_in_one_index_and_sorts_nothing(plans: dict[str, list[str]]) -> None:
    assert len(plans) == 4
    for question, plan in plans.items():
        seeks = [line for line in plan if "generation_job" in line]
        assert seeks
        assert all("job_waiting" in line for line in seeks), (question, plan)
        assert not [line for line in plan if "TEMP B-TREE" in line or "Sort" in line], (question, plan)
