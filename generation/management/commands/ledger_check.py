"""``manage.py ledger_check``: prove that the credits add up; the offending rows and a non-zero exit otherwise."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.proof import findings


class Command(BaseCommand):
    help = "Prove that every account is the sum of its entries and every live job has exactly one open hold."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = list(findings())
        for finding in wrong:
            self.stdout.write(f"{finding.row}: {finding.sentence}")
        if wrong:
            raise CommandError(f"The ledger does not add up: {len(wrong)} finding{'' if len(wrong) == 1 else 's'}.")
        self.stdout.write("The ledger adds up.")
