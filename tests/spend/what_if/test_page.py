"""/spend/what-if/: who may, what it proposes, and what it says."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.projects.models import Product, Project
from dashboard.spend.what_if import chart
from dashboard.spend.what_if.replay import CapUse, DayOfUse, ProposedCap
from generation.credits import ledger
from generation.models import Cap, Image, Job
from tests.conftest import browser_of
from tests.spend.orders import cap, order

NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("UTC"))
HOME = "/spend/what-if/"


@pytest.fixture(autouse=True)
def november(db: None) -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def spring(team: Team) -> Project:
    return Project.objects.create(team=team, name="Spring")


def query(*rows: tuple[str, str, str], **more: str) -> dict[str, str]:
    """An address that proposes rows of whose, period and credits."""
    values = {"rows": str(len(rows)), **more}
    for number, row in enumerate(rows):
        values |= {f"{number}-{name}": value for name, value in zip(("whose", "period", "credits"), row, strict=True)}
    return values


def ask(user: User, given: dict[str, str] | None = None) -> Any:
    return browser_of(user).get(HOME, given or {})


def finish(job: Job, *, approved: bool) -> None:
    ledger.capture(job=job, credits=5, pictures=1)
    review = Image.Review.APPROVED if approved else Image.Review.NONE
    Image.objects.create(team_id=job.team_id, job=job, index=0, source_url="https://example.com/1.png", review=review)


def test_the_caps_in_force_are_played_at_first(team: Team, ada: User, bob: User, spring: Project) -> None:
    cap(team, 40)
    cap(team, 20, project=spring, period=Cap.Period.TOTAL)
    cap(team, 30, member=bob)
    rows = [vars(row.line) for row in ask(ada).context["rows"]]
    assert rows == [
        {"whose": "team", "period": "month", "credits": "40"},
        {"whose": f"project:{spring.id}", "period": "total", "credits": "20"},
        {"whose": f"member:{bob.pk}", "period": "month", "credits": "30"},
    ]


def test_it_says_what_would_have_been_stopped(team: Team, ada: User, creator: Actor, mug: Product) -> None:
    order(creator, mug, 2)
    first, second = order(creator, mug, 2)
    finish(first, approved=True)
    finish(second, approved=False)
    answer = ask(ada, query(("team", "month", "15")))
    result = answer.context["result"]
    assert (result.batches, result.refused, result.credits, result.pictures, result.approved) == (2, 1, 10, 2, 1)
    (stopped,) = result.stopped
    assert (stopped.who, stopped.refusal.asked, stopped.left, stopped.cap) == (
        "Bob",
        10,
        5,
        "Monthly cap of Northwind",
    )
    page = answer.content.decode()
    assert "2 pictures, 1 approved" in page
    assert f"/batches/{first.batch_id}/" in page
    assert "By itself it would stop nothing from <b>20</b> credits on." in page


def test_caps_that_stop_nothing_say_so(team: Team, ada: User, creator: Actor, mug: Product) -> None:
    order(creator, mug)
    answer = ask(ada, query(("team", "month", "100")))
    assert answer.context["result"].refused == 0
    assert "stops nothing" in answer.content.decode()


def test_a_key_is_named_and_counts_for_whoever_made_it(team: Team, ada: User, mug: Product) -> None:
    key, _ = ApiKey.issue(team=team, name="Nightly", created_by=ada)
    order(Actor(team, Role.CREATOR, api_key=key), mug)
    (stopped,) = ask(ada, query((f"member:{ada.pk}", "month", "4"))).context["result"].stopped
    assert stopped.who == "Key Nightly"


def test_other_days_are_played_where_the_team_is(team: Team, ada: User, creator: Actor, mug: Product) -> None:
    ledger.set_time_zone(team_id=team.id, name="Pacific/Auckland")
    with time_machine.travel(datetime(2026, 10, 31, 12, tzinfo=ZoneInfo("UTC")), tick=True):
        order(creator, mug)  # the first of November there
    caps = ("team", "month", "4")
    assert ask(ada, query(caps)).context["result"].refused == 1
    assert ask(ada, query(caps, period="2026-10")).context["result"].batches == 0
    assert ask(ada, query(caps, **{"from": "2026-11-01", "to": "2026-11-01"})).context["result"].refused == 1


def test_a_row_is_added_and_removed_without_a_script(team: Team, ada: User) -> None:
    rows = [("team", "month", "40"), ("team", "total", "90")]
    added = browser_of(ada).get(HOME, query(*rows, add="1", **{"from": "2026-11-01", "to": "2026-11-20"}))
    given = parse_qs(urlsplit(added["Location"]).query, keep_blank_values=True)
    assert (given["rows"], given["2-credits"], given["from"], given["to"]) == (
        ["3"],
        [""],
        ["2026-11-01"],
        ["2026-11-20"],
    )
    assert "add" not in given
    removed = browser_of(ada).get(HOME, query(*rows, remove="0"))
    given = parse_qs(urlsplit(removed["Location"]).query)
    assert (given["rows"], given["0-period"], given["0-credits"]) == (["1"], ["total"], ["90"])
    assert browser_of(ada).get(removed["Location"]).status_code == 200


def test_the_last_row_can_go_too(team: Team, ada: User, creator: Actor, mug: Product) -> None:
    order(creator, mug)
    answer = browser_of(ada).get(HOME, query(("team", "month", "1"), remove="0"), follow=True)
    assert answer.context["rows"] == []
    assert "No cap to play with" in answer.content.decode()


@pytest.mark.parametrize("credits", ["-1", "1.5", "1.000", "many", "1000000001", "9" * 60])
def test_an_amount_that_is_none_is_refused_in_a_sentence(team: Team, ada: User, credits: str) -> None:
    answer = ask(ada, query(("team", "month", credits)))
    assert answer.status_code == 422
    assert "A cap is a whole number of credits from 0 to 1,000,000,000, written" in answer.content.decode()


def test_nobody_of_another_team_can_be_proposed(team: Team, ada: User, charlie: User) -> None:
    theirs = Project.objects.create(team=charlie.memberships.get().team, name="Secret")
    for whose in (f"project:{theirs.id}", f"member:{charlie.pk}", "member:x", "project:", "", "\0"):
        answer = ask(ada, query((whose, "month", "5")))
        assert answer.status_code == 422
        assert "Choose whom it bounds." in answer.content.decode()
        assert "Secret" not in answer.content.decode()


def test_two_rows_for_the_same_are_refused(team: Team, ada: User) -> None:
    answer = ask(ada, query(("team", "month", "5"), ("team", "total", "5"), ("team", "month", "6")))
    assert answer.status_code == 422
    assert answer.content.decode().count("There is such a cap above already") == 1


@pytest.mark.parametrize("rows", ["-1", "x", "99999999", "²", "1\0"])
def test_a_number_of_rows_that_is_none_stands_for_the_caps_in_force(team: Team, ada: User, rows: str) -> None:
    cap(team, 40)
    assert [row.line.credits for row in ask(ada, {"rows": rows}).context["rows"]] == ["40"]


def test_a_team_that_never_had_a_credit_has_a_page(charlie: User) -> None:
    assert "Nothing was asked for in these days" in ask(charlie).content.decode()


def test_a_chart_leaves_out_a_cap_that_is_far_away() -> None:
    days = [DayOfUse(NOW.date(), 5, 10, 1), DayOfUse(NOW.date(), 10, 10, 0)]
    near, far = (chart.draw(CapUse(ProposedCap(credits), 10, days)) for credits in (20, 1000))
    assert near.cap is not None
    assert 0 < near.cap < 40
    assert far.cap is None
    assert near.refused == [25.0]
    assert near.replayed.startswith("M0 40V")
    assert near.replayed.endswith("H100.0V40Z")
