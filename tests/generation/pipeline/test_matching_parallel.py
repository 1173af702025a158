"""One job of the provider's has one owner, however many reach for it at once, on either engine."""

import json
import subprocess
import sys
from pathlib import Path

from tests.operations.running import ROOT, surroundings


def test_a_job_of_the_providers_has_one_owner(database: str, tmp_path: Path) -> None:
    place = {
        "PACKSHOT_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "DATABASE_URL": database,
    }
    place |= {"REDIS_URL": f"unix://{tmp_path}/nobody.sock", "XDG_RUNTIME_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tests.generation.pipeline.matching_parallel"]
    done = subprocess.run(command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    print(seen)
    assert seen == {"answers": {"the one that posted it": 25}, "persons": {"1 told so, 1 owner": 25}}
