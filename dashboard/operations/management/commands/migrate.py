"""``manage.py migrate``: Django's, but a database that stopped half-way is answered with a sentence."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from dashboard.operations.history import refuse_half_way


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        refuse_half_way(connections[options["database"]])
        super().handle(*args, **options)
