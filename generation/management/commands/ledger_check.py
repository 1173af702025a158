"""``manage.py ledger_check``: prove that the credits add up; the offending rows and a non-zero exit otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.credits.integrity import violations
from generation.plurals import counted


class Command(BaseCommand):
    help = "Prove that every account is the sum of its entries and every live job has exactly one open hold."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for violation in violations(each_day=True):
            wrong += 1
            self.stdout.write(f"{violation.row}: {violation.sentence}")
        if wrong:
            raise CommandError(f"The ledger does not add up: {counted(wrong, 'violation')}.")
        self.stdout.write("The ledger adds up.")
