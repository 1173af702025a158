"""``manage.py make_demo``: the part of ``prepare`` that only a first start needs.

A command of its own, because drawing and storing load numpy and boto3, for which no later start should wait.
"""

from typing import Any

from django.core.management.base import BaseCommand

from dashboard.demo import seed


class Command(BaseCommand):
    help = "Make the demo team, unless it is there. 'prepare' does this by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        seed.make()
