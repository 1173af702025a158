"""A data folder as the first start leaves it, with the covers that its worker draws, made once for a whole run.

The first start itself is tested in ``tests/operations/test_up.py`` and ``test_demo.py``; other tests begin with a copy.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from dashboard.operations.start import Place, prepared_as
from tests.operations.running import ROOT, surroundings

PREPARE = """
import shutil, sys
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
call_command("prepare", no_demo=True)
connection.close()
shutil.copy(settings.DATA_DIR / "db.sqlite3", settings.DATA_DIR.parent / "empty.sqlite3")
call_command("prepare")
from dashboard.demo import covers, tasks
while preset := covers.missing():
    tasks.draw(preset)
"""


class SeededFolder:
    """The folder of a run, which its workers share; whoever comes first makes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "made").exists():
                self._make(folder / "data")
                (folder / "made").touch()

    @classmethod
    def of_this_run(cls, temporary: Path) -> "SeededFolder":
        """``temporary`` is pytest's own folder, which each worker has below that of the run."""
        return cls((temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary) / "seeded")

    def demo(self, data: Path) -> Path:
        """Make ``data`` a folder in which Packshot has run before."""
        return Path(shutil.copytree(self.folder / "data", data, dirs_exist_ok=True))

    def database(self, data: Path) -> None:
        """Put a database of the right shape with nothing in it into ``data``."""
        shutil.copy(self.folder / "empty.sqlite3", data / "db.sqlite3")

    def _make(self, data: Path) -> None:
        nobody = {"REDIS_URL": f"unix://{data}/nobody.sock"}  # the covers are drawn here, not by some worker
        place = {"PACKSHOT_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "dashboard.settings"} | nobody
        command = [sys.executable, "-c", PREPARE]
        said = subprocess.run(
            command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, said.stderr
        known = Place(data, Namespace(host="127.0.0.1", port=1))
        known.run.mkdir(mode=0o700)
        known.prepared.write_text(prepared_as(known, now=True))
