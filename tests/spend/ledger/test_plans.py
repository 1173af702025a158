"""PostgreSQL reads each page of the ledger in the index's own order: nothing is sorted, nothing is counted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import programs


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("plans")
    found = programs.outcome("-m", "tests.spend.ledger.plans", folder=folder, database=new_database())
    return dict(found)


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
