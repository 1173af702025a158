"""The walk through the provider's list: each job is compared once it has ended, however many there are."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer

from generation.models import Connection, Discrepancy, ReconciliationCursor
from generation.pipeline import jobs
from generation.provider import rate_limit
from generation.reconciliation import discrepancies, job_listing, readings
from generation.tasks import compare_books, compare_jobs
from tests.generation.conftest import remote_job
from tests.generation.reconciliation.books import PRICE, Business, Provider, told


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_listing, "AT_ONCE", 2)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Hints that would have been sent."""
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr("generation.tasks.hint", lambda *words, wait=0: sent.append(words))
    return sent


def compared_until(connection: Connection, *, ago: timedelta) -> None:
    ReconciliationCursor.objects.create(connection=connection, compared_until=timezone.now() - ago)


def known() -> set[str]:
    return set(Discrepancy.objects.values_list("provider_job_id", flat=True))


def test_asks_for_no_more_pages_than_it_needs(connection: Connection, business: Business, provider: Provider) -> None:
    for count in range(7):
        provider.lists(f"job_old_{count}", tokens=3, ago=timedelta(hours=7 - count))
    provider.asked.clear()
    readings.check(connection)
    assert provider.asked == ["me", "jobs from 0"]


def test_a_long_list_is_read_on_from_where_a_go_ended(
    connection: Connection, business: Business, provider: Provider, sent: list[tuple[str, ...]]
) -> None:
    """A free plan allows ten requests a minute: two of them are for this."""
    Connection.objects.update(plan_limit=10)
    for count in range(9):
        provider.lists(f"job_{count}", tokens=3)
    provider.asked.clear()
    compare_books(connection.id)
    assert provider.asked == ["me", "jobs from 0", "jobs from 2"]
    assert known() == {"job_8", "job_7", "job_6", "job_5"}
    provider.lists("job_new", tokens=3)  # pushes the others down
    while sent:
        assert sent.pop() == ("compare_jobs", connection.id)
        compare_jobs(connection.id)
    assert known() == {f"job_{count}" for count in range(9)}
    assert Discrepancy.objects.count() == 9
    readings.check(connection)
    assert "job_new" in known()


def test_a_job_that_ends_hours_later_is_compared_then(
    connection: Connection, business: Business, provider: Provider
) -> None:
    job = business.post()
    compared_until(connection, ago=timedelta(hours=6))
    provider.lists("job_1", tokens=None, status="processing", ago=timedelta(hours=5))
    for count in range(5):
        provider.lists(f"job_theirs_{count}", tokens=3, ago=timedelta(hours=4 - count))
    assert "job_1" not in {name for name, *_ in told(readings.check(connection))}
    assert ReconciliationCursor.objects.get().compared_until < timezone.now() - timedelta(hours=4)
    business.finish(job)
    provider.jobs[-1] |= {"status": "completed", "tokens_used": 12}
    assert told(readings.check(connection)) == [("job_1", PRICE, 12, discrepancies.DIFFERS)]
    assert ReconciliationCursor.objects.get().compared_until > timezone.now() - timedelta(hours=1)


def test_a_job_that_never_ends_is_told_as_one_that_was_not_compared(
    connection: Connection, business: Business, provider: Provider
) -> None:
    business.post()
    compared_until(connection, ago=timedelta(days=2))
    provider.lists("job_1", tokens=None, status="processing", ago=timedelta(hours=25))
    assert told(readings.check(connection)) == [("job_1", 0, None, discrepancies.NOT_ENDED)]
    assert told(readings.check(connection)) == []


def test_both_tries_of_a_job_are_told_apart_on_different_pages(
    connection: Connection, business: Business, provider: Provider
) -> None:
    job = business.post()
    jobs.ask_for_review(job, message="The provider no longer knows this job.")
    assert jobs.try_again(job)
    business.finish(business.send(job))
    provider.lists("job_1", tokens=PRICE)
    for count in range(3):
        provider.lists(f"job_theirs_{count}", tokens=3)
    provider.lists("job_2", tokens=PRICE)
    said = {name: note for name, _, _, note in told(readings.check(connection))}
    assert said["job_1"] == discrepancies.FREE_HERE
    assert "job_2" not in said


