"""``manage.py audit_verify``: every way to falsify the log by SQL is found, with the events that show it."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from dashboard.accounts.models import Team
from dashboard.audit import heads
from dashboard.audit.chain import facts
from dashboard.audit.models import AuditEvent, AuditHead
from dashboard.audit.proof import Proof
from dashboard.audit.verify import hash_of
from tests.audit.conftest import TABLE, Log, unprotected


def faults(team: Team) -> list[tuple[int, str]]:
    return [(fault.sequence, fault.sentence) for fault in Proof(team.id).faults()]


def test_an_honest_log_is_proven(log: Log, team: Team) -> None:
    log(5)
    heads.keep_todays()
    log(1)
    out = StringIO()
    call_command("audit_verify", "--team", team.id, stdout=out)
    assert "6 events intact, 1 signed heads agree" in out.getvalue()


def test_a_team_without_events_is_proven(team: Team) -> None:
    assert faults(team) == []


EDITS = [
    "actor = 'Bob'", "action = 'project.archived'", "object_id = 'proj_9'", "address = '192.0.2.9'", "kind = 'task'",
    "user_id = NULL", "after = '{}'", "before = '{\"name\": \"x\"}'", "created_at = '2026-01-01 00:00:00+00:00'",
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_found(log: Log, team: Team, edit: str) -> None:
    log(5)
    with unprotected() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {edit} WHERE sequence = 3")  # noqa: S608  the edits are above
    assert faults(team) == [(3, "was changed: its hash does not fit what it says")]


def test_an_edit_with_a_fitting_hash_is_found_at_the_next_event(log: Log, team: Team) -> None:
    row = log(5)[2]
    row.actor = "Bob"
    with unprotected() as cursor:
        own = hash_of(row.previous, row.sequence, facts(row))
        cursor.execute("UPDATE audit_auditevent SET actor = 'Bob', hash = %s WHERE sequence = 3", [own])
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
    assert faults(team) == [(5, "is named by a signed head, but the last event here is 3")]


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
    rows[1].actor = "Somebody else"
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
    assert faults(team) == [(1, "is named by a head whose signature is not the team's key's")]
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
