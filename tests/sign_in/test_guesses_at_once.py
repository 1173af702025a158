"""Many guesses at one moment are no more than many in turn, on both engines."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.operations.running import ROOT, surroundings


@pytest.fixture
def seen(database: str, tmp_path: Path) -> Any:
    place = {"DATABASE_URL": database, "PACKSHOT_DATA_DIR": str(tmp_path), "REDIS_URL": f"unix://{tmp_path}/nobody"}
    place |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    command = [sys.executable, "-m", "tests.sign_in.guessing"]
    done = subprocess.run(
        command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_five_of_many_are_judged_and_each_code_and_each_place_counts_once(seen: Any) -> None:
    for name in ("alice", "nobody"):
        assert seen[name] == {"told": {"judged": 5, "told to wait": 27}, "rows": 33 if name == "alice" else 1}
    assert seen["teams"] == {"told": {"made": 5, "refused": 7}, "teams": 5}
    assert seen["codes"] == seen["expired codes"] == {"True": 1, "False": 31}
