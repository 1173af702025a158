"""``manage.py audit_verify``: prove the audit chain; the offending events and a non-zero exit otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.accounts.models import Team
from dashboard.audit.proof import Proof
from generation.plurals import counted


class Command(BaseCommand):
    help = "Prove that no team's audit events were changed, removed, added or moved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", metavar="ID", help="this team only")

    def handle(self, *args: Any, team: str | None = None, **options: Any) -> None:
        teams = Team.objects.filter(pk=team) if team else Team.objects.all()
        if team and not teams.exists():
            raise CommandError(f"There is no team {team}.")
        try:
            found = sum(self._prove(row) for row in teams.order_by("pk").iterator())
        except OSError as error:
            raise CommandError(f"The signed heads cannot be read, so nothing is proven: {error}") from error
        if found:
            raise CommandError(f"The audit log is not intact: {counted(found, 'fault')}.")

    def _prove(self, team: Team) -> int:
        """How many faults the team's chain has."""
        proof, found = Proof(team.id), 0
        for fault in proof.faults():
            found += 1
            place = f"event {fault.sequence} " if fault.sequence else ""
            self.stdout.write(f"{team.id} {place}{fault.sentence}.")
        if not found:
            heads = counted(proof.heads, "signed head")
            self.stdout.write(f"{team.id} {team}: {proof.events:,} events intact, compared with {heads}.")
        return found
