"""Jobs that move during a reading, at the worst moments."""

from collections.abc import Callable
from typing import Any

import pytest

from generation.contract import Account
from generation.models import Connection, Job, Reconciliation
from generation.provider.client import Client
from generation.reconciliation import readings
from tests.generation.reconciliation.books import PRICE, Business, figures


@pytest.fixture
def amid(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Do something right before and right after the provider says what is left."""
    ask = Client.get_account

    def arrange(*, before: Callable[[], object] = lambda: None, after: Callable[[], object] = lambda: None) -> None:
        def get_account(client: Client) -> Account:
            before()
            account = ask(client)
            after()
            return account

        monkeypatch.setattr(Client, "get_account", get_account)

    return arrange


def settled_in_the_end(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    row = readings.check(connection)
    assert (row.in_flight, row.drift) == (0, 0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_capture_beside_the_balance(
    connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    job = business.post()
    business.charge()
    amid(**{moment: lambda: business.finish(job)})
    assert figures(readings.check(connection)) == (PRICE, 0, PRICE, 0)
    settled_in_the_end(connection, monkeypatch)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_whole_job_beside_the_balance(
    connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def whole() -> None:
        job = business.post()
        business.charge()
        business.finish(job)

    amid(**{moment: whole})
    row = readings.check(connection)
    assert (row.in_flight, row.drift) == (PRICE, 0)
    settled_in_the_end(connection, monkeypatch)


def test_a_job_that_leaves_before_the_balance_is_read(
    connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[Job] = []
    amid(before=lambda: (left.append(business.post()), business.charge()))
    assert figures(readings.check(connection)) == (PRICE, 0, PRICE, 0)
    business.finish(left[0])
    settled_in_the_end(connection, monkeypatch)


def test_a_failure_whose_price_comes_back_after_the_balance_was_read(
    connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = business.post()
    business.charge()
    amid(after=lambda: (business.charge(-PRICE), business.fail(job)))
    assert figures(readings.check(connection)) == (PRICE, 0, PRICE, 0)
    settled_in_the_end(connection, monkeypatch)


def test_a_reading_that_moved_is_no_base(
    connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Reconciliation.objects.get()
    job = business.post()
    business.charge()
    amid(after=lambda: business.finish(job))
    readings.check(connection)
    monkeypatch.undo()
    assert readings.check(connection).since == first.checked_at
