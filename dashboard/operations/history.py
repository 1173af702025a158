"""Databases that an earlier Packshot made, whose migrations have been joined into fewer since."""

from django.core.management.base import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def refuse_half_way(database: BaseDatabaseWrapper) -> None:
    """Raise ``CommandError`` for a database that has some of the joined migrations, but not all of them.

    One that has them all is taken as it is, one that has none is made from the joined ones.
    """
    joined = [name for step in MigrationLoader(None).disk_migrations.values() for name in step.replaces]
    recorded = MigrationRecorder(database).applied_migrations()
    missing = sorted(name for name in joined if name not in recorded)
    if missing and len(missing) < len(set(joined)):
        app, name = missing[0]
        raise CommandError(
            f"This database was never brought up to date with the Packshot that made it ({app}.{name} is missing). "
            "Start that version once more, or choose another data folder with --data."
        )
