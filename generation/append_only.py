"""Tables whose rows the database itself refuses to change or delete, on both engines."""

from collections.abc import Callable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

_Code = Callable[[StateApps, BaseDatabaseSchemaEditor], None]
_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse()
"""


def append_only(table: str) -> RunPython:
    """A migration operation that puts the triggers on ``table``."""
    return RunPython(*_both(table))


def open_to_changes(table: str) -> RunPython:
    """Takes the triggers off, for a migration that changes the columns of ``table`` and protects it again."""
    put_on, take_off = _both(table)
    return RunPython(take_off, put_on)


def _both(table: str) -> tuple[_Code, _Code]:
    def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        protect(editor, table)

    def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        unprotect(editor, table)

    return add, drop


def protect(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_POSTGRESQL.format(table=table))
        return
    for verb in ("update", "delete"):
        editor.execute(_SQLITE.format(table=table, verb=verb, VERB=verb.upper()))


def unprotect(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION {table}_refuse() CASCADE")
        return
    for verb in ("update", "delete"):
        editor.execute(f"DROP TRIGGER {table}_no_{verb}")
