"""Rows from before there were folded texts get them, and SKUs that several products had stay where they are."""

import subprocess
import sys
from pathlib import Path

from tests.operations.running import ROOT, surroundings


def test_what_was_there_is_found_and_keeps_its_sku(database: str, tmp_path: Path) -> None:
    place = {"DJANGO_SETTINGS_MODULE": "dashboard.settings", "DATABASE_URL": database}
    command = [sys.executable, "-m", "tests.projects.folding_before"]
    environment = surroundings() | place | {"PACKSHOT_DATA_DIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
