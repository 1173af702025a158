"""Rows from before there were folded texts get them, and SKUs that several products had stay where they are."""

from pathlib import Path

from tests import programs


def test_what_was_there_is_found_and_keeps_its_sku(database: str, tmp_path: Path) -> None:
    programs.run("-m", "tests.projects.folding_before", folder=tmp_path, database=database)
