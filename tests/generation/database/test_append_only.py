"""The database itself refuses every way to take a written row away, on both engines."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team
from dashboard.audit.models import AuditEvent
from dashboard.audit.record import record
from generation.credits import ledger
from generation.models import LedgerEntry
from tests.protection import protect, unprotect

MODELS = {model._meta.db_table: model for model in (LedgerEntry, AuditEvent)}
IS_POSTGRESQL = connection.vendor == "postgresql"
COMMON = ["UPDATE {table} SET id = id", "DELETE FROM {table}", "DELETE FROM {table} WHERE id > 0"]
OF_SQLITE = [
    "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "REPLACE INTO {table} SELECT * FROM {table}",
    "UPDATE OR REPLACE {table} SET id = id",
    "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET id = id",
]
OF_POSTGRESQL = [
    "TRUNCATE {table}",
    "TRUNCATE {table} RESTART IDENTITY CASCADE",
    "TRUNCATE accounts_team CASCADE",
    "TRUNCATE accounts_user CASCADE",
]


@pytest.fixture(params=MODELS)
def table(request: pytest.FixtureRequest, team: Team) -> str:
    record(Actor(team, Role.OWNER), "team.renamed", team.id)
    connection.check_constraints()  # PostgreSQL refuses to truncate, for another reason, what it has yet to check
    return str(request.param)


def refused(statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", COMMON + (OF_POSTGRESQL if IS_POSTGRESQL else OF_SQLITE))
def test_no_statement_takes_a_row_away(table: str, statement: str) -> None:
    refused(statement.format(table=table))
    assert MODELS[table].objects.count() == 1


def test_the_whole_database_is_not_emptied_either(table: str) -> None:
    with pytest.raises(CommandError) as raised, transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
    assert "append-only" in str(raised.value.__cause__)
    assert MODELS[table].objects.count() == 1


def test_an_event_is_not_replaced_by_one_with_its_place(team: Team) -> None:
    record(Actor(team, Role.OWNER), "team.renamed", team.id)
    names = ", ".join(f'"{field.column}"' for field in AuditEvent._meta.concrete_fields if field.name != "id")
    again = f"INTO audit_auditevent ({names}) SELECT {names} FROM audit_auditevent"  # noqa: S608
    upsert = f"INSERT {again} ON CONFLICT (team_id, sequence) DO UPDATE SET actor = 'x'"
    refused(upsert if IS_POSTGRESQL else f"REPLACE {again}")


def test_protection_that_was_taken_off_is_put_on_whole(table: str) -> None:
    unprotect(table)
    protect(table)
    statement = "TRUNCATE {table}" if IS_POSTGRESQL else "REPLACE INTO {table} SELECT * FROM {table}"
    for each in (*COMMON, statement):
        refused(each.format(table=table))


RIGHTS = ["SELECT, INSERT, UPDATE, DELETE ON ALL TABLES", "USAGE ON ALL SEQUENCES"]
"""What the README says that the application's role needs."""
OF_THE_OWNER = [
    "DROP TRIGGER {table}_append_only ON {table}",
    "DROP FUNCTION {table}_refuse() CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} RENAME TO gone",
    "DROP TABLE {table} CASCADE",
    "TRUNCATE {table} CASCADE",
    "SET session_replication_role = replica",
]


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no roles")
def test_a_role_that_owns_no_table_works_and_takes_no_protection_off(table: str, team: Team) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE packshot_app")
        for rights in RIGHTS:
            cursor.execute(f"GRANT {rights} IN SCHEMA public TO packshot_app")
        cursor.execute("SET LOCAL ROLE packshot_app")
        for statement in OF_THE_OWNER:
            with pytest.raises(DatabaseError, match="must be owner|permission denied"), transaction.atomic():
                cursor.execute(statement.format(table=table))
        for statement in COMMON:
            refused(statement.format(table=table))
        ledger.grant(team_id=team.id, credits=1)
        record(Actor(team, Role.OWNER), "credits.granted", team.id)
        assert MODELS[table].objects.count() == 2
        transaction.set_rollback(True)
