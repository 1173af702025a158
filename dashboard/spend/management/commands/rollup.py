"""``manage.py rollup``: count the days' spending anew from the ledger; with ``--check`` only compare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.credits import rebuild
from generation.models import CreditAccount
from generation.plurals import counted


class Command(BaseCommand):
    help = "Count what each day cost anew from the ledger. With --check: say where the two differ, and change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; exits non-zero where they differ")
        parser.add_argument("--team", default="", metavar="ID", help="one team (team_…) instead of all")

    def handle(self, *args: Any, check: bool, team: str, **options: Any) -> None:
        accounts = CreditAccount.objects.order_by("pk")
        if team and not (accounts := accounts.filter(pk=team)).exists():
            raise CommandError(f"No team {team} has a credit account.")
        if check:
            self._compare(accounts)
            return
        for account in accounts.iterator():
            rebuild.rebuild_by_month(account)
        self.stdout.write(f"Counted again: {counted(accounts.count(), 'team')}.")

    def _compare(self, accounts: Any) -> None:
        wrong = 0
        for account in accounts.iterator():
            for found in rebuild.differences(account):
                wrong += 1
                self.stdout.write(f"{found.team} on {found.day} ({found.row}): {found.sentence}")
        if wrong:
            raise CommandError(f"{counted(wrong, 'figure')} not as in the ledger. 'manage.py rollup' recounts them.")
        self.stdout.write("Every day and month says what the ledger says.")