def test_jobs_that_leave_go_before_further_pages(
    connection: Connection, business: Business, provider: Provider
) -> None:
    for count in range(9):
        provider.lists(f"job_{count}", tokens=3)
    Connection.objects.update(plan_limit=12)
    for _ in range(9):
        rate_limit.take(connection.id, limit=12)
    provider.asked.clear()
    connection.refresh_from_db()
    readings.check(connection)
    assert provider.asked == ["me", "jobs from 0"]
    assert readings.is_behind(connection)


def test_a_reading_waits_for_its_turn_and_comes_again(
    connection: Connection, business: Business, provider: Provider, sent: list[tuple[str, ...]]
) -> None:
    while not rate_limit.take(connection.id, limit=connection.plan_limit, window=rate_limit.PROVIDERS_WINDOW):
        pass
    provider.asked.clear()
    compare_books(connection.id)
    assert (provider.asked, sent) == ([], [("compare_books", connection.id)])
    Connection.objects.update(plan_limit=connection.plan_limit + 1)
    compare_books(connection.id)
    assert (provider.asked, sent[1:]) == (["me"], [("compare_jobs", connection.id, "begin")])
    Connection.objects.update(plan_limit=connection.plan_limit + 2)
    compare_jobs(*sent.pop()[1:])
    assert provider.asked == ["me", "jobs from 0"]


def test_a_provider_that_repeats_its_page_is_told(
    connection: Connection, business: Business, httpserver: HTTPServer
) -> None:
    httpserver.clear()
    httpserver.expect_request("/v1/me").respond_with_json({"credits": {"generations": 1_000}})
    page = [remote_job(job_id=f"job_{n}", created_at=timezone.now().isoformat(), tokens_used=3) for n in range(2)]
    httpserver.expect_request("/v1/jobs").respond_with_json({"jobs": page, "has_more": True})
    row = readings.check(connection)
    assert ("", 0, None, "The provider shows only its newest 2 jobs; what is older was not compared.") in told(row)
    assert not readings.is_behind(connection)


def test_one_job_that_cannot_be_read_hides_no_other(
    connection: Connection, business: Business, provider: Provider
) -> None:
    provider.lists("job_theirs", tokens=6)
    provider.lists("job_odd", tokens=3, status="on its way")
    said = told(readings.check(connection))
    assert ("job_odd", 0, None, discrepancies.UNREADABLE) in said
    assert ("job_theirs", 0, 6, discrepancies.OTHERS) in said
    assert told(readings.check(connection)) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"jobs": [{"job_id": None}]},
        {"jobs": None},
        ["jobs"],
        {"jobs": [remote_job(status="completed", tokens_used=float("inf"))]},
    ],
)
def test_a_list_that_cannot_be_read_leaves_the_balance_read(
    connection: Connection, business: Business, httpserver: HTTPServer, answer: Any
) -> None:
    httpserver.clear()
    httpserver.expect_request("/v1/me").respond_with_json({"credits": {"generations": 994}})
    httpserver.expect_request("/v1/jobs").respond_with_data(json.dumps(answer))
    row = readings.check(connection)
    assert (row.drift, told(row)) == (6, [])
    assert ReconciliationCursor.objects.get().fault.startswith("The provider's answer could not be read: ")


def test_a_provider_that_asks_to_slow_down_is_left_alone(
    connection: Connection, business: Business, httpserver: HTTPServer
) -> None:
    httpserver.clear()
    httpserver.expect_request("/v1/me").respond_with_json({"credits": {"generations": 1_000}})
    slow = {"error": {"code": "rate_limit_exceeded", "message": "Too many requests", "retry_after": 30}}
    httpserver.expect_request("/v1/jobs").respond_with_json(slow, status=429)
    readings.check(connection)
    connection.refresh_from_db()
    assert connection.pause == Connection.Pause.RATE_LIMIT
    assert not readings.is_behind(connection)
