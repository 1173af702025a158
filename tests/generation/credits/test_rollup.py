from datetime import UTC, date, datetime

import pytest
import time_machine

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger, rebuild, rollup
from generation.credits.ledger import BadEntry
from generation.models import CreditAccount, DailySpend, DailyTotal, Image, Job, MonthlySpend


@pytest.fixture
def job(creator: Actor, mug: Product) -> Job:
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana2", aspect_ratio="1:1", num_images=2)
    return start(creator, specs=[spec]).jobs.get()


def account(team: Team) -> CreditAccount:
    return CreditAccount.objects.get(team=team)


def test_a_capture_is_added_to_its_day(team: Team, job: Job) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        ledger.capture(job=job, credits=10, pictures=2)
    row = DailySpend.objects.get()
    assert (row.day, row.member, row.model) == (date(2026, 11, 22), job.member_id, "nanobanana2")
    assert (row.spent, row.jobs, row.pictures, row.approved) == (10, 1, 2, 0)
    assert list(rebuild.differences(account(team))) == []


def test_a_capture_is_added_to_its_month_and_to_the_whole_day(team: Team, job: Job) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        ledger.capture(job=job, credits=10, pictures=2)
        ledger.adjust(team_id=team.id, actor_id=None, spent=3, reason="A picture was made outside Packshot.")
    months = MonthlySpend.objects.order_by("spent").values_list("month", "member", "model", "spent", "pictures")
    first = date(2026, 11, 1)
    assert list(months) == [(first, 0, "", 3, 0), (first, job.member_id, "nanobanana2", 10, 2)]
    assert DailyTotal.objects.values_list("day", "spent", "jobs").get() == (date(2026, 11, 22), 13, 1)


def test_a_day_is_the_teams_own(team: Team, job: Job) -> None:
    ledger.set_time_zone(team_id=team.id, name="Asia/Tokyo")
    with time_machine.travel(datetime(2026, 11, 22, 16, tzinfo=UTC)):
        ledger.capture(job=job, credits=10)
    assert DailySpend.objects.get().day == date(2026, 11, 23)
    ledger.set_time_zone(team_id=team.id, name="America/New_York")
    assert DailySpend.objects.get().day == date(2026, 11, 22)


def test_a_refund_counts_on_its_own_day(team: Team, job: Job) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        ledger.capture(job=job, credits=10)
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        ledger.refund(job=job, credits=4, actor_id=None, reason="One was blurred.")
        with pytest.raises(BadEntry, match="This job cost 6 credits"):
            ledger.refund(job=job, credits=7, actor_id=None, reason="All of it.")
    assert list(DailySpend.objects.order_by("day").values_list("spent", "jobs")) == [(10, 1), (-4, 0)]
    assert list(rebuild.differences(account(team))) == []


def test_a_refund_gives_back_nothing_that_an_adjustment_took_back(team: Team, job: Job) -> None:
    ledger.capture(job=job, credits=10)
    ledger.adjust(team_id=team.id, actor_id=None, spent=-7, reason="The provider's invoice says so.")
    with pytest.raises(BadEntry, match="at most 3 now"):
        ledger.refund(job=job, credits=4, actor_id=None, reason="One was blurred.")
    ledger.refund(job=job, credits=3, actor_id=None, reason="One was blurred.")
    assert account(team).spent == 0


def test_an_adjustment_belongs_to_nobody(team: Team) -> None:
    ledger.adjust(team_id=team.id, actor_id=None, spent=3, reason="A picture was made outside Packshot.")
    assert DailySpend.objects.values_list("spent", "member", "model").get() == (3, 0, "")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"spent": 3, "reason": " "}, "Say why"),
        ({"spent": 0, "reason": "Nothing"}, "changes the account by 1 to"),
        ({"granted": 10**12, "reason": "Too much"}, "changes the account by 1 to"),
        ({"granted": -101, "reason": "Too little"}, "cannot take back more"),
        ({"spent": -1, "reason": "Nothing was spent"}, "cannot take back more"),
    ],
)
def test_an_adjustment_that_cannot_be_says_why(team: Team, change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadEntry, match=sentence):
        ledger.adjust(team_id=team.id, actor_id=None, **change)  # type: ignore[arg-type]
    assert account(team).granted == 100


def test_an_approved_picture_counts_on_the_day_that_it_was_paid_for(team: Team, job: Job) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        ledger.capture(job=job, credits=10, pictures=1)
    image = Image.objects.create(team=team, job=job, index=0, source_url="https://example.com/1", review="approved")
    rollup.reviewed(image, approved=1)
    row = DailySpend.objects.get()
    assert (row.day, row.approved) == (date(2026, 11, 22), 1)
    assert list(rebuild.differences(account(team))) == []


@pytest.mark.parametrize(
    ("kept", "row"),
    [(MonthlySpend, "whole month, {member}, nanobanana2"), (DailyTotal, "whole team")],
    ids=["months", "totals"],
)
def test_sums_that_part_from_the_ledger_are_named_and_mended(
    team: Team, job: Job, kept: type[MonthlySpend | DailyTotal], row: str
) -> None:
    ledger.capture(job=job, credits=10)
    kept._default_manager.update(spent=11)
    (found,) = rebuild.differences(account(team))
    assert (found.row, found.sentence) == (row.format(member=job.member_id), "spent is 11, the ledger says 10")
    kept._default_manager.all().delete()
    assert len(list(rebuild.differences(account(team)))) == 2, "neither the credits nor the job are there"
    rebuild.rebuild(account(team))
    assert list(rebuild.differences(account(team))) == []


def test_what_parts_from_the_ledger_is_named_and_mended(team: Team, job: Job) -> None:
    ledger.capture(job=job, credits=10)
    DailySpend.objects.update(spent=11)
    (found,) = rebuild.differences(account(team))
    assert found.sentence == "spent is 11, the ledger says 10"
    rebuild.rebuild(account(team))
    assert list(rebuild.differences(account(team))) == []
