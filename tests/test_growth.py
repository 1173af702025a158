"""What only grows is cleared by tasks of the beat: which rows go, which stay, and how the database finds them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard import settings as defaults
from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Team, User
from dashboard.api import deliveries
from dashboard.api.models import CallerDelivery
from dashboard.celery import app
from dashboard.projects import imports
from dashboard.projects.models import ImportRow, Product, ProductImport
from dashboard.sign_in import sessions
from dashboard.studio.actions import JobSpec, start
from generation import upkeep
from generation.database import bulk_delete
from generation.models import Attempt, Connection, Discrepancy, Job, Reconciliation, WebhookDelivery
from generation.pipeline import jobs
from generation.reconciliation import discrepancies
from generation.sandbox import keys as sandbox_keys
from generation.sandbox import upkeep as sandbox_upkeep
from generation.sandbox.books import books
from generation.sandbox.models import Charge, Delivery, SandboxJob

LONG_AGO = timedelta(days=400)
CLEARED: dict[str, tuple[Callable[[], int], set[str]]] = {
    "generation.tasks.clear_history": (upkeep.clear_history, {"delivery_by_age", "discrepancy_of_others"}),
    "generation.sandbox.tasks.clear_history": (
        sandbox_upkeep.clear_history,
        {"sandbox_deliveries_over", "sandbox_jobs_to_clear"},
    ),
    "dashboard.api.tasks.clear_history": (deliveries.clear_history, {"caller_delivery_over"}),
    "dashboard.projects.tasks.clear_history": (imports.clear_history, {"projects_productimport"}),
    "dashboard.sign_in.tasks.clear_expired_sessions": (
        sessions.clear_expired,
        {"django_session_expire_date", "usersessions_usersession"},
    ),
}
"""By the task's name, what it does, and the indexes that find what it deletes; a table's name is its primary key."""


@pytest.fixture
def job(creator: Actor, mug: Product) -> Job:
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana2", aspect_ratio="1:1", num_images=1)
    return start(creator, specs=[spec]).jobs.get()


@pytest.fixture
def attempt(job: Job) -> Attempt:
    assert jobs.claim(job)
    attempt, _ = jobs.begin_attempt(job) or pytest.fail("not ours")
    return attempt


def test_a_task_of_the_beat_clears_everything_here() -> None:
    beaten = {entry["task"] for entry in defaults.CELERY["beat_schedule"].values()}  # type: ignore[attr-defined]
    assert CLEARED.keys() <= beaten
    app.loader.import_default_modules()
    assert CLEARED.keys() <= app.tasks.keys()


@contextmanager
def few_rows_are_looked_for_in_indexes() -> Iterator[None]:
    """PostgreSQL would read so few rows without any."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    yield


@pytest.mark.parametrize("task", CLEARED)
def test_what_is_old_is_found_through_an_index(task: str, db: None) -> None:
    clear, indexes = CLEARED[task]
    with CaptureQueriesContext(database) as asked:
        clear()
    looks = [query["sql"] for query in asked if query["sql"].startswith("SELECT") and "LIMIT" in query["sql"]]
    assert 0 < len(looks) <= 3
    plans = []
    with few_rows_are_looked_for_in_indexes(), database.cursor() as cursor:
        for look in looks:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if database.vendor == 'sqlite' else ''}{look}")
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    for plan in plans:
        assert "TEMP B-TREE" not in plan and "Sort" not in plan, plan
    for index in indexes:
        assert any(re.search(index, plan) for plan in plans), (index, plans)


def test_a_long_table_is_emptied_in_portions_and_not_all_at_once(attempt: Attempt) -> None:
    rows = WebhookDelivery.objects.bulk_create(WebhookDelivery(attempt=attempt, digest=str(n)) for n in range(25))
    with CaptureQueriesContext(database) as asked:
        assert bulk_delete.delete_in_portions(WebhookDelivery.objects.all(), by="received_at", portion=10) == 25
    deletions = [query["sql"] for query in asked if query["sql"].startswith("DELETE")]
    assert len(deletions) == 3
    assert len(rows) == 25 and not WebhookDelivery.objects.exists()
    WebhookDelivery.objects.bulk_create(WebhookDelivery(attempt=attempt, digest=str(n)) for n in range(25))
    assert bulk_delete.delete_in_portions(WebhookDelivery.objects.all(), by="received_at", seconds=0) == 0


