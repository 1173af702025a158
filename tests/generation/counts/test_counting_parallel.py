"""Counts hold while many store, remove, add up, and move the team's days, on either engine."""

import json
import subprocess
import sys
from pathlib import Path

from tests.operations.running import ROOT, surroundings


def test_nothing_is_counted_twice_or_missed_while_all_happens_at_once(database: str, tmp_path: Path) -> None:
    place = {
        "PACKSHOT_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": database,
        "REDIS_URL": f"unix://{tmp_path}/nobody.sock",
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "tests.generation.counts.counting_parallel"]
    done = subprocess.run(command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {"drift": {}, "counted": [0, 0]}
