"""Tables whose rows the database itself refuses to change, replace or delete, on both engines."""

from collections.abc import Callable, Iterator

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

_Code = Callable[[StateApps, BaseDatabaseSchemaEditor], None]
_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_SQLITE_VERBS = ("update", "delete", "replace")
_POSTGRESQL = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
"""


def append_only(table: str) -> RunPython:
    """A migration operation that puts the triggers on ``table``."""
    return RunPython(*_both(table))


def protected_anew(table: str) -> RunPython:
    """Puts on the triggers of now where a release may have put on fewer; going back leaves them all on."""
    put_on, _ = _both(table)
    return RunPython(put_on, RunPython.noop)


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
    """All of the triggers, whichever there were before."""
    unprotect(editor, table)
    if editor.connection.vendor == "postgresql":
        editor.execute(_POSTGRESQL.format(table=table))
        return
    events = {"update": "UPDATE", "delete": "DELETE"}
    for verb, event in events.items():
        editor.execute(_SQLITE.format(table=table, verb=verb, event=event))
    # INSERT OR REPLACE deletes the row in its way without a DELETE trigger, so there may be no row in its way.
    same = " OR ".join(_taken(editor, table))
    replacing = _SQLITE.replace(" ON {table}", " ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})")
    editor.execute(replacing.format(table=table, verb="replace", event="INSERT", same=same))


def _taken(editor: BaseDatabaseSchemaEditor, table: str) -> Iterator[str]:
    """Conditions for the rows that a new one would collide with."""
    with editor.connection.cursor() as cursor:
        constraints = editor.connection.introspection.get_constraints(cursor, table).values()
    for row in constraints:
        if row["primary_key"] or row["unique"]:
            yield "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in row["columns"]) + ")"


def unprotect(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION IF EXISTS {table}_refuse() CASCADE")
        return
    for verb in _SQLITE_VERBS:
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
