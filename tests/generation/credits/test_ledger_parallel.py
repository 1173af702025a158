"""Credits and pauses under many threads, on a database file and on PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest

from tests import programs
from tests.conftest import database_on


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What :mod:`tests.generation.parallel` saw."""
    folder: Path = tmp_path_factory.mktemp("parallel")
    database = database_on(request.param, request, folder)
    return programs.outcome("-m", "tests.generation.parallel", folder=folder, database=database, with_valkey=True)


def assert_books_balance(books: dict[str, Any]) -> None:
    assert books["account"] == books["entries"]
    granted, held, spent = books["account"]
    assert held >= 0
    assert held + spent <= granted


def test_exactly_as_many_holds_succeed_as_fit(report: dict[str, Any]) -> None:
    books = report["holds"]
    assert books["asked"] == {"held": 20, "denied": 44}
    assert (books["account"], books["open_holds"], books["states"]) == ([60, 60, 0], 20, {"queued": 20})
    assert_books_balance(books)


def test_exactly_as_many_holds_succeed_as_a_cap_allows(report: dict[str, Any]) -> None:
    books = report["capped"]
    assert books["asked"] == {"held": 20, "capped": 44}
    assert (books["uses"], books["open_holds"]) == ([60, 60], 20)
    assert_books_balance(books)


def test_of_two_that_resolve_a_hold_one_is_refused(report: dict[str, Any]) -> None:
    books = report["resolutions"]
    assert books["asked"] == {"captured": 20, "refused": 20}
    assert (books["account"], books["open_holds"]) == ([60, 0, 40], 0)
    assert_books_balance(books)


@pytest.mark.parametrize("answer", ["429", "402"])
def test_after_one_refusal_fifty_workers_post_nothing(report: dict[str, Any], answer: str) -> None:
    books = report[answer]
    assert (books["first"], books["posts"]) == (1, 1)
    assert (books["states"], books["open_holds"]) == ({"queued": 20}, 20)
    assert_books_balance(books)
