"""``manage.py rollup``: the days' figures against the ledger."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger
from generation.models import DailySpend


@pytest.fixture
def spent(creator: Actor, mug: Product) -> DailySpend:
    """Ten credits on a day, and the row that says so."""
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana2", aspect_ratio="1:1", num_images=2)
    ledger.capture(job=start(creator, specs=[spec]).jobs.get(), credits=10, pictures=2)
    return DailySpend.objects.get()


def rollup(*arguments: str) -> str:
    out = StringIO()
    call_command("rollup", *arguments, stdout=out)
    return out.getvalue()


def test_check_says_that_all_is_well(spent: DailySpend) -> None:
    assert rollup("--check") == "Every day and month says what the ledger says.\n"


def test_check_names_the_day_and_the_figure_and_changes_nothing(spent: DailySpend, team: Team) -> None:
    DailySpend.objects.update(pictures=3)
    out = StringIO()
    with pytest.raises(CommandError, match="1 figure not as in the ledger"):
        call_command("rollup", "--check", stdout=out)
    assert out.getvalue().startswith(f"{team.id} on {spent.day} (")
    assert out.getvalue().endswith("pictures is 3, the ledger says 2\n")
    assert DailySpend.objects.get().pictures == 3


def test_a_row_too_many_and_one_too_few_are_both_found(spent: DailySpend) -> None:
    DailySpend.objects.update(model="seedream")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("rollup", "--check", stdout=out)
    assert "spent is 10, the ledger says 0" in out.getvalue()
    assert "spent is 0, the ledger says 10" in out.getvalue()


def test_counts_anew(spent: DailySpend) -> None:
    DailySpend.objects.update(pictures=3, day="2020-02-29")
    assert rollup() == "Counted again: 1 team.\n"
    row = DailySpend.objects.get()
    assert (row.day, row.spent, row.jobs, row.pictures, row.approved) == (spent.day, 10, 1, 2, 0)


def test_leaves_other_teams_alone(spent: DailySpend, charlie: User) -> None:
    other = charlie.memberships.get().team
    ledger.grant(team_id=other.id, credits=5)
    DailySpend.objects.update(pictures=3)
    rollup("--team", other.id)
    assert "Every day" in rollup("--check", "--team", other.id)
    assert DailySpend.objects.get().pictures == 3


def test_a_team_without_an_account_is_said_to_have_none(db: None) -> None:
    with pytest.raises(CommandError, match="No team team_1 has a credit account"):
        rollup("--team", "team_1")
