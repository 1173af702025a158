"""Whatever somebody who owns the database does to the credits, the proof finds it and says it in plain words."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from dashboard.accounts.models import Role, Team
from generation.contract import ImageLink, JobStatus, RemoteJob
from generation.credits import caps
from generation.credits.integrity import violations
from generation.models import Cap, CreditAccount, Job, LedgerEntry
from generation.pipeline import jobs
from tests.protection import unprotect

Order = Callable[..., Job]
ENTRY = "UPDATE generation_ledgerentry SET {} WHERE id = {paid_entry}"
COPY = (
    "INSERT INTO generation_ledgerentry (account_id, kind, granted, held, spent, job_id, reason, created_at, model,"
    " pictures) SELECT account_id, '{}', {}, job_id, '{}', created_at, model, 0"
    " FROM generation_ledgerentry WHERE id = {{paid_entry}}"
)
DAMAGE = {
    "the account's figure": (
        "UPDATE generation_creditaccount SET granted = 500 WHERE team_id = '{team}'",
        "{team}: granted is 500, its entries say 100",
    ),
    "less than nothing spent, by an entry that fits": (
        COPY.format("adjust", "0, 0, -30", "Nobody will see")  # noqa: S608
        + "; UPDATE generation_creditaccount SET spent = -20 WHERE team_id = '{team}'",
        "{team}: spent is -20, which is less than nothing",
    ),
    "more than a job cost given back": (
        COPY.format("refund", "0, 0, -30", "Nobody will see"),
        "{paid}: more was given back than it cost, by 20",
    ),
    "an open hold deleted": (
        "DELETE FROM generation_hold WHERE job_id = '{live}'",
        "{live}: it is queued and has no open hold",
    ),
    "a resolved hold deleted": (
        "DELETE FROM generation_hold WHERE job_id = '{paid}'",
        "{paid}: it is rendered and its hold is gone",
    ),
    "a hold resolved twice": (COPY.format("release", "0, -10, 0", ""), "{paid}: its hold was resolved 2 times"),
    "a hold entered twice": (COPY.format("hold", "0, 10, 0", ""), "{paid}: it was held 2 times"),
    "a hold resolved without an entry": (
        "UPDATE generation_hold SET resolved_at = held_at WHERE job_id = '{live}'",
        "{live}: its hold is resolved, but no entry says how",
    ),
    "a hold opened again": (
        "UPDATE generation_hold SET resolved_at = NULL WHERE job_id = '{paid}'",
        "{paid}: its hold is open, though an entry resolved it",
    ),
    "a hold of no job": (
        "INSERT INTO generation_hold (job_id, account_id, credits, held_at)"
        " SELECT 'job_nobody', account_id, 3, held_at FROM generation_hold WHERE job_id = '{live}'",
        "job_nobody: there is no such job, yet it has a hold of 3",
    ),
    "a hold in another team's account": (
        "UPDATE generation_hold SET account_id = '{others}' WHERE job_id = '{live}'",
        "{live}: its hold is in the account of {others}, the job is of {team}",
    ),
    "another amount held": (
        "UPDATE generation_hold SET credits = 4 WHERE job_id = '{live}'",
        "{live}: its hold is 4, its price 10",
    ),
    "a live job that ended": (
        "UPDATE generation_job SET state = 'failed' WHERE id = '{live}'",
        "{live}: its hold of 10 is open though the job is failed",
    ),
    "an ended job that lives": (
        "UPDATE generation_job SET state = 'submitted' WHERE id = '{paid}'",
        "{paid}: it is submitted and has no open hold",
    ),
    "a paid job called cancelled": (
        "UPDATE generation_job SET state = 'cancelled' WHERE id = '{paid}'",
        "{paid}: it was paid, yet the job is cancelled",
    ),
    "a free job called completed": (
        "UPDATE generation_job SET state = 'completed' WHERE id = '{cancelled}'",
        "{cancelled}: its hold was given back, yet the job is completed",
    ),
    "another cost of a job": (
        "UPDATE generation_job SET tokens_used = 8 WHERE id = '{paid}'",
        "{paid}: 10 was paid for it, the job says 8",
    ),
    "an entry deleted": (
        "DELETE FROM generation_ledgerentry WHERE id = {paid_entry}",
        "{paid}: its hold is resolved, but no entry says how",
    ),
    "an entry of another team's job": (
        ENTRY.format("account_id = '{others}'", paid_entry="{paid_entry}"),
        "entry {paid_entry}: its team is {others}, that of {paid} is {team}",
    ),
    "an entry of another member": (
        ENTRY.format("member_id = {stranger}", paid_entry="{paid_entry}"),
        "entry {paid_entry}: its member is {stranger}, that of {paid} is {member}",
    ),
    "an entry of a project that its job has not": (
        ENTRY.format("project_id = 'project_1'", paid_entry="{paid_entry}"),
        "entry {paid_entry}: its project is project_1, that of {paid} is none",
    ),
    "an entry without its member": (
        ENTRY.format("member_id = NULL", paid_entry="{paid_entry}"),
        "entry {paid_entry}: its member is none, that of {paid} is {member}",
    ),
    "an entry without its model": (
        ENTRY.format("model = ''", paid_entry="{paid_entry}"),
        "entry {paid_entry}: its model is none, that of {paid} is nanobanana2",
    ),
    "an entry of another kind": (
        ENTRY.format("kind = 'grant'", paid_entry="{paid_entry}"),
        "entry {paid_entry}: a grant only adds to what is granted; this one says granted 0, held -10, spent 10",
    ),
    "an adjustment without a reason": (
        COPY.format("adjust", "0, 0, 3", ""),
        "an adjustment changes what was granted or spent, and says why; this one says granted 0, held 0, spent 3",
    ),
    "a cap's period": (
        "UPDATE generation_capperiod SET spent = 9 WHERE cap_id = '{cap}'",
        "the ledger says 10",
    ),
    "another month of a cap": (
        "UPDATE generation_capperiod SET ends = held_at FROM generation_hold"
        " WHERE cap_id = '{cap}' AND job_id = '{paid}'",
        "is none of its team's months",
    ),
    "a day's sum": ("UPDATE generation_dailyspend SET spent = 9", "spent is 9, the ledger says 10"),
    "a day's pictures": ("UPDATE generation_dailyspend SET pictures = 9", "pictures is 9, the ledger says 2"),
    "a day's row moved to another model": (
        "UPDATE generation_dailyspend SET model = 'seedream'",
        "spent is 10, the ledger says 0",
    ),
    "a day deleted": ("DELETE FROM generation_dailyspend", "spent is 0, the ledger says 10"),
}


@pytest.fixture
def names(order: Order, team: Team) -> dict[str, object]:
    """Of a team with a cap that paid for one job, has one in the queue and took one back."""
    paid, live, cancelled = (order() for _ in range(3))
    assert jobs.cancel(cancelled)
    assert jobs.claim(paid)
    attempt, _ = jobs.begin_attempt(paid) or pytest.fail("not ours")
    jobs.accepted(attempt, provider_job_id="job_1")
    told = {"job_id": "job_1", "progress": 100, "created_at": "", "model": "nanobanana2", "num_images": 2}
    links = tuple(ImageLink(url="http://127.0.0.1:9/1.png", width=1, height=1) for _ in range(2))
    answer = RemoteJob(status=JobStatus.COMPLETED, tokens_used=10, images=links, **told)  # type: ignore[arg-type]
    assert jobs.rendered(Job.objects.get(pk=paid.pk), remote=answer)
    cap = Cap(team=team, credits=80)
    caps.save(cap)
    others = Team.objects.create(name="Outsiders")
    CreditAccount.objects.create(team=others)
    assert list(violations(each_day=True)) == []
    unprotect("generation_ledgerentry")
    owner = team.memberships.get(role=Role.OWNER).user_id
    entry = LedgerEntry.objects.get(kind="capture").pk
    return {
        "team": team.pk,
        "others": others.pk,
        "stranger": owner,
        "member": paid.member_id,
        "paid": paid.pk,
        "live": live.pk,
        "cancelled": cancelled.pk,
        "cap": cap.pk,
        "paid_entry": entry,
    }


def damage(statements: str) -> set[str]:
    """What the proof says of it; it is undone again."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement in statements.split("; "):
                cursor.execute(statement)
                assert cursor.rowcount, statement
        said = {f"{violation.row}: {violation.sentence}" for violation in violations(each_day=True)}
        transaction.set_rollback(True)
    return said


def test_each_damage_is_found_and_named(names: dict[str, object]) -> None:
    missed = {}
    for what, (statements, sentence) in DAMAGE.items():
        said = damage(statements.format(**names))
        if not any(found.endswith(sentence.format(**names)) for found in said):
            missed[what] = said
    assert missed == {}
    assert list(violations(each_day=True)) == []
