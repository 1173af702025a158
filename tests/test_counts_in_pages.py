"""No page counts a big table: what is shown everywhere is kept by the writers, the rest is counted up to a bound."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.ui import counts
from generation.models import Connection, Image, Job
from tests.test_access_table import TABLE
from tests.world import ROLES, World, as_it_was, made

BIG = re.compile(
    r'(?:FROM|JOIN) "(generation_(?:image|job|attempt|webhookdelivery|ledgerentry|asset)'
    r'|audit_auditevent|api_callerdelivery)"'
)
COUNT = re.compile(r"\bCOUNT\(", re.IGNORECASE)
BOUNDS = {
    "LIMIT 10001": "exact up to 10,000",
    '"generation_job"."batch_id"': "a batch has at most so many jobs",
    '"generation_job"."parent_id" =': "what was made from one job, by its own index",
    '"generation_hold"."resolved_at" IS NULL': "only what is under way, by its own index",
    '"generation_job"."state" = \'queued\'': "only what waits, by its own index",
}
"""What a statement says that reads no more than that, and why."""


@pytest.fixture(scope="module", autouse=True)
def private_and_quick(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all tests of this module, whose connection is paused: pages say what waits."""
    with django_db_blocker.unblock(), made(tmp_path_factory.mktemp("world")) as world:
        Connection.objects.filter(team=world.team).update(pause=Connection.Pause.PERSON, pause_message="Alice")
        yield world


@pytest.fixture
def world(private_and_quick: World, db: None) -> World:
    return private_and_quick


def unbounded(statement: str) -> bool:
    return bool(COUNT.search(statement) and BIG.search(statement)) and not any(bound in statement for bound in BOUNDS)


SEEN = [
    (address, name) for address, rule in TABLE.items() for name in ("alice", "bob") if ROLES[name] >= (rule.get or 99)
]


@pytest.mark.parametrize(("address", "name"), SEEN)
def test_no_page_counts_a_big_table(address: str, name: str, world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = world.browser(name).get(world.fill(address))
        if answer.streaming and not hasattr(answer.streaming_content, "__aiter__"):
            b"".join(answer)  # type: ignore[arg-type]
    assert [query["sql"] for query in captured if unbounded(query["sql"])] == []


def test_what_it_looks_for_is_found() -> None:
    assert unbounded('SELECT COUNT(*) FROM "generation_image" WHERE "team_id" = 1')
    assert unbounded('SELECT 1, (SELECT count("U0"."id") FROM "x" JOIN "generation_job" U0)')
    assert not unbounded('SELECT COUNT(*) FROM (SELECT "id" FROM "generation_image" LIMIT 10001) subquery')


def test_what_filters_show_is_counted_by_itself_up_to_a_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = world.browser("bob")
    product = world.things["product_id"]
    assert f'hx-get="/gallery/count/?product={product}"' in bob.get(f"/gallery/?product={product}").content.decode()
    assert bob.get(f"/gallery/count/?product={product}").content == b"1 picture"
    assert bob.get("/gallery/count/?review=approved").content == b"0 pictures"
    with as_it_was():
        job, now = Job.objects.get(pk=world.things["job_id"]), timezone.now()
        Image.objects.bulk_create(Image(team=job.team, job=job, index=place, stored_at=now) for place in range(1, 4))
        monkeypatch.setattr(counts, "MOST", 3)
        assert bob.get(f"/gallery/count/?product={product}").content == b"3+ pictures"
