"""A provider out of order postpones a reading; it never makes a drift."""

import json

import pytest
from pytest_httpserver import HTTPServer

from generation.models import Connection, Reconciliation
from generation.provider.client import KeyRefused, OutcomeUnknown
from generation.reconciliation import readings
from generation.tasks import compare_books
from tests.generation.reconciliation.books import Provider


def test_a_provider_out_of_order_only_postpones_the_reading(connection: Connection, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/me").respond_with_json({}, status=503)
    with pytest.raises(OutcomeUnknown):
        readings.check(connection)
    compare_books(connection.id)
    assert not Reconciliation.objects.exists()


def test_a_refused_key_pauses_the_connection(connection: Connection, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/me").respond_with_json({}, status=401)
    with pytest.raises(KeyRefused):
        readings.check(connection)
    assert Connection.objects.get().pause == Connection.Pause.KEY


def test_the_beat_sends_a_message_for_every_key(
    connection: Connection, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr("generation.tasks.hint", lambda *words: sent.append(words))
    compare_books()
    assert sent == [("compare_books", connection.id)]
    compare_books(connection.id)
    assert Reconciliation.objects.get().balance == 1_000


@pytest.mark.parametrize("credits", ["plenty", None, float("inf"), float("nan"), 10**30, [], {"left": 4}], ids=str)
def test_a_balance_that_cannot_be_one_is_not_read(
    connection: Connection, httpserver: HTTPServer, credits: object
) -> None:
    body = json.dumps({"id": "acct", "credits": {"generations": credits}})
    httpserver.expect_request("/v1/me").respond_with_data(body)
    with pytest.raises(OutcomeUnknown, match=r"could not be read"):
        readings.check(connection)
    assert not Reconciliation.objects.exists()
    assert Connection.objects.get().balance is None
