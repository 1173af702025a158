"""What somebody who owns the database can do: take the triggers off a table, and put them on again."""

from importlib import import_module

from django.db import connection

MIGRATIONS = {
    "generation_ledgerentry": import_module("generation.migrations.0003_append_only_ledger"),
    "audit_auditevent": import_module("dashboard.audit.migrations.0002_append_only_events"),
}


def unprotect(table: str) -> None:
    # The editor is not entered: SQLite's refuses inside a test's transaction.
    MIGRATIONS[table].open_to_changes(None, connection.schema_editor())


def protect(table: str) -> None:
    MIGRATIONS[table].protect(None, connection.schema_editor())
