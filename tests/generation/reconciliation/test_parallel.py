"""Readings amid the work of many threads, on SQLite and PostgreSQL: no false drift, and no true one lost."""

from pathlib import Path
from typing import Any

import pytest

from tests import programs
from tests.conftest import database_on


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What :mod:`tests.generation.reconciliation.reconciling` saw."""
    folder: Path = tmp_path_factory.mktemp("reconciling")
    database = database_on(request.param, request, folder)
    return programs.outcome(
        "-m", "tests.generation.reconciliation.reconciling", folder=folder, database=database, with_valkey=True
    )


def test_a_busy_team_never_sees_a_drift_that_is_none(report: dict[str, Any]) -> None:
    assert set(report["drifts"]) == {0}
    assert report["amid"] >= 1


def test_what_others_took_meanwhile_is_found_to_the_credit(report: dict[str, Any]) -> None:
    assert report["last"] == [0, 7]
    assert report["captured"] > 0
