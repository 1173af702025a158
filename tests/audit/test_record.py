"""``record``: who did what, in words and values that keep their hash on every database."""

import math
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.audit.models import AuditEvent, AuditHead
from dashboard.audit.proof import Proof
from dashboard.audit.record import record
from dashboard.audit.verify import GENESIS
from tests.audit.conftest import Log


def test_events_follow_each_other(log: Log, team: Team) -> None:
    rows = log(3)
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert [row.previous for row in rows] == [GENESIS, rows[0].hash, rows[1].hash]
    head = AuditHead.objects.get(team=team)
    assert (head.sequence, head.hash) == (3, rows[2].hash)


def test_each_team_has_a_chain_of_its_own(log: Log, team: Team, charlie: User) -> None:
    log(2)
    theirs = charlie.memberships.get().team
    record(Actor(theirs, Role.OWNER, user=charlie), "team.renamed", theirs.id)
    assert AuditEvent.objects.get(team=theirs).sequence == 1


def test_a_person_a_key_and_a_task_are_told_apart(team: Team, ada: User) -> None:
    key, _ = ApiKey.issue(team=team, name="Nightly", created_by=ada)
    record(Actor(team, Role.ADMIN, user=ada), "a.b", "")
    record(Actor(team, Role.CREATOR, api_key=key), "a.b", "")
    record(Actor(team, Role.OWNER), "a.b", "")
    told = AuditEvent.objects.order_by("sequence").values_list("kind", "actor")
    assert list(told) == [("person", "Ada"), ("key", "Nightly"), ("task", "Packshot")]


def test_what_is_rolled_back_leaves_no_gap(log: Log, admin: Actor, team: Team) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record(admin, "project.edited", "proj_x")
        raise RuntimeError
    assert [row.sequence for row in log(2)] == [1, 2]
    assert not list(Proof(team.id).faults())


def test_costs_three_statements(log: Log, admin: Actor) -> None:
    log(1)
    with CaptureQueriesContext(connection) as captured:
        record(admin, "batch.started", "batch_x", after={"jobs": 1000})
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 3


def test_values_that_databases_change_are_written_in_a_form_that_lasts(admin: Actor, team: Team) -> None:
    odd = {
        "nul": "a\0b", "half": "\ud83d", "big": 1e20, "small": 1e-7, "zero": -0.0, "nan": math.nan,
        "day": date(2026, 3, 1), "price": Decimal("1.10"), "ways": (1, 2), 7: None,
    }  # fmt: skip
    record(admin, "preset.edited", "preset_x", after=odd)
    assert not list(Proof(team.id).faults())
    row = AuditEvent.objects.get()
    assert row.after["nul"] == "a\ufffdb"
    assert row.after["big"] == 10**20


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"), ("2001:0DB8::0001", "2001:db8::1"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", None), ("/run/web.sock", None), (None, None),
    ],
)  # fmt: skip
def test_an_address_is_one_or_nothing(team: Team, ada: User, given: str | None, kept: str | None) -> None:
    record(Actor(team, Role.ADMIN, user=ada, address=given), "a.b", "")
    assert AuditEvent.objects.get().address == kept
    assert not list(Proof(team.id).faults())
