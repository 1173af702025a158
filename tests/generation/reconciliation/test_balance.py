"""The provider's balance beside ours: no false alarm, and every true one to the credit."""

from collections.abc import Callable

import pytest

from generation.contract import Account
from generation.credits import ledger
from generation.models import Connection, Job, Reconciliation
from generation.provider.client import Client
from generation.reconciliation import readings
from generation.reconciliation.readings import open_drifts
from tests.generation.reconciliation.books import PRICE, Business, Provider, figures


def test_the_first_reading_has_nothing_to_compare_with(connection: Connection, provider: Provider) -> None:
    row = readings.check(connection)
    assert (row.since, row.balance, figures(row)) == (None, 1_000, (0, 0, 0, 0))
    assert provider.asked == ["me"]
    assert Connection.objects.get().balance == 1_000


def test_what_was_captured_and_charged_agrees(connection: Connection, business: Business) -> None:
    for cost in (PRICE, 7):
        job = business.post()
        business.charge(cost)
        business.finish(job, cost=cost)
    row = readings.check(connection)
    assert figures(row) == (17, 17, 0, 0)
    assert open_drifts(team_id=connection.team_id) == []


@pytest.mark.parametrize("charged", [0, PRICE])
def test_a_job_under_way_may_be_charged_or_not(connection: Connection, business: Business, charged: int) -> None:
    job = business.post()
    business.charge(charged)
    assert figures(readings.check(connection)) == (charged, 0, PRICE, 0)
    business.charge(PRICE - charged)
    business.finish(job)
    assert figures(readings.check(connection)) == (PRICE, PRICE, 0, 0)


def test_a_queued_job_is_not_under_way(connection: Connection, business: Business, order: Callable[..., Job]) -> None:
    order()
    assert figures(readings.check(connection)) == (0, 0, 0, 0)


def test_what_others_spend_is_drift_even_amid_running_jobs(connection: Connection, business: Business) -> None:
    job = business.post()
    business.charge()
    business.charge(6)
    amid = readings.check(connection)
    assert figures(amid) == (16, 0, PRICE, 6)
    business.finish(job)
    quiet = readings.check(connection)
    assert figures(quiet) == (16, PRICE, 0, 6)
    assert open_drifts(team_id=connection.team_id) == [quiet]  # which tells what the one before told


def test_a_drift_is_told_once(connection: Connection, business: Business) -> None:
    business.charge(6)
    first = readings.check(connection)
    assert figures(readings.check(connection)) == (0, 0, 0, 0)
    assert open_drifts(team_id=connection.team_id) == [first]


def test_a_top_up_is_drift_the_other_way(connection: Connection, business: Business) -> None:
    business.charge(-500)
    assert readings.check(connection).drift == -500


def test_our_own_corrections_are_none_of_the_providers(connection: Connection, business: Business) -> None:
    job = business.post()
    business.charge()
    business.finish(job)
    ledger.refund(job=job, credits=4, actor_id=None, reason="The picture was broken.")
    ledger.adjust(team_id=job.team_id, actor_id=None, spent=3, reason="Paid by card.")
    assert readings.check(connection).drift == 0


def test_a_team_that_never_rests_is_compared_all_the_same(
    order: Callable[..., Job], connection: Connection, provider: Provider
) -> None:
    business = Business(order, provider)
    before = business.post()
    assert readings.check(connection).since is None  # charged, or not yet: nobody knows
    for charged in (True, False):
        after = business.post()
        business.charge(PRICE * charged)
        business.finish(before)
        row = readings.check(connection)
        assert row.drift == 0
        before = after
    business.charge(PRICE * 3)
    assert readings.check(connection).drift == PRICE


def test_another_account_begins_anew(connection: Connection, business: Business, provider: Provider) -> None:
    readings.begin_anew(connection)
    provider.credits = 5
    row = readings.check(connection)
    assert (row.since, row.drift) == (None, 0)
    business.charge(2)
    assert readings.check(connection).drift == 2


def test_another_account_that_nobody_told_of_begins_anew(
    connection: Connection, business: Business, provider: Provider
) -> None:
    """As where the old key was refused, so that nobody could ask whose it was."""
    assert readings.check(connection).since
    provider.account, provider.credits = "acct_other", 20
    row = readings.check(connection)
    assert (row.since, row.drift) == (None, 0)
    business.charge(2)
    assert readings.check(connection).drift == 2


def test_of_two_readings_that_overlap_one_is_written(
    connection: Connection, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person asks while the hourly one is on its way, and somebody else spends meanwhile."""
    ask = Client.get_account

    def get_account(client: Client) -> Account:
        monkeypatch.undo()
        inner.append(readings.check(connection))
        business.charge(6)
        return ask(client)

    inner: list[Reconciliation] = []
    monkeypatch.setattr(Client, "get_account", get_account)
    assert readings.check(connection) == inner[0]
    assert [row.drift for row in Reconciliation.objects.order_by("id")] == [0, 0]
    assert readings.check(connection).drift == 6


def test_a_reading_of_an_account_that_was_left_meanwhile_is_dropped(
    connection: Connection, business: Business, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Client.get_account

    def get_account(client: Client) -> Account:
        monkeypatch.undo()
        readings.begin_anew(connection)
        return ask(client)

    monkeypatch.setattr(Client, "get_account", get_account)
    readings.check(connection)
    provider.credits = 5
    assert figures(readings.check(connection)) == (0, 0, 0, 0)
    assert Connection.objects.get().balance == 5
    assert open_drifts(team_id=connection.team_id) == []
