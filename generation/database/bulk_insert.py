"""Many rows of one table by one statement; what they share is prepared once, and sent once where the engine can."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Shared = dict["Field[Any, Any]", Any]
Varying = dict["Field[Any, Any]", Sequence[Any]]


def insert(like: Model, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write a row for each place in ``columns``: lists of one length by the names of attributes, the key among them.

    Whatever has no list is as in ``like``, which itself is not written. Nothing is validated.
    """
    shared, varying = _prepared(like, columns)
    names = ", ".join(connection.ops.quote_name(field.column or "") for field in [*shared, *varying])
    into = f"INSERT INTO {connection.ops.quote_name(like._meta.db_table)} ({names})"
    if connection.vendor == "postgresql":
        _unnest(into, shared, varying)
        return
    marks = ", ".join(["%s"] * (len(shared) + len(varying)))
    rows = list(zip(*map(repeat, shared.values()), *varying.values(), strict=False))
    with connection.cursor() as cursor:
        cursor.executemany(f"{into} VALUES ({marks})", rows)


def _prepared(like: Model, columns: Mapping[str, Sequence[Any]]) -> tuple[Shared, Varying]:
    shared: Shared = {}
    varying: Varying = {}
    for field in like._meta.concrete_fields:
        values = columns.get(field.attname) or [field.pre_save(like, add=True)]
        if field.primary_key or values.count(values[0]) < len(values):
            varying[field] = [field.get_db_prep_save(value, connection) for value in values]
        else:
            shared[field] = field.get_db_prep_save(values[0], connection)
    return shared, varying


def _unnest(into: str, shared: Shared, varying: Varying) -> None:
    """A statement with each shared value once, and one array for each other column."""
    alike = "".join(f"%s::{field.db_type(connection)}, " for field in shared)
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in varying)
    with connection.cursor() as cursor:
        values: list[Any] = [*shared.values(), *varying.values()]
        cursor.execute(f"{into} SELECT {alike}rows.* FROM unnest({arrays}) AS rows", values)  # noqa: S608
