"""PostgreSQL reads each page of the ledger in the index's own order: nothing is sorted, nothing is counted."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operations.running import ROOT, surroundings


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("plans")
    place = {"PACKSHOT_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    place |= {"REDIS_URL": f"unix://{folder}/none.sock", "XDG_RUNTIME_DIR": str(folder)}
    command = [sys.executable, "-m", "tests.spend.ledger.plans"]
    environment = surroundings() | place | {"DATABASE_URL": new_database()}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_every_page_comes_in_the_order_of_the_index(plans: dict[str, str]) -> None:
    assert len(plans) == 12
    for name, plan in plans.items():
        assert "Index Scan using entry_of_account" in plan, f"{name}: {plan}"
        assert "Sort" not in plan, f"{name}: {plan}"


def test_a_later_page_begins_where_the_one_before_ended(plans: dict[str, str]) -> None:
    for name, plan in plans.items():
        if "from a place on" in name:
            (condition,) = (line for line in plan.splitlines() if "Index Cond" in line)
            assert "created_at <=" in condition, f"{name}: {plan}"
