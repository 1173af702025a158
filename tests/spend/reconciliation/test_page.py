"""``/spend/provider/``: whether the provider's books agree with ours, and what admins say of a drift."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.connections import actions
from dashboard.spend.reconciliation import labels
from generation.contract import Account
from generation.credits import integrity
from generation.models import Connection, CreditAccount, Discrepancy, LedgerEntry, Reconciliation, ReconciliationCursor
from generation.reconciliation import discrepancies
from tests.conftest import browser_of
from tests.spend.ledger.test_page import text


@pytest.fixture
def connection(team: Team, httpserver: HTTPServer) -> Connection:
    connection = Connection.objects.get(team=team)
    connection.base_url = httpserver.url_for("/v1")
    connection.save()
    return connection


def reading(connection: Connection, *, ago: timedelta = timedelta(minutes=14), **figures: Any) -> Reconciliation:
    at = timezone.now() - ago
    told = {"balance": 90, "captured_in_all": 0, "since": at - timedelta(hours=1)} | figures
    return Reconciliation.objects.create(team_id=connection.team_id, connection=connection, checked_at=at, **told)


def page(user: User) -> str:
    answer = browser_of(user).get("/spend/provider/")
    assert answer.status_code == 200
    return html.unescape(text(answer.content.decode())).replace("\xa0", " ")


def answers_with(httpserver: HTTPServer, credits: int, *jobs: dict[str, Any]) -> None:
    httpserver.clear()
    httpserver.expect_request("/v1/me").respond_with_json({"credits": {"generations": credits}})
    httpserver.expect_request("/v1/jobs").respond_with_json({"jobs": list(jobs), "total": len(jobs)})


class TestTells:
    def test_that_all_is_well_in_one_sentence(self, connection: Connection, ada: User) -> None:
        reading(connection)
        assert "Agrees exactly. Checked 14 minutes ago ." in page(ada)

    def test_that_jobs_are_under_way(self, connection: Connection, ada: User) -> None:
        reading(connection, in_flight=15)
        assert "Agrees, with 15 credits of jobs under way." in page(ada)

    def test_that_there_is_no_reading_yet(self, connection: Connection, ada: User) -> None:
        assert "Not compared yet." in page(ada)
        assert "No reading yet" in page(ada)

    def test_that_there_is_no_connection(self, connection: Connection, ada: User) -> None:
        connection.delete()
        assert "Not connected to ProductAI yet." in page(ada)
        assert "Check now" not in page(ada)

    def test_a_drift_with_what_may_explain_it(self, connection: Connection, ada: User) -> None:
        first = reading(connection, ago=timedelta(hours=2), in_flight=5)
        row = reading(connection, since=first.checked_at - timedelta(hours=1), moved=16, captured=10, drift=6)
        for reconciliation, job_id in ((first, "job_earlier"), (row, "job_theirs_12345678")):
            note = "Made with the same account, but not by this team."
            Discrepancy.objects.create(
                reconciliation=reconciliation, provider_job_id=job_id, charged=6, captured=0, note=note
            )
        told = page(ada)
        assert "Differs by 6 credits." in told
        assert "ProductAI took 6 credits more than was paid here" in told
        assert "…12345678 : Made with the same account, but not by this team. ProductAI charged 6, paid here 0." in told
        assert "…_earlier" in told
        assert "They cost 12 credits more there than here, of the 6 that are missing." in told
        assert "Everybody who does spends from one balance" in told

    def test_each_of_many_drifts_with_its_own_jobs_in_as_many_queries_as_one(
        self, connection: Connection, ada: User
    ) -> None:
        def drift(number: int) -> None:
            row = reading(connection, ago=timedelta(hours=50 - number), moved=6, drift=6)
            job = {"provider_job_id": f"job_{number:08}", "note": discrepancies.OTHERS}
            Discrepancy.objects.create(reconciliation=row, charged=number, **job)

        def asked() -> tuple[int, str]:
            with CaptureQueriesContext(database) as queries:
                told = page(ada)
            return len(queries), told

        drift(1)
        page(ada)  # the first one notes that she was here
        of_one, _ = asked()
        for number in (11, 21, 31):
            drift(number)
        of_four, told = asked()
        assert of_four == of_one
        assert [told.count(f"They cost {number} credits more") for number in (11, 21, 31)] == [1, 1, 1]

    def test_a_drift_that_thousands_of_others_jobs_may_explain(self, connection: Connection, ada: User) -> None:
        row = reading(connection, moved=16, captured=10, drift=6)
        Discrepancy.objects.bulk_create(
            Discrepancy(reconciliation=row, provider_job_id=f"job_{n:08}", charged=6, note=discrepancies.OTHERS)
            for n in range(40_000)
        )
        with CaptureQueriesContext(database) as asked:
            told = page(ada)
        assert "ProductAI took 6 credits more than was paid here" in told
        assert "They cost" not in told
        assert sum(len(query["sql"]) for query in asked) < 200_000

    @pytest.mark.parametrize(
        ("place", "sentence"),
        [
            ({}, "Jobs that ProductAI made until 28 November, 09:30 are compared, later ones once they have ended."),
            ({"read": 1200}, "Jobs are being compared, 1,200 so far. Those made before 28 November, 09:30 are done."),
            ({"fault": "Too slow."}, "Jobs were not compared further: Too slow. The next reading tries again."),
        ],
    )
    def test_how_far_jobs_are_compared(
        self, connection: Connection, ada: User, place: dict[str, Any], sentence: str
    ) -> None:
        reading(connection)
        until = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
        ReconciliationCursor.objects.create(connection=connection, compared_until=until, **place)
        assert sentence in page(ada)

    def test_that_no_balance_was_heard(self, connection: Connection, ada: User) -> None:
        assert "ProductAI has not said yet what is left" in page(ada)

    def test_only_the_least_that_is_sure_amid_running_jobs(self, connection: Connection, ada: User) -> None:
        reading(connection, moved=16, drift=6, in_flight=10)
        assert "Differs by at least 6 credits." in page(ada)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"pause": "key"}, "ProductAI refused the team's key. The next reading waits until it is replaced."),
            (
                {"balance_at": timezone.now() - timedelta(hours=1)},
                "ProductAI does not answer. The next reading waits until it does.",
            ),
        ],
    )
    def test_why_a_reading_is_postponed(
        self, connection: Connection, ada: User, changes: dict[str, Any], sentence: str
    ) -> None:
        Connection.objects.update(**changes)
        assert sentence in page(ada)

    def test_that_a_reading_is_late(self, connection: Connection, ada: User) -> None:
        reading(connection, ago=timedelta(hours=2))
        assert "The next reading is late." in page(ada)

    def test_older_readings_on_further_pages(self, connection: Connection, ada: User) -> None:
        for number in range(60):
            reading(connection, ago=timedelta(hours=60 - number), balance=1000 + number)
        assert "1,059" in page(ada)
        older = browser_of(ada).get("/spend/provider/")
        (address,) = {part for part in older.content.decode().split('"') if part.startswith("/spend/provider/?before")}
        assert "1,009" not in page(ada)
        assert "1,009" in browser_of(ada).get(address).content.decode()
        assert browser_of(ada).get("/spend/provider/?before=²").status_code == 200

    def test_only_what_differed_and_what_was_said_of_it(self, connection: Connection, ada: User) -> None:
        """Readings come every hour; a drift that was settled months ago is found all the same."""
        settled = {"verdict": "explained", "reason": "The agency's lookbook", "settled_by": ada}
        for number in range(60):
            reading(connection, ago=timedelta(hours=60 - number), balance=1000 + number)
        reading(connection, ago=timedelta(days=90), balance=77, drift=6, **settled)
        shown = html.unescape(browser_of(ada).get("/spend/provider/?only=drift").content.decode())
        assert "The agency's lookbook – Ada" in shown
        assert "1,059" not in shown

    def test_a_new_account_as_no_drift(self, connection: Connection, ada: User, team: Team) -> None:
        reading(connection, balance=5_000)
        account = Account(id="another", email="", plan="pro", credits=3)
        acting = Actor(team, Role.ADMIN, user=ada)
        asked = {"key": "k", "plan": "pro", "photo_delivery": "asset", "account": account}
        actions.connect(acting, base_url="https://other.example.com/v1", **asked)  # type: ignore[arg-type]
        assert labels.state(team.id).sentence == "Not compared yet."
        assert "Another account" in page(ada)


class TestCheckNow:
    def test_takes_a_reading(self, connection: Connection, ada: User, httpserver: HTTPServer) -> None:
        answers_with(httpserver, 90)
        for sentence in ("The first reading is taken.", "Agrees exactly."):
            answer = browser_of(ada).post("/spend/provider/check/", follow=True)
            assert f"Checked. {sentence}" in answer.content.decode()
        assert Reconciliation.objects.count() == 2

    def test_says_what_the_provider_did_instead(
        self, connection: Connection, ada: User, httpserver: HTTPServer
    ) -> None:
        told = {}
        for status in (503, 401):
            httpserver.clear()
            httpserver.expect_request("/v1/me").respond_with_json({}, status=status)
            told[status] = browser_of(ada).post("/spend/provider/check/", follow=True).content.decode()
        assert "Nothing was read. The provider answered 503. Try again in a while." in told[503]
        assert "ProductAI refused the team&#x27;s key." in told[401]
        assert not Reconciliation.objects.exists()

    def test_needs_a_connection(self, connection: Connection, ada: User) -> None:
        connection.delete()
        assert "no connection" in browser_of(ada).post("/spend/provider/check/", follow=True).content.decode()


class TestSettling:
    def settle(self, user: User, row: Reconciliation, **fields: object) -> Any:
        body = {"verdict": "explained", "reason": "A test with the key"} | fields
        return browser_of(user).post(f"/spend/provider/{row.pk}/settle/", body)

    def test_by_an_adjustment(self, connection: Connection, ada: User) -> None:
        row = reading(connection, moved=6, drift=6)
        assert self.settle(ada, row, verdict="adjusted").status_code == 302
        row.refresh_from_db()
        assert (row.verdict, row.reason, row.settled_by) == ("adjusted", "A test with the key", ada)
        entry = LedgerEntry.objects.get(kind="adjust")
        assert (entry.spent, entry.actor, entry.reason) == (6, ada, "A test with the key")
        event = AuditEvent.objects.get(action="drift.adjusted")
        assert (event.object_id, event.after) == (connection.id, {"drift": 6, "reason": "A test with the key"})
        assert list(integrity.violations()) == []

    @pytest.mark.parametrize(("grant", "granted"), [("on", 600), ("", 100)])
    def test_as_a_top_up_which_the_team_may_get_too(
        self, connection: Connection, ada: User, grant: str, granted: int
    ) -> None:
        row = reading(connection, moved=-500, drift=-500)
        self.settle(ada, row, verdict="top_up", grant=grant)
        assert CreditAccount.objects.get().granted == granted
        assert AuditEvent.objects.get(action="drift.top_up").after.get("granted") == (500 if grant else None)

    def test_as_explained_which_posts_nothing(self, connection: Connection, ada: User) -> None:
        self.settle(ada, reading(connection, moved=6, drift=6))
        assert not LedgerEntry.objects.exclude(kind="grant").exists()
        assert "Agrees exactly." in page(ada)
        assert "Explained" in page(ada)

    def test_once(self, connection: Connection, ada: User, alice: User) -> None:
        row = reading(connection, moved=6, drift=6)
        self.settle(ada, row, verdict="adjusted")
        answer = browser_of(alice).post(
            f"/spend/provider/{row.pk}/settle/", {"verdict": "adjusted", "reason": "Me too"}, follow=True
        )
        assert "This was settled before" in answer.content.decode()
        assert LedgerEntry.objects.filter(kind="adjust").count() == 1

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"verdict": ""}, "Choose what it was."),
            ({"verdict": "top_up"}, "Choose what it was."),  # credits went: that was none
            ({"reason": " "}, "Say why, so that everybody can read it later."),
            ({"reason": "x" * 201}, "A reason has up to 200 characters."),
        ],
    )
    def test_needs_an_answer_and_a_reason(
        self, connection: Connection, ada: User, fields: dict[str, str], sentence: str
    ) -> None:
        row = reading(connection, moved=6, drift=6)
        answer = self.settle(ada, row, **fields)
        assert answer.status_code == 422
        assert answer.content.decode().count(sentence) == 1
        row.refresh_from_db()
        assert row.verdict == ""

    def test_never_leaves_less_than_nothing_spent(self, connection: Connection, ada: User) -> None:
        row = reading(connection, moved=-500, drift=-500)
        answer = self.settle(ada, row, verdict="adjusted")
        assert answer.status_code == 422
        assert "cannot take back more than was ever spent" in answer.content.decode()
        row.refresh_from_db()
        assert row.verdict == ""

    def test_of_another_team_is_not_found(self, connection: Connection, charlie: User) -> None:
        row = reading(connection, moved=6, drift=6)
        assert self.settle(charlie, row).status_code == 404
        assert browser_of(charlie).post(f"/spend/provider/{'9' * 30}/settle/").status_code == 404

    def test_from_the_form_that_the_page_shows(self, connection: Connection, ada: User) -> None:
        row = reading(connection, moved=6, drift=6)
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(ada)
        shown = browser.get("/spend/provider/").content.decode()
        form = shown[shown.index(f'action="/spend/provider/{row.pk}/settle/"') :]
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[0]
        body = {"verdict": "explained", "reason": "A test", "csrfmiddlewaretoken": token}
        assert browser.post(f"/spend/provider/{row.pk}/settle/", body).status_code == 302
