"""What the studio's pages ask of the database: each thing once, and no more for many jobs than for one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.models import Attempt, Batch, CreditAccount, Job, JobState
from tests.conftest import browser_of
from tests.spend.orders import cap
from tests.studio.test_generate_presets import LIGHT, SEASON, write_preset

SCRIPT = {"HX-Request": "true"}


@contextmanager
def queries() -> Iterator[list[str]]:
    """The statements that run meanwhile. None may run twice."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    statements += [query["sql"] for query in captured]
    assert [sql for sql, times in Counter(statements).items() if times > 1] == []


@pytest.fixture
def chosen(team: Team, mug: Product, bob: User) -> dict[str, Any]:
    """Two products in a preset with two variables, under three caps."""
    CreditAccount.objects.update(granted=1000)
    for facts in ({}, {"member": bob}, {"project": team.projects.create(name="Spring")}):
        cap(team, 900, **facts)
    vase = Product.objects.create(team=team, name="Vase", asset=mug.asset)
    oak = write_preset(team, "Oak shelf", "{{product}} on oak in {{season}}, {{light}}", SEASON, LIGHT)
    return {
        "product": [mug.id, vase.id],
        "project": team.projects.get().id,
        "scene": "presets",
        "preset": [oak.id],
        "model": "nanobanana2",
        "aspect_ratio": ["1:1", "9:16"],
        "num_images": "2",
        "var.season": "spring",
        "var.light": "dusk",
    }


@pytest.fixture
def browser(bob: User) -> Client:
    client = browser_of(bob)
    client.get("/generate/")  # what is cached on first use
    return client


@pytest.mark.parametrize(("changes", "most"), [({}, 15), ({"num_images": ""}, 14), ({"scene": "write"}, 14)])
def test_a_live_quote_asks_for_nothing_twice(
    browser: Client, chosen: dict[str, Any], changes: dict[str, Any], most: int
) -> None:
    browser.post("/generate/quote/", chosen, headers=SCRIPT)
    with queries() as statements:
        assert browser.post("/generate/quote/", chosen | changes, headers=SCRIPT).status_code == 200
    assert len(statements) <= most


@pytest.mark.parametrize("address", ["/generate/", "/generate/quote/"])
def test_the_page_asks_for_nothing_twice(browser: Client, chosen: dict[str, Any], address: str) -> None:
    with queries() as statements:
        if address == "/generate/":
            link = "&".join(f"product={pk}" for pk in chosen["product"])
            page = browser.get(f"{address}?{link}&preset={chosen['preset'][0]}")
        else:
            page = browser.post(address, chosen)  # without scripts
        assert page.status_code == 200
    assert len(statements) <= 25


def test_a_refused_press_asks_for_nothing_twice(browser: Client, chosen: dict[str, Any]) -> None:
    with queries() as statements:
        assert browser.post("/generate/", chosen | {"num_images": "9"}, headers=SCRIPT).status_code == 422
    assert len(statements) <= 16


def test_three_batches_on_the_page_take_two_queries_more_than_one(browser: Client, chosen: dict[str, Any]) -> None:
    counts = []
    for _ in range(3):
        assert browser.post("/generate/", chosen | {"duplicates": "all"}, headers=SCRIPT).status_code == 200
        with queries() as statements:
            browser.get("/generate/")
        counts.append(len(statements))
    assert counts == [counts[0], counts[0] + 1, counts[0] + 2]


def in_doubt(job: Job, *names: str, moment: datetime) -> None:
    """Nobody knows whether the job ran; the provider's list shows these that may be it."""
    shown = [{"provider_job_id": name, "created_at": moment.isoformat(), "pictures": []} for name in names]
    Attempt.objects.create(
        job=job, connection=job.connection, token_hash=job.id, outcome=Attempt.Outcome.UNKNOWN, candidates=shown
    )
    Job.objects.filter(pk=job.pk).update(state=JobState.NEEDS_REVIEW)


def test_jobs_that_need_a_person_take_as_many_queries_as_one(browser: Client, creator: Actor, mug: Product) -> None:
    spec = JobSpec(product=mug, prompt="On oak", model="nanobanana", aspect_ratio="1:1", num_images=1)
    batch = start(creator, specs=[spec] * 8)
    counts = []
    for number, job in enumerate(batch.jobs.order_by("id")[:6]):
        in_doubt(job, "remote_1", f"remote_of_{number}", moment=timezone.now())
        with queries() as statements:
            html = browser.get(f"/batches/{batch.id}/").content.decode()
        counts.append(len(statements))
        assert html.count("This is it") == 2 * (number + 1)
        assert html.count("May also be") == (number + 1 if number else 0)
    assert set(counts) == {counts[0]}


def test_the_list_of_batches_takes_as_many_queries_for_three_as_for_one(
    browser: Client, creator: Actor, mug: Product
) -> None:
    spec = JobSpec(product=mug, prompt="On oak", model="nanobanana", aspect_ratio="1:1", num_images=1)
    counts = []
    for number in range(3):
        start(creator, specs=[spec] * (number + 1))
        with queries() as statements:
            browser.get("/batches/")
        counts.append(len(statements))
    assert set(counts) == {counts[0]} and Batch.objects.count() == 3


@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_what_is_done_with_a_whole_batch_takes_as_many_queries_for_twelve_jobs_as_for_two(
    browser: Client, creator: Actor, mug: Product, act: str
) -> None:
    CreditAccount.objects.update(granted=1000)
    spec = JobSpec(product=mug, prompt="On oak", model="nanobanana", aspect_ratio="1:1", num_images=1)
    counts = []
    for jobs in (2, 12):
        batch = start(creator, specs=[spec] * jobs)
        if act == "retry":
            batch.jobs.update(state=JobState.FAILED)
        with CaptureQueriesContext(connection) as captured:
            browser.post(f"/batches/{batch.id}/{act}/", {"credits": "999"})
        counts.append(len(captured))
    state = JobState.CANCELLED if act == "cancel" else JobState.QUEUED
    assert counts[0] == counts[1] and Job.objects.filter(state=state).count() == 14
