"""The database itself refuses to change, replace, delete or truncate audit events, on both engines.

The statements are frozen here with the columns of today: a migration that makes the table anew on SQLite loses its
triggers and puts them back at its end.
"""

from typing import Any

from django.db import migrations

SQLITE = (
    """
    CREATE TRIGGER audit_auditevent_no_update BEFORE UPDATE ON audit_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit_auditevent is append-only'); END
    """,
    """
    CREATE TRIGGER audit_auditevent_no_delete BEFORE DELETE ON audit_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit_auditevent is append-only'); END
    """,
    # INSERT OR REPLACE deletes the row in its way without a DELETE trigger, so there may be no row in its way.
    """
    CREATE TRIGGER audit_auditevent_no_replace BEFORE INSERT ON audit_auditevent
    WHEN EXISTS (SELECT 1 FROM audit_auditevent WHERE (team_id = NEW.team_id AND sequence = NEW.sequence) OR (id = NEW.id))
    BEGIN SELECT RAISE(ABORT, 'audit_auditevent is append-only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION audit_auditevent_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_auditevent is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER audit_auditevent_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_auditevent_refuse()
    """,
    """
    CREATE TRIGGER audit_auditevent_no_truncate BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_auditevent_refuse()
    """,
)
UNDO_SQLITE = tuple(f"DROP TRIGGER audit_auditevent_no_{verb}" for verb in ("update", "delete", "replace"))
UNDO_POSTGRESQL = ("DROP FUNCTION audit_auditevent_refuse() CASCADE",)


def protect(apps: Any, editor: Any) -> None:
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def open_to_changes(apps: Any, editor: Any) -> None:
    for statement in UNDO_POSTGRESQL if editor.connection.vendor == "postgresql" else UNDO_SQLITE:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_events")]
    replaces = [("audit", "0002_append_only"), ("audit", "0003_chain"), ("audit", "0004_nobody_empties_the_log")]
    operations = [migrations.RunPython(protect, open_to_changes)]
