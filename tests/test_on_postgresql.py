"""What the database itself must do is tested on PostgreSQL too: the rest of the suite runs on SQLite.

``PACKSHOT_TEST_DATABASE_URL`` runs any test on another database.
"""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests import servers
from tests.operations.running import ROOT, surroundings

PATHS = [
    "tests/accounts/test_idempotency.py",
    "tests/members/test_ownership_races.py",
    "tests/accounts/test_row_cache.py",
    "tests/audit/test_proof.py",
    "tests/audit/test_record.py",
    "tests/gallery/test_retention.py",
    "tests/projects/test_search.py",
    "tests/generation/counts/test_gallery.py",
    "tests/generation/database/test_append_only.py",
    "tests/generation/credits/test_caps.py",
    "tests/generation/credits/test_ledger.py",
    "tests/generation/pipeline/test_moved_connection.py",
    "tests/generation/credits/test_integrity.py",
    "tests/generation/credits/test_damage.py",
    "tests/generation/provider/test_answers.py",
    "tests/generation/credits/test_rollup.py",
    "tests/spend/caps/test_alerts.py",
    "tests/spend/what_if/test_queries.py",
    "tests/presets/test_covers.py::test_an_approved_picture_comes_before_newer_ones_and_rejected_ones_never",
    "tests/test_growth.py",
    "tests/test_access_table.py::test_a_null_character_names_nothing",
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with servers.postgresql() as address:
        yield address


@pytest.mark.timeout(900)  # on a busy machine
def test_races_proofs_and_money_on_postgresql(address: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PATHS]
    place = surroundings() | {"PACKSHOT_TEST_DATABASE_URL": address}
    done = subprocess.run(command, env=place, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
