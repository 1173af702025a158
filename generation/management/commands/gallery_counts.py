"""``manage.py gallery_counts``: count the galleries' pictures anew; with ``--check`` only compare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.counts import recount
from generation.models import GalleryCalendar


class Command(BaseCommand):
    help = "Count the pictures of each gallery anew. With --check: say where counts are wrong, and change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; exits non-zero where they differ")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        teams = list(GalleryCalendar.objects.order_by("pk").values_list("pk", flat=True))
        if check:
            self._compare(teams)
            return
        for team in teams:
            recount.count_totals(team)
            recount.count_days(team, anew=True)
        self.stdout.write(f"Counted again: {_many(len(teams), 'gallery', 'galleries')}.")

    def _compare(self, teams: list[str]) -> None:
        wrong = 0
        for team in teams:
            for found in recount.differences(team):
                wrong += 1
                self.stdout.write(f"{found.team}, {found.what}: {_gap(found.missing)}")
        if wrong:
            raise CommandError(
                f"{_many(wrong, 'figure', 'figures')} not as the pictures say. "
                "'manage.py gallery_counts' recounts them."
            )
        self.stdout.write("Every count is what the pictures say.")


def _gap(missing: int) -> str:
    return f"{_many(abs(missing), 'picture', 'pictures')} too {'few' if missing > 0 else 'many'} counted"


def _many(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
