"""The provider's books beside ours: no false alarm, and every true one to the credit."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation import discrepancies, jobs, ledger, reconcile
from generation.client import Client, KeyRefused, OutcomeUnknown
from generation.contract import Account, JobStatus, RemoteJob
from generation.models import Connection, Discrepancy, Job, Reconciliation
from generation.reconcile import NotOpen, open_drifts
from generation.tasks import compare_books
from tests.generation.conftest import remote_job

Verdict = Reconciliation.Verdict
PRICE = 10
"""Of each job here: two pictures of nanobanana2."""


class Provider:
    """An account over HTTP: what is left, and the jobs of which it tells."""

    def __init__(self, server: HTTPServer) -> None:
        self.credits = 1_000
        self.jobs: list[dict[str, Any]] = []
        self.asked: list[str] = []
        server.expect_request("/v1/me").respond_with_handler(self._me)
        server.expect_request("/v1/jobs").respond_with_handler(self._list)

    def _me(self, request: Request) -> Response:
        self.asked.append("me")
        return Response(json.dumps({"credits": {"generations": self.credits}}))

    def _list(self, request: Request) -> Response:
        first, limit = int(request.args["offset"]), int(request.args["limit"])
        self.asked.append(f"jobs from {first}")
        page = self.jobs[first : first + limit]
        return Response(json.dumps({"jobs": page, "total": len(self.jobs), "limit": limit, "offset": first}))

    def lists(self, job_id: str, *, tokens: int | None, ago: timedelta = timedelta(), **changes: Any) -> None:
        made = (timezone.now() - ago).isoformat()
        told = {"job_id": job_id, "status": "completed", "created_at": made, "tokens_used": tokens} | changes
        self.jobs.insert(0, remote_job(**told))


class Business:
    """A team at work."""

    def __init__(self, order: Callable[..., Job], provider: Provider) -> None:
        self._order, self._provider, self._count = order, provider, 0

    def post(self, *, answered: bool = True) -> Job:
        """A job on its way; the caller says when the provider charges it."""
        job = self._order()
        assert jobs.claim(job)
        attempt, _ = jobs.begin_attempt(job) or pytest.fail("not ours")
        self._count += 1
        if answered:
            jobs.accepted(attempt, provider_job_id=f"job_{self._count}")
        else:
            jobs.lose(attempt.job, attempt=attempt, detail="The connection broke.")
        return Job.objects.get(pk=job.pk)

    def charge(self, credits: int = PRICE) -> None:
        self._provider.credits -= credits

    def finish(self, job: Job, *, cost: int = PRICE) -> None:
        assert jobs.rendered(job, remote=remote(tokens_used=cost))

    def fail(self, job: Job) -> None:
        assert jobs.failed(job, remote=remote(status=JobStatus.FAILED))


def remote(**changes: Any) -> RemoteJob:
    told = {"job_id": "job_x", "status": JobStatus.COMPLETED, "progress": 100, "created_at": "", "model": "nanobanana2"}
    return RemoteJob(**told | {"num_images": 2} | changes)


@pytest.fixture
def provider(httpserver: HTTPServer) -> Provider:
    return Provider(httpserver)


@pytest.fixture
def business(order: Callable[..., Job], provider: Provider, connection: Connection) -> Business:
    """Work that goes on after a first, quiet reading."""
    business = Business(order, provider)
    reconcile.check(connection)
    return business


def figures(row: Reconciliation) -> tuple[int, int, int, int]:
    return row.moved, row.captured, row.in_flight, row.drift


class TestBalance:
    def test_the_first_reading_has_nothing_to_compare_with(self, connection: Connection, provider: Provider) -> None:
        row = reconcile.check(connection)
        assert (row.since, row.balance, figures(row)) == (None, 1_000, (0, 0, 0, 0))
        assert provider.asked == ["me"]
        assert Connection.objects.get().balance == 1_000

    def test_what_was_captured_and_charged_agrees(self, connection: Connection, business: Business) -> None:
        for cost in (PRICE, 7):
            job = business.post()
            business.charge(cost)
            business.finish(job, cost=cost)
        row = reconcile.check(connection)
        assert figures(row) == (17, 17, 0, 0)
        assert open_drifts(team_id=connection.team_id) == []

    @pytest.mark.parametrize("charged", [0, PRICE])
    def test_a_job_under_way_may_be_charged_or_not(
        self, connection: Connection, business: Business, charged: int
    ) -> None:
        job = business.post()
        business.charge(charged)
        assert figures(reconcile.check(connection)) == (charged, 0, PRICE, 0)
        business.charge(PRICE - charged)
        business.finish(job)
        assert figures(reconcile.check(connection)) == (PRICE, PRICE, 0, 0)

    def test_a_queued_job_is_not_under_way(
        self, connection: Connection, business: Business, order: Callable[..., Job]
    ) -> None:
        order()
        assert figures(reconcile.check(connection)) == (0, 0, 0, 0)

    def test_what_others_spend_is_drift_even_amid_running_jobs(
        self, connection: Connection, business: Business
    ) -> None:
        job = business.post()
        business.charge()
        business.charge(6)
        amid = reconcile.check(connection)
        assert figures(amid) == (16, 0, PRICE, 6)
        business.finish(job)
        quiet = reconcile.check(connection)
        assert figures(quiet) == (16, PRICE, 0, 6)
        assert open_drifts(team_id=connection.team_id) == [quiet]  # which tells what the one before told

    def test_a_drift_is_told_once(self, connection: Connection, business: Business) -> None:
        business.charge(6)
        first = reconcile.check(connection)
        assert figures(reconcile.check(connection)) == (0, 0, 0, 0)
        assert open_drifts(team_id=connection.team_id) == [first]

    def test_a_top_up_is_drift_the_other_way(self, connection: Connection, business: Business) -> None:
        business.charge(-500)
        assert reconcile.check(connection).drift == -500

    def test_our_own_corrections_are_none_of_the_providers(self, connection: Connection, business: Business) -> None:
        job = business.post()
        business.charge()
        business.finish(job)
        ledger.refund(job=job, credits=4, actor_id=None, reason="The picture was broken.")
        ledger.adjust(team_id=job.team_id, actor_id=None, spent=3, reason="Paid by card.")
        assert reconcile.check(connection).drift == 0

    def test_a_team_that_never_rests_is_compared_all_the_same(
        self, order: Callable[..., Job], connection: Connection, provider: Provider
    ) -> None:
        business = Business(order, provider)
        before = business.post()
        assert reconcile.check(connection).since is None  # charged, or not yet: nobody knows
        for charged in (True, False):
            after = business.post()
            business.charge(PRICE * charged)
            business.finish(before)
            row = reconcile.check(connection)
            assert row.drift == 0
            before = after
        business.charge(PRICE * 3)
        assert reconcile.check(connection).drift == PRICE

    def test_another_account_begins_anew(self, connection: Connection, business: Business, provider: Provider) -> None:
        reconcile.begin_anew(connection)
        provider.credits = 5
        row = reconcile.check(connection)
        assert (row.since, row.drift) == (None, 0)
        business.charge(2)
        assert reconcile.check(connection).drift == 2


class TestWhileJobsMove:
    """Jobs that move during a reading, at the worst moments."""

    @pytest.fixture
    def amid(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
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

    def settled_in_the_end(self, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        row = reconcile.check(connection)
        assert (row.in_flight, row.drift) == (0, 0)

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_a_capture_beside_the_balance(
        self, connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        job = business.post()
        business.charge()
        amid(**{moment: lambda: business.finish(job)})
        assert figures(reconcile.check(connection)) == (PRICE, 0, PRICE, 0)
        self.settled_in_the_end(connection, monkeypatch)

    @pytest.mark.parametrize("moment", ["before", "after"])
    def test_a_whole_job_beside_the_balance(
        self, connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        def whole() -> None:
            job = business.post()
            business.charge()
            business.finish(job)

        amid(**{moment: whole})
        row = reconcile.check(connection)
        assert (row.in_flight, row.drift) == (PRICE, 0)
        self.settled_in_the_end(connection, monkeypatch)

    def test_a_job_that_leaves_before_the_balance_is_read(
        self, connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        left: list[Job] = []
        amid(before=lambda: (left.append(business.post()), business.charge()))
        assert figures(reconcile.check(connection)) == (PRICE, 0, PRICE, 0)
        business.finish(left[0])
        self.settled_in_the_end(connection, monkeypatch)

    def test_a_failure_whose_price_comes_back_after_the_balance_was_read(
        self, connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = business.post()
        business.charge()
        amid(after=lambda: (business.charge(-PRICE), business.fail(job)))
        assert figures(reconcile.check(connection)) == (PRICE, 0, PRICE, 0)
        self.settled_in_the_end(connection, monkeypatch)

    def test_a_reading_that_moved_is_no_base(
        self, connection: Connection, business: Business, amid: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = Reconciliation.objects.get()
        job = business.post()
        business.charge()
        amid(after=lambda: business.finish(job))
        reconcile.check(connection)
        monkeypatch.undo()
        assert reconcile.check(connection).since == first.checked_at


class TestAnswers:
    def answer(self, row: Reconciliation, verdict: Verdict = Verdict.EXPLAINED) -> None:
        reconcile.settle(row, verdict=verdict, actor_id=None, reason="A test with the key.")

    def test_an_answer_is_given_once(self, connection: Connection, business: Business) -> None:
        business.charge(6)
        row = reconcile.check(connection)
        self.answer(row)
        with pytest.raises(NotOpen):
            self.answer(row, Verdict.ADJUSTED)
        row.refresh_from_db()
        assert (row.verdict, row.reason) == ("explained", "A test with the key.")
        assert open_drifts(team_id=connection.team_id) == []

    def test_what_was_settled_amid_running_jobs_does_not_come_again(
        self, connection: Connection, business: Business
    ) -> None:
        job = business.post()
        business.charge(6)
        business.charge()
        self.answer(reconcile.check(connection))
        assert reconcile.check(connection).drift == 0
        business.finish(job)
        assert reconcile.check(connection).drift == 0

    def test_what_the_answer_left_open_comes_when_it_is_known(self, connection: Connection, business: Business) -> None:
        job = business.post()
        business.charge(PRICE + 6)
        self.answer(reconcile.check(connection))
        business.fail(job)  # and its price was kept
        assert reconcile.check(connection).drift == PRICE

    def test_a_reading_that_a_newer_one_repeats_cannot_be_answered(
        self, connection: Connection, business: Business
    ) -> None:
        business.post()
        business.charge(PRICE + 6)
        old = reconcile.check(connection)
        reconcile.check(connection)
        with pytest.raises(NotOpen):
            self.answer(old)

    def test_where_nothing_drifts_nothing_is_answered(self, connection: Connection, business: Business) -> None:
        with pytest.raises(NotOpen):
            self.answer(reconcile.check(connection))


def told(row: Reconciliation) -> list[tuple[str, int, int | None, str]]:
    rows = row.discrepancies.order_by("provider_job_id")
    return [(found.provider_job_id, found.captured, found.charged, found.note) for found in rows]


class TestJobs:
    def test_jobs_that_agree_are_not_told(self, connection: Connection, business: Business, provider: Provider) -> None:
        job = business.post()
        business.charge()
        business.finish(job)
        provider.lists("job_1", tokens=PRICE)
        assert told(reconcile.check(connection)) == []

    def test_another_cost_is_told_once_with_both_figures(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        job = business.post()
        business.charge(12)
        business.finish(job)
        provider.lists("job_1", tokens=12)
        row = reconcile.check(connection)
        assert row.drift == 2
        assert told(row) == [("job_1", PRICE, 12, discrepancies.DIFFERS)]
        assert Discrepancy.objects.get().job == job
        assert told(reconcile.check(connection)) == []

    def test_a_job_that_an_adjustment_put_right_agrees(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        job = business.post()
        business.finish(job)
        ledger.adjust(team_id=job.team_id, actor_id=None, spent=2, job=job, reason="ProductAI charged 12.")
        ledger.refund(job=job, credits=5, actor_id=None, reason="A courtesy.")
        provider.lists("job_1", tokens=12)
        assert told(reconcile.check(connection)) == []

    def test_a_job_that_is_free_here_but_not_there(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        job = business.post()
        business.fail(job)
        business.charge()
        provider.lists("job_1", tokens=PRICE, status="failed")
        assert told(reconcile.check(connection))[0] == ("job_1", 0, PRICE, discrepancies.FREE_HERE)

    def test_a_failed_job_whose_price_was_kept_without_a_word_is_suspected(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        job = business.post()
        business.charge()
        business.fail(job)
        provider.lists("job_1", tokens=None, status="failed")
        row = reconcile.check(connection)
        assert row.drift == PRICE
        assert told(row) == [("job_1", 0, None, discrepancies.MAY_HAVE_COST)]

    def test_the_key_used_outside(self, connection: Connection, business: Business, provider: Provider) -> None:
        business.charge(6)
        provider.lists("job_theirs", tokens=6)
        row = reconcile.check(connection)
        assert (row.drift, told(row)) == (6, [("job_theirs", 0, 6, discrepancies.OUTSIDE)])

    def test_what_was_made_before_we_came_is_not_told(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        provider.lists("job_old", tokens=6, ago=timedelta(minutes=10))
        assert told(reconcile.check(connection)) == []

    def test_a_job_under_way_waits_for_its_end(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        business.post()
        provider.lists("job_1", tokens=PRICE)
        assert told(reconcile.check(connection)) == []

    def test_a_lost_answer_is_not_held_against_anybody_while_it_is_looked_for(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        business.post(answered=False)
        business.charge()
        provider.lists("job_lost", tokens=PRICE)
        row = reconcile.check(connection)
        assert (row.drift, told(row)) == (0, [])

    def test_a_lost_job_that_was_given_up_is_recognised(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        job = business.post(answered=False)
        business.charge()
        jobs.ask_for_review(job, message="Its answer was lost.")
        assert jobs.give_up(job)
        provider.lists("job_lost", tokens=PRICE)
        row = reconcile.check(connection)
        assert row.drift == PRICE
        assert ("job_lost", 0, PRICE, discrepancies.ANSWER_LOST) in told(row)
        assert {found.job_id for found in row.discrepancies.all()} == {job.id}

    def test_a_first_try_that_ran_after_all_is_told_beside_the_second(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        job = business.post()
        jobs.ask_for_review(job, message="The provider no longer knows this job.")
        assert jobs.try_again(job)
        assert jobs.claim(job)
        attempt, _ = jobs.begin_attempt(job) or pytest.fail("not ours")
        jobs.accepted(attempt, provider_job_id="job_2")
        business.finish(Job.objects.get(pk=job.pk))
        business.charge(2 * PRICE)
        for name in ("job_1", "job_2"):
            provider.lists(name, tokens=PRICE)
        row = reconcile.check(connection)
        assert (row.drift, told(row)) == (PRICE, [("job_1", 0, PRICE, discrepancies.FREE_HERE)])

    def test_asks_for_no_more_pages_than_it_needs(
        self, connection: Connection, business: Business, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(discrepancies, "AT_ONCE", 2)
        for count in range(7):
            provider.lists(f"job_old_{count}", tokens=3, ago=timedelta(hours=7 - count))
        provider.asked.clear()
        reconcile.check(connection)
        assert provider.asked == ["me", "jobs from 0"]

    def test_reads_only_so_many_jobs_at_once(
        self, connection: Connection, business: Business, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(discrepancies, "AT_ONCE", 2)
        monkeypatch.setattr(discrepancies, "MOST", 4)
        for count in range(9):
            provider.lists(f"job_{count}", tokens=3)
        provider.asked.clear()
        assert len(told(reconcile.check(connection))) == 4
        assert provider.asked == ["me", "jobs from 0", "jobs from 2"]

    def test_times_that_cannot_be_read_harm_nothing(
        self, connection: Connection, business: Business, provider: Provider
    ) -> None:
        provider.lists("job_theirs", tokens=6, created_at="yesterday")
        assert told(reconcile.check(connection)) == [("job_theirs", 0, 6, discrepancies.OUTSIDE)]


class TestFaults:
    def test_a_provider_out_of_order_only_postpones_the_reading(
        self, connection: Connection, httpserver: HTTPServer
    ) -> None:
        httpserver.expect_request("/v1/me").respond_with_json({}, status=503)
        with pytest.raises(OutcomeUnknown):
            reconcile.check(connection)
        compare_books(connection.id)
        assert not Reconciliation.objects.exists()

    def test_a_refused_key_pauses_the_connection(self, connection: Connection, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/v1/me").respond_with_json({}, status=401)
        with pytest.raises(KeyRefused):
            reconcile.check(connection)
        assert Connection.objects.get().pause == Connection.Pause.KEY

    def test_the_beat_sends_a_message_for_every_key(
        self, connection: Connection, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[tuple[str, ...]] = []
        monkeypatch.setattr("generation.tasks.hint", lambda *words: sent.append(words))
        compare_books()
        assert sent == [("compare_books", connection.id)]
        compare_books(connection.id)
        assert Reconciliation.objects.get().balance == 1_000