def test_webhooks_that_arrived_long_ago_are_forgotten(attempt: Attempt) -> None:
    old, new = (WebhookDelivery.objects.create(attempt=attempt, digest=name, body="{}") for name in ("old", "new"))
    WebhookDelivery.objects.filter(pk=old.pk).update(received_at=timezone.now() - LONG_AGO)
    assert (upkeep.clear_history(), upkeep.clear_history()) == (1, 0)
    assert WebhookDelivery.objects.get() == new
    assert Attempt.objects.filter(pk=attempt.pk).exists()


def test_what_others_did_is_forgotten_and_what_concerns_us_stays(team: Team, job: Job) -> None:
    connection, now = Connection.objects.get(team=team), timezone.now()
    figures: dict[str, Any] = {"team": team, "connection": connection, "checked_at": now - LONG_AGO, "balance": 9}
    settled, open_one = (
        Reconciliation.objects.create(captured_in_all=0, drift=drift, since=now, **figures) for drift in (0, 5)
    )

    def odd(reading: Reconciliation, name: str, *, job: Job | None = None, ago: timedelta = LONG_AGO) -> None:
        Discrepancy.objects.create(
            reconciliation=reading, provider_job_id=name, job=job, note=discrepancies.OTHERS, found_at=now - ago
        )

    odd(settled, "theirs")
    odd(settled, "theirs, lately", ago=timedelta(days=1))
    odd(settled, "ours", job=job)
    odd(open_one, "may explain an open drift")
    assert (upkeep.clear_history(), upkeep.clear_history()) == (1, 0)
    left = set(Discrepancy.objects.values_list("provider_job_id", flat=True))
    assert left == {"theirs, lately", "ours", "may explain an open drift"}
    assert Reconciliation.objects.count() == 2


def test_a_provider_s_job_is_looked_up_through_an_index(team: Team) -> None:
    connection = Connection.objects.get(team=team)
    figures: dict[str, Any] = {"team": team, "connection": connection, "checked_at": timezone.now(), "balance": 9}
    reading = Reconciliation.objects.create(captured_in_all=0, **figures)
    Discrepancy.objects.bulk_create(
        Discrepancy(reconciliation=reading, provider_job_id=f"job_{n}", note=discrepancies.OTHERS) for n in range(2000)
    )
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = Discrepancy.objects.filter(reconciliation__connection=connection, provider_job_id__in=["job_1", "job_2"])
    with few_rows_are_looked_for_in_indexes():
        assert "discrepancy_of_provider_job" in rows.explain()


def sandbox_job(name: str, *, ago: timedelta, **fields: Any) -> SandboxJob:
    key, _ = sandbox_keys.open_account(email="alice@example.com", plan="pro", credits=100)
    when = timezone.now() - ago
    made = [{"key": f"sandbox/results/{name}/0.png", "mime": "image/png", "width": 1, "height": 1}]
    row: dict[str, Any] = {"photo": f"sandbox/photos/{name}.jpg", "price": 5, "prompt": "On marble", "pictures": made}
    row |= {"created_at": when, "due_at": when, "ended_at": when, "status": SandboxJob.Status.COMPLETED}
    job = SandboxJob.objects.create(key=key, model="nanobanana2", **row | fields)
    Charge.objects.create(key=key, job=job, kind=Charge.Kind.CHARGE, credits=5)
    for path in (job.photo, *(picture["key"] for picture in job.pictures)):
        default_storage.save(path, ContentFile(b"x"))
    return job


def test_the_sandbox_forgets_files_and_keeps_its_books(db: None) -> None:
    old = sandbox_job("old", ago=LONG_AGO)
    new = sandbox_job("new", ago=timedelta(days=1))
    uploaded = sandbox_job("uploaded", ago=LONG_AGO, photo="sandbox/assets/asset_1/original.jpg")
    running = sandbox_job("running", ago=LONG_AGO, ended_at=None, status=SandboxJob.Status.PROCESSING)
    before = books(old.key).as_json()
    assert (sandbox_upkeep.clear_history(), sandbox_upkeep.clear_history()) == (2, 0)
    assert books(old.key).as_json() == before and len(before["charges"]) == 4
    there_are = {
        path
        for job in (old, new, uploaded, running)
        for path in (job.photo, job.pictures[0]["key"])
        if default_storage.exists(path)
    }
    kept = {new.photo, running.photo, uploaded.photo, new.pictures[0]["key"], running.pictures[0]["key"]}
    assert there_are == kept
    old.refresh_from_db()
    assert (old.prompt, old.pictures, old.status, old.price) == ("", [], "completed", 5)


