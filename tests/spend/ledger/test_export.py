"""``/spend/ledger.csv``: all that the filters show, honest in a spreadsheet, streamed."""

import asyncio
import csv
import io
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team, User
from dashboard.audit.export import streamed
from dashboard.projects.models import Product
from dashboard.spend.ledger import export
from dashboard.studio.actions import JobSpec, cancel, start
from dashboard.studio.batch_actions import cancel_rest
from generation.credits import ledger
from generation.models import CreditAccount, LedgerEntry
from tests.conftest import browser_of


def exported(user: User, query: str = "") -> list[dict[str, str]]:
    answer = browser_of(user).get(f"/spend/ledger.csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_holds_what_the_filters_show(team: Team, ada: User) -> None:
    ledger.set_time_zone(team_id=team.id, name="Pacific/Auckland")
    ledger.adjust(team_id=team.id, actor_id=ada.pk, spent=7, reason="=HYPERLINK(1)")
    (row,) = exported(ada, "?kind=adjust")
    assert (row["kind"], row["granted"], row["spent"], row["actor"]) == ("adjust", "0", "7", "Ada")
    assert row["reason"] == "'=HYPERLINK(1)"
    assert row["time (Pacific/Auckland)"].endswith("+13:00")
    assert [row["kind"] for row in exported(ada)] == ["adjust", "grant"]


def test_numbers_stay_numbers(team: Team, ada: User) -> None:
    ledger.adjust(team_id=team.id, actor_id=ada.pk, granted=-7, reason="Typed twice")
    assert exported(ada, "?kind=adjust")[0]["granted"] == "-7"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_text_is_a_formula(team: Team, ada: User, begin: str) -> None:
    ledger.adjust(team_id=team.id, actor_id=ada.pk, spent=7, reason=f"{begin}1+1")
    assert exported(ada, "?kind=adjust")[0]["reason"] == f"'{begin}1+1"


def test_tells_who_did_it_and_whose_it_was(creator: Actor, mug: Product, ada: User) -> None:
    asked: dict[str, Any] = {"model": "nanobanana2", "aspect_ratio": "1:1", "num_images": 1}
    first, second, third = start(creator, specs=[JobSpec(product=mug, prompt="On marble", **asked)] * 3).jobs.all()
    ledger.capture(job=first, credits=5, pictures=1)
    admin = Actor(creator.team, Role.ADMIN, user=ada)
    cancel(admin, second)
    cancel_rest(admin, third.batch)
    told = {(row["kind"], row["actor"], row["member"]) for row in exported(ada, f"?job={first.id}")}
    assert told == {("hold", "Bob", "Bob"), ("capture", "Packshot", "Bob")}
    for job in (second, third):
        told = {(row["kind"], row["actor"], row["member"]) for row in exported(ada, f"?job={job.id}")}
        assert told == {("hold", "Bob", "Bob"), ("release", "Ada", "Bob")}


def granted(team: Team, count: int) -> None:
    LedgerEntry.objects.bulk_create(LedgerEntry(account_id=team.id, kind="grant", granted=1) for _ in range(count))


def test_every_line_comes_once_across_portions(team: Team, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PORTION", 7)
    granted(team, 30)
    ids = [int(row["entry"]) for row in exported(ada)]
    assert ids == sorted(LedgerEntry.objects.values_list("pk", flat=True), reverse=True)


def peak(team: Team) -> int:
    tracemalloc.start()
    for _ in export.lines(LedgerEntry.objects.filter(account=team.id), CreditAccount.zone_of(team.id)):
        pass
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return memory


def test_takes_no_memory_for_its_length(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PORTION", 50)
    granted(team, 100)
    peak(team)
    short = peak(team)
    granted(team, 2_000)
    assert peak(team) < 2 * short


def test_under_asgi_it_leaves_while_it_is_read(rf: Any) -> None:
    read: list[int] = []

    def lines() -> Iterator[str]:
        for number in range(20):
            read.append(number)
            yield "x" * 40_000

    async def first_block() -> int:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        answer = streamed(ASGIRequest(scope, io.BytesIO()), lines(), name="ledger.csv", mime="text/csv")
        assert answer.is_async
        await anext(aiter(answer))
        return len(read)

    assert asyncio.run(first_block()) < 5
