"""The days' figures, counted by SQLite and by PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest

from tests import programs
from tests.conftest import database_on


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What :mod:`tests.spend.days` saw."""
    folder: Path = tmp_path_factory.mktemp("days")
    database = database_on(request.param, request, folder)
    seen = programs.outcome("-m", "tests.spend.days", folder=folder, database=database, with_valkey=True)
    return {**seen, "engine": request.param}


def test_days_counted_anew_are_as_they_were_written(told: dict[str, Any]) -> None:
    # A row where none is due, and none where one is; what is added up from the days was not touched.
    assert told["moved"] == 2
    assert told["counted"] == []
    days = [(row[0], *row[1:]) for row in told["kept"] if row[1]]
    assert days == [
        (day, model, *figures)
        for day in ("2026-10-01", "2026-11-01", "2026-11-21")
        for model, figures in (("nanobanana2", (5, 1, 2, 1)), ("nanobananapro", (8, 1, 1, 0)))
    ]


def test_days_of_another_zone_are_the_ledgers_too(told: dict[str, Any]) -> None:
    assert told["elsewhere"] == []
    assert told["days_elsewhere"][:2] == ["2026-09-30", "2026-09-30"]


def test_the_overview_reads_its_sums_by_an_index(told: dict[str, Any]) -> None:
    whole, combinations = told["plans"]
    if told["engine"] == "sqlite":
        assert "(team_id=? AND day>? AND day<?)" in whole
        assert "USING COVERING INDEX spend_of_days (team_id=? AND day>? AND day<?)" in combinations
        assert "(team_id=? AND month=?)" in combinations
    else:
        assert "one_total_a_day" in whole
        assert "Index Only Scan using spend_of_days" in combinations
        assert "one_spend_a_month" in combinations