def test_the_sandbox_clears_later_what_its_storage_could_not_delete(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old = sandbox_job("old", ago=LONG_AGO)
    with monkeypatch.context() as patch:

        def broken(name: str) -> None:
            raise OSError("out of order")

        patch.setattr(default_storage, "delete", broken)
        assert sandbox_upkeep.clear_history() == 0
    assert default_storage.exists(old.photo)
    assert sandbox_upkeep.clear_history() == 1
    assert not default_storage.exists(old.photo)


def test_the_sandbox_forgets_webhooks_that_are_over(db: None) -> None:
    job, now = sandbox_job("new", ago=timedelta(days=1)), timezone.now()
    for name, due_at, ago in (("over", None, LONG_AGO), ("waits", now, LONG_AGO), ("new", None, timedelta())):
        row = Delivery.objects.create(job=job, message_id=name, due_at=due_at)
        Delivery.objects.filter(pk=row.pk).update(created_at=now - ago)
    sandbox_upkeep.clear_history()
    assert set(Delivery.objects.values_list("message_id", flat=True)) == {"waits", "new"}


def test_word_to_callers_is_forgotten_once_it_is_over(creator: Actor, mug: Product, bob: User) -> None:
    key, _ = ApiKey.issue(team=creator.team, name="Shop", created_by=bob)
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana2", aspect_ratio="1:1", num_images=1)
    now, left = timezone.now(), set()
    for due_at, ago, stays in ((None, LONG_AGO, False), (now, LONG_AGO, True), (None, timedelta(days=1), True)):
        job = start(creator, specs=[spec]).jobs.get()
        Job.objects.filter(pk=job.pk).update(finished_at=now)
        row = CallerDelivery.objects.create(job=job, api_key=key, due_at=due_at)
        CallerDelivery.objects.filter(pk=row.pk).update(created_at=now - ago)
        left |= {row.pk} if stays else set()
    running = start(creator, specs=[spec]).jobs.get()
    left.add(CallerDelivery.objects.create(job=running, api_key=key).pk)
    CallerDelivery.objects.filter(job=running).update(created_at=now - LONG_AGO)
    assert (deliveries.clear_history(), deliveries.clear_history()) == (1, 0)
    assert set(CallerDelivery.objects.values_list("pk", flat=True)) == left
    assert Job.objects.count() == 4


def test_imports_that_are_over_are_forgotten_and_their_products_stay(creator: Actor, mug: Product) -> None:
    now = timezone.now()

    def imported(name: str, *, ago: timedelta, started: bool = True, due: bool = False) -> None:
        batch = ProductImport.objects.create(
            team=creator.team, member=creator.user, filename=name, started_at=now - ago if started else None
        )
        ProductImport.objects.filter(pk=batch.pk).update(created_at=now - ago)
        state = ImportRow.State.WAITING if due else ImportRow.State.DONE
        ImportRow.objects.create(batch=batch, line=2, state=state, due_at=now if due else None, product=mug)

    imported("over", ago=LONG_AGO)
    imported("under way", ago=LONG_AGO, due=True)
    imported("lately", ago=timedelta(days=2))
    imported("never confirmed", ago=timedelta(days=2), started=False)
    imported("looked at", ago=timedelta(hours=1), started=False)
    assert (imports.clear_history(), imports.clear_history()) == (4, 0)
    left = set(ProductImport.objects.values_list("filename", flat=True))
    assert left == {"under way", "lately", "looked at"}
    assert Product.objects.get() == mug


def test_sessions_that_are_over_are_forgotten_with_their_browsers(bob: User) -> None:
    for name, lasts in (("over", -timedelta(days=1)), ("open", timedelta(days=1))):
        store = SessionStore()
        store["name"] = name
        store.save()
        Session.objects.filter(pk=store.session_key).update(expire_date=timezone.now() + lasts)
        UserSession.objects.create(user=bob, ip="192.0.2.7", user_agent=name, session_key=store.session_key)
    assert (sessions.clear_expired(), sessions.clear_expired()) == (2, 0)
    assert [row.get_decoded()["name"] for row in Session.objects.all()] == ["open"]
    assert UserSession.objects.get().user_agent == "open"
