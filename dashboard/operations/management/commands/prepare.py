"""``manage.py prepare``: bring the database to the present shape and, once, make the demo team."""

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dashboard.accounts.models import Team
from dashboard.demo import covers, team
from dashboard.operations.history import refuse_half_way


class Command(BaseCommand):
    help = "Migrate, and make the demo team once (not with --no-demo or PACKSHOT_DEMO=false)."
    requires_system_checks = []  # every start runs this, and the checks belong to a release

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="end with the sign-in as one line of JSON")
        parser.add_argument("--no-demo", action="store_true", help="migrate only")

    def handle(self, *args: Any, **options: Any) -> None:
        self._migrate()
        said: dict[str, Any] = {"users": [], "api_key": ""}
        if settings.DEMO and not options["no_demo"]:
            try:
                said = _demo()
            except OSError as error:
                raise CommandError(f"The demo cannot be written: {error.strerror} ({error.filename}).") from error
            covers.hint_missing()
        self.stdout.write(json.dumps(said) if options["json"] else _for_a_person(said))

    def _migrate(self) -> None:
        """Migrate when there is something to do; asking is far quicker than Django's command."""
        refuse_half_way(connection)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, stdout=self.stderr)


def _demo() -> dict[str, Any]:
    if not Team.objects.filter(pk=team.TEAM).exists():
        call_command("make_demo")
    return team.welcome()


def _for_a_person(said: dict[str, Any]) -> str:
    rows = [f"{user['role']:<8} {user['email']}  {user['password'] or '(password changed)'}" for user in said["users"]]
    return "\n".join(["The database is ready.", *rows, *([f"API key  {said['api_key']}"] if said["api_key"] else [])])
