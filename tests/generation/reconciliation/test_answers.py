"""What a person says of a drift: once, and nothing comes again."""

import pytest

from generation.models import Connection, Reconciliation
from generation.reconciliation import readings
from generation.reconciliation.readings import NotOpen, open_drifts
from tests.generation.reconciliation.books import PRICE, Business

Verdict = Reconciliation.Verdict


def answer(row: Reconciliation, verdict: Verdict = Verdict.EXPLAINED) -> None:
    readings.settle(row, verdict=verdict, actor_id=None, reason="A test with the key.")


def test_an_answer_is_given_once(connection: Connection, business: Business) -> None:
    business.charge(6)
    row = readings.check(connection)
    answer(row)
    with pytest.raises(NotOpen):
        answer(row, Verdict.ADJUSTED)
    row.refresh_from_db()
    assert (row.verdict, row.reason) == ("explained", "A test with the key.")
    assert open_drifts(team_id=connection.team_id) == []


def test_what_was_settled_amid_running_jobs_does_not_come_again(connection: Connection, business: Business) -> None:
    job = business.post()
    business.charge(6)
    business.charge()
    answer(readings.check(connection))
    assert readings.check(connection).drift == 0
    business.finish(job)
    assert readings.check(connection).drift == 0


def test_what_the_answer_left_open_comes_when_it_is_known(connection: Connection, business: Business) -> None:
    job = business.post()
    business.charge(PRICE + 6)
    answer(readings.check(connection))
    business.fail(job)  # and its price was kept
    assert readings.check(connection).drift == PRICE


def test_a_reading_that_a_newer_one_repeats_cannot_be_answered(connection: Connection, business: Business) -> None:
    business.post()
    business.charge(PRICE + 6)
    old = readings.check(connection)
    readings.check(connection)
    with pytest.raises(NotOpen):
        answer(old)


def test_where_nothing_drifts_nothing_is_answered(connection: Connection, business: Business) -> None:
    with pytest.raises(NotOpen):
        answer(readings.check(connection))
