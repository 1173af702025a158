"""The database itself refuses to change, replace, delete or truncate ledger entries, on both engines.

The statements are frozen here with the columns of today: a migration that makes the table anew on SQLite loses its
triggers and puts them back at its end.
"""

from typing import Any

from django.db import migrations

SQLITE = (
    """
    CREATE TRIGGER generation_ledgerentry_no_update BEFORE UPDATE ON generation_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'generation_ledgerentry is append-only'); END
    """,
    """
    CREATE TRIGGER generation_ledgerentry_no_delete BEFORE DELETE ON generation_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'generation_ledgerentry is append-only'); END
    """,
    # INSERT OR REPLACE deletes the row in its way without a DELETE trigger, so there may be no row in its way.
    """
    CREATE TRIGGER generation_ledgerentry_no_replace BEFORE INSERT ON generation_ledgerentry
    WHEN EXISTS (SELECT 1 FROM generation_ledgerentry WHERE (id = NEW.id))
    BEGIN SELECT RAISE(ABORT, 'generation_ledgerentry is append-only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION generation_ledgerentry_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'generation_ledgerentry is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER generation_ledgerentry_append_only BEFORE UPDATE OR DELETE ON generation_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION generation_ledgerentry_refuse()
    """,
    """
    CREATE TRIGGER generation_ledgerentry_no_truncate BEFORE TRUNCATE ON generation_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION generation_ledgerentry_refuse()
    """,
)
UNDO_SQLITE = tuple(f"DROP TRIGGER generation_ledgerentry_no_{verb}" for verb in ("update", "delete", "replace"))
UNDO_POSTGRESQL = ("DROP FUNCTION generation_ledgerentry_refuse() CASCADE",)


def protect(apps: Any, editor: Any) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def open_to_changes(apps: Any, editor: Any) -> None:
    for statement in UNDO_POSTGRESQL if editor.connection.vendor == "postgresql" else UNDO_SQLITE:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("generation", "0002_jobs_and_credits")]
    replaces = [("generation", "0015_notes_of_pauses")]
    operations = [migrations.RunPython(protect, open_to_changes)]
