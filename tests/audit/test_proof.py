"""``manage.py audit_verify``: every way to falsify the log by SQL is found, with the events that show it."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Team, User
from dashboard.audit import heads
from dashboard.audit.chain import facts
from dashboard.audit.models import AuditEvent, AuditHead
from dashboard.audit.proof import Proof
from dashboard.audit.record import record
from dashboard.audit.tasks import sign_heads
from dashboard.audit.verify import hash_of
from dashboard.celery import app
from tests.audit.conftest import TABLE, Log, unprotected


def faults(team: Team) -> list[tuple[int, str]]:
    return [(fault.sequence, fault.sentence) for fault in Proof(team.id).faults()]


def test_an_honest_log_is_proven(log: Log, team: Team) -> None:
    log(5)
    heads.keep_todays()
    log(1)
    out = StringIO()
    call_command("audit_verify", "--team", team.id, stdout=out)
    assert "6 events intact, compared with 1 signed head." in out.getvalue()


def test_a_team_without_events_is_proven(team: Team) -> None:
    assert faults(team) == []


EDITS = [
    "action = 'project.archived'", "object_id = 'proj_9'", "kind = 'task'", "people_digest = NULL",
    "people_digest = (SELECT people_digest FROM audit_auditevent WHERE sequence = 2)",
    "user_id = NULL", "api_key_id = (SELECT id FROM accounts_apikey)", "previous = hash", "hash = previous",
    "after = '{}'", "after = '{\"name\": \"Spring \"}'", "before = '{\"name\": \"x\"}'",
    "created_at = '2026-01-01 00:00:00+00:00'",
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_found(log: Log, team: Team, ada: User, edit: str) -> None:
    ApiKey.issue(team=team, name="Nightly", created_by=ada)
    log(5)
    with unprotected() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {edit} WHERE sequence = 3")  # noqa: S608  the edits are above
    found = faults(team)
    assert (3, "was changed: its hash does not fit what it says") in found
    assert {sequence for sequence, _ in found} <= {3, 4}


EDITS_OF_PEOPLE = [
    "actor = 'Bob'", "actor = ''", "address = '192.0.2.9'", "salt = NULL", "actor = '', salt = NULL",
    "salt = (SELECT salt FROM audit_auditevent WHERE sequence = 2)", "before = '{\"email\": \"x\"}'",
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS_OF_PEOPLE)
def test_an_edit_of_what_it_says_of_people_is_found(log: Log, team: Team, edit: str) -> None:
    log(5)
    with unprotected() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {edit} WHERE sequence = 3")  # noqa: S608  the edits are above
    assert (3, "was changed: its digest does not fit what it says of people") in faults(team)


def test_people_can_be_forgotten_and_the_chain_holds(team: Team, admin: Actor) -> None:
    record(admin, "person.renamed", "1", before={"name": "Ada", "member": "ada@example.com"}, after={"name": "Ada L."})
    record(admin, "member.role_changed", "1", before={"email": "ada@example.com", "role": "Admin"}, after={})
    heads.keep_todays()
    with unprotected() as cursor:
        forget = f"UPDATE {TABLE} SET actor = '', address = NULL, salt = NULL, after = '{{}}', before = "  # noqa: S608
        cursor.execute(forget + "'{}' WHERE sequence = 1")
        cursor.execute(forget + '\'{"role": "Admin"}\' WHERE sequence = 2')
    assert faults(team) == []


def test_events_from_before_the_digests_stay_proven(log: Log, team: Team) -> None:
    rows = log(2)
    for row in rows:
        row.salt = row.people_digest = None
    rewrite(rows)
    assert faults(team) == []
    log(1)
    with unprotected() as cursor:
        cursor.execute("UPDATE audit_auditevent SET actor = 'Bob' WHERE sequence IN (1, 3)")
    assert [sequence for sequence, _ in faults(team)] == [1, 3]


def test_an_edit_with_a_fitting_hash_is_found_at_the_next_event(log: Log, team: Team) -> None:
    row = log(5)[2]
    row.object_id = "proj_9"
    with unprotected() as cursor:
        own = hash_of(row.previous, row.sequence, facts(row))
        cursor.execute("UPDATE audit_auditevent SET object_id = 'proj_9', hash = %s WHERE sequence = 3", [own])
    assert faults(team) == [(4, "does not follow the event before it")]


def test_a_deletion_is_found(log: Log, team: Team) -> None:
    log(5)
    with unprotected() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE sequence IN (2, 3)")
    assert faults(team) == [(2, "and all up to 3 are missing")]


def test_two_events_that_changed_places_are_found(log: Log, team: Team) -> None:
    log(5)
    with unprotected() as cursor:
        for old, new in [(2, -1), (4, 2), (-1, 4)]:
            cursor.execute("UPDATE audit_auditevent SET sequence = %s WHERE sequence = %s", [new, old])
    assert {sequence for sequence, _ in faults(team)} >= {2, 4}


def copied(cursor: Any, sequence: int, *, to: int) -> None:
    fields = ", ".join(f.column for f in AuditEvent._meta.concrete_fields if f.name not in {"id", "sequence"})
    cursor.execute(
        f"INSERT INTO {TABLE} (sequence, {fields}) "  # noqa: S608  the columns are our own
        f"SELECT %s, {fields} FROM {TABLE} WHERE sequence = %s",
        [to, sequence],
    )


@pytest.mark.parametrize("place", [0, -7, 6, 9])
def test_an_insertion_is_found(log: Log, team: Team, place: int) -> None:
    log(5)
    with unprotected() as cursor:
        copied(cursor, 5, to=place)
    assert place in {sequence for sequence, _ in faults(team)}


def test_an_insertion_in_between_is_found(log: Log, team: Team) -> None:
    log(5)
    with unprotected() as cursor:
        for old in (5, 4):
            cursor.execute("UPDATE audit_auditevent SET sequence = sequence + 1 WHERE sequence = %s", [old])
        copied(cursor, 2, to=4)
    assert {sequence for sequence, _ in faults(team)} >= {4, 5}


def test_a_log_cut_short_is_found(log: Log, team: Team) -> None:
    log(5)
    with unprotected() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE sequence > 3")
    assert faults(team) == [(5, "is named by the database's own head, but the last event here is 3")]


@pytest.mark.parametrize("gone", [1, 5])
def test_the_first_and_the_last_event_are_missed(log: Log, team: Team, gone: int) -> None:
    log(5)
    with unprotected() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE sequence = %s", [gone])
    assert [sequence for sequence, _ in faults(team)] == [gone]


def test_a_log_without_anything_is_found_by_its_signed_head(log: Log, team: Team) -> None:
    log(3)
    heads.keep_todays()
    with unprotected() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")
    AuditHead.objects.all().delete()
    ((sequence, said),) = faults(team)
    assert sequence == 3
    assert said.endswith("json, but the last event here is 0")


@pytest.mark.parametrize("change", [{"sequence": 4}, {"sequence": 9}, {"sequence": 0}, {"hash": "0" * 64}])
def test_a_changed_head_is_found(log: Log, team: Team, change: dict[str, Any]) -> None:
    log(5)
    AuditHead.objects.update(**change)
    assert faults(team)


def test_an_event_that_was_moved_to_another_team_is_found_in_both(log: Log, team: Team) -> None:
    log(5)
    other = Team.objects.create(name="Outsiders")
    with unprotected() as cursor:
        cursor.execute("UPDATE audit_auditevent SET team_id = %s WHERE sequence = 3", [other.id])
    assert faults(team) == [(3, "is missing")]
    assert (3, "stands behind the head of the chain: it was inserted") in faults(other)


def test_a_head_of_another_team_does_not_stand_for_this_one(log: Log, team: Team) -> None:
    log(2)
    other = heads.sign(AuditHead(team_id="team_other", sequence=2, hash="0" * 64))
    default_storage.save(f"audit/heads/{team.id}/2026-01-01.json", ContentFile(heads.as_file(other)))
    assert faults(team) == [(2, "is named by the signed head 2026-01-01.json, but that is of another team")]


def test_a_log_without_its_head_is_found(log: Log, team: Team) -> None:
    log(2)
    AuditHead.objects.all().delete()
    assert [sequence for sequence, _ in faults(team)] == [1, 2]


def rewrite(rows: list[AuditEvent]) -> None:
    """What somebody does who knows how hashes are made."""
    last = rows[0].previous
    with unprotected() as cursor:
        cursor.execute("DELETE FROM audit_auditevent")
    for sequence, row in enumerate(rows, start=1):
        row.pk, row.sequence, row.previous = None, sequence, last
        row.hash = last = hash_of(last, sequence, facts(row))
        row.save()
    AuditHead.objects.update(sequence=len(rows), hash=last)


def edited(rows: list[AuditEvent]) -> list[AuditEvent]:
    rows[1].object_id = "proj_9"
    return rows


@pytest.mark.parametrize("change", [edited, lambda rows: rows[:3], lambda rows: [rows[0], *rows[2:]]])
def test_a_log_written_anew_is_found_by_its_signed_head(
    log: Log, team: Team, change: Callable[[list[AuditEvent]], list[AuditEvent]]
) -> None:
    rows = log(5)
    heads.keep_todays()
    rewrite(change(rows))
    assert [sequence for sequence, _ in faults(team)] == [5]


def test_a_forged_head_is_found(log: Log, team: Team) -> None:
    log(2)
    heads.keep_todays()
    name = f"audit/heads/{team.id}/{AuditHead.objects.get().signed_on}.json"
    with default_storage.open(name) as file:
        head = json.loads(file.read())
    default_storage.save(name, ContentFile(json.dumps(head | {"sequence": 1}).encode()))
    (fault,) = faults(team)
    assert fault == (1, f"is named by the signed head {name[-15:]}, but the public key did not sign that")
    default_storage.save(name, ContentFile(b"none"))
    assert "cannot be read" in faults(team)[0][1]


def test_the_command_names_the_events_and_fails(log: Log, team: Team) -> None:
    log(3)
    with unprotected() as cursor:
        cursor.execute("UPDATE audit_auditevent SET actor = 'Bob' WHERE sequence = 2")
    out = StringIO()
    with pytest.raises(CommandError, match="not intact: 1 fault"):
        call_command("audit_verify", stdout=out)
    assert f"{team.id} event 2 was changed" in out.getvalue()
    with pytest.raises(CommandError, match="no team"):
        call_command("audit_verify", "--team", "team_none")


def test_a_days_head_is_stored_once_and_never_written_over(log: Log, team: Team) -> None:
    log(1)
    assert heads.keep_todays() == 1
    log(1)
    AuditHead.objects.update(signed_on=None)
    assert heads.keep_todays() == 0
    assert [head and head["sequence"] for _, head in heads.stored(team.id)] == [1]


def test_a_stored_head_that_is_gone_is_missed(log: Log, team: Team) -> None:
    log(1)
    heads.keep_todays()
    (name,) = [name for name, _ in heads.stored(team.id)]
    default_storage.delete(f"audit/heads/{team.id}/{name}")
    assert faults(team) == [(0, f"lacks a signed head that was stored: {name}")]


def out_of_order(*_: Any) -> None:
    raise OSError("The disk does not answer.")


def test_a_day_without_storage_is_caught_up(log: Log, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    log(1)
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(default_storage, "save", out_of_order)
        sign_heads()
    assert AuditHead.objects.get().signed_on is None
    sign_heads()
    assert len(list(heads.stored(team.id))) == 1


def test_heads_that_cannot_be_read_prove_nothing(log: Log, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    log(1)
    with monkeypatch.context() as patch, pytest.raises(CommandError, match="nothing is proven: The disk does not"):
        patch.setattr(default_storage, "listdir", out_of_order)
        call_command("audit_verify", stdout=StringIO())


def test_the_beat_asks_often_for_heads() -> None:
    (entry,) = [entry for entry in app.conf.beat_schedule.values() if entry["task"] == sign_heads.name]
    assert entry["schedule"] <= 600
    assert sign_heads.name in app.tasks
