"""A database whose migrations were joined since: whole, it opens as it is; half-way, a sentence says what to do."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from dashboard.operations.history import refuse_half_way
from tests.operations.running import ROOT

JOINED = {key: step.replaces for key, step in MigrationLoader(None).disk_migrations.items() if step.replaces}


@pytest.fixture
def recorded(db: None) -> Iterator[MigrationRecorder]:
    """The record of a database of before, where nothing is joined."""
    recorder = MigrationRecorder(connection)
    for key, before in JOINED.items():
        recorder.record_unapplied(*key)
        for name in before:
            recorder.record_applied(*name)
    yield recorder


def test_every_app_of_then_has_a_joined_migration() -> None:
    apps = {"accounts", "api", "audit", "generation", "presets", "projects", "sandbox", "spend"}
    assert {app for app, _ in JOINED} == apps


def test_migrations_describe_the_database_without_our_code() -> None:
    steps = ROOT.glob("[dg]*/**/migrations/0*.py")
    assert not [
        path.name for path in steps if re.search(r"^(import|from) (dashboard|generation)", path.read_text(), re.M)
    ]


def test_a_database_of_before_is_taken_as_it_is(recorded: MigrationRecorder) -> None:
    refuse_half_way(connection)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.parametrize(("app", "name"), [("generation", "0015_notes_of_pauses"), ("accounts", "0001_initial")])
def test_one_that_lacks_a_migration_is_refused_by_name(recorded: MigrationRecorder, app: str, name: str) -> None:
    recorded.record_unapplied(app, name)
    with pytest.raises(CommandError, match=rf"never brought up to date .*\({app}\.{name} is missing\)"):
        refuse_half_way(connection)


@pytest.mark.parametrize("command", ["migrate", "prepare"])
def test_commands_say_it_in_one_line(command: str, tmp_path: Path) -> None:
    place = os.environ | {"PACKSHOT_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    begin = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "recorder = MigrationRecorder(connection)\n"
        "recorder.ensure_schema()\n"
        "recorder.record_applied('generation', '0001_initial')\n"
    )
    python = [sys.executable, "-c", begin]
    subprocess.run(python, cwd=ROOT, env=place | {"DJANGO_SETTINGS_MODULE": "dashboard.settings"}, check=True)
    done = subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: This database was never brought up to date")
    assert len(done.stderr.splitlines()) == 1
