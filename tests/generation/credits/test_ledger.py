from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger
from generation.models import CreditAccount, Hold, Job, LedgerEntry

Order = Callable[..., list[Job]]


@pytest.fixture
def order(creator: Actor, mug: Product) -> Order:
    """Start jobs of one picture each, by default at 5 credits."""

    def place(count: int = 1, *, model: str = "nanobanana2") -> list[Job]:
        spec = JobSpec(product=mug, prompt="On marble", model=model, aspect_ratio="1:1", num_images=1)
        return list(start(creator, specs=[spec] * count).jobs.order_by("id"))

    return place


def balance(team: Team) -> tuple[int, int, int]:
    account = CreditAccount.objects.get(team=team)
    return account.granted, account.held, account.spent


def assert_balances_are_the_sum_of_entries(team: Team) -> None:
    sums = LedgerEntry.objects.filter(account_id=team.id).aggregate(Sum("granted"), Sum("held"), Sum("spent"))
    assert tuple(sums.values()) == balance(team)


def test_a_hold_takes_the_price_out_of_what_is_left(team: Team, order: Order) -> None:
    order(3)
    assert balance(team) == (100, 15, 0)
    assert ledger.left(team_id=team.id) == 85
    assert_balances_are_the_sum_of_entries(team)


def test_a_capture_spends_the_true_cost_even_where_it_differs_from_the_price(team: Team, order: Order) -> None:
    first, second = order(2)
    ledger.capture(job=first, credits=4)
    ledger.capture(job=second, credits=6)
    assert balance(team) == (100, 0, 10)
    assert_balances_are_the_sum_of_entries(team)


def test_a_release_gives_the_hold_back(team: Team, order: Order) -> None:
    (job,) = order()
    ledger.release(job=job)
    assert balance(team) == (100, 0, 0)
    assert_balances_are_the_sum_of_entries(team)


def test_a_hold_resolves_exactly_once(team: Team, order: Order) -> None:
    (job,) = order()
    ledger.capture(job=job, credits=5)
    with pytest.raises(ledger.HoldResolved):
        ledger.release(job=job)
    with pytest.raises(ledger.HoldResolved):
        ledger.capture(job=job, credits=5)
    assert balance(team) == (100, 0, 5)


def test_a_batch_that_does_not_fit_holds_nothing_and_leaves_no_job(team: Team, order: Order) -> None:
    with pytest.raises(ledger.InsufficientCredits, match="This costs 105 credits, but only 100 are left."):
        order(21)
    assert balance(team) == (100, 0, 0)
    assert not Job.objects.exists()
    assert not Hold.objects.exists()


def test_the_last_credit_can_be_spent(team: Team, order: Order) -> None:
    order(20)
    assert ledger.left(team_id=team.id) == 0
    with pytest.raises(ledger.InsufficientCredits):
        order(1, model="nanobanana")


def test_a_team_without_an_account_has_no_credits(db: None) -> None:
    assert ledger.left(team_id=Team.objects.create(name="New").id) == 0


@pytest.mark.parametrize("credits", [0, -5])
def test_a_grant_must_add_something(team: Team, credits: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        ledger.grant(team_id=team.id, credits=credits)


@pytest.mark.parametrize("change", [lambda rows: rows.update(granted=999), lambda rows: rows._raw_delete("default")])
def test_the_database_refuses_to_change_the_ledger(team: Team, change: Callable[..., object]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(LedgerEntry.objects.filter(account_id=team.id))
    assert_balances_are_the_sum_of_entries(team)
