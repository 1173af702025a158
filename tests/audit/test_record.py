"""``record``: who did what, in words and values that keep their hash on every database."""

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.audit.chain import of_people
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


def test_costs_three_statements_and_on_postgresql_a_lock(log: Log, admin: Actor) -> None:
    log(1)
    with CaptureQueriesContext(connection) as captured:
        record(admin, "batch.started", "batch_x", after={"jobs": 1000})
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 3 + connection.features.has_select_for_update


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


TEXTS = st.text(st.characters(), max_size=8)  # halves of surrogate pairs and NUL too
NUMBERS = st.none() | st.booleans() | st.floats() | st.integers(-(10**40), 10**40) | st.sampled_from([1.0, 1e2, 5e-324])
VALUES = st.recursive(
    NUMBERS | TEXTS | st.datetimes(timezones=st.timezones()),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), min_size=3, max_size=3))
def test_whatever_is_recorded_keeps_its_hash(admin: Actor, team: Team, given: list[dict[str, Any]]) -> None:
    record(admin, "preset.edited", "preset_x", before=given[0], after=given[1])
    record(admin, "preset.edited", "preset_x", before=given[2])
    assert not list(Proof(team.id).faults())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"), ("2001:0DB8::0001", "2001:db8::1"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "64:ff9b::c000:207"), ("::c000:207", "::c000:207"),
        ("", None), ("/run/web.sock", None), (None, None),
    ],
)  # fmt: skip
def test_an_address_is_one_or_nothing(team: Team, ada: User, given: str | None, kept: str | None) -> None:
    record(Actor(team, Role.ADMIN, user=ada, address=given), "a.b", "")
    assert of_people(AuditEvent.objects.get())["address"] == kept
    assert not list(Proof(team.id).faults())
