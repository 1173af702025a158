"""``manage.py create_team``: the first team and its owner, for an installation without the demo."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.members.founding import CannotFound, found_team
from generation.contract import PLAN_LIMITS
from generation.models import Connection

PROVIDER = "https://api.productai.photo/v1"


class Command(BaseCommand):
    help = "Make a team with its owner; the owner enters the team's ProductAI key in the browser."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="the team's name")
        parser.add_argument("--email", required=True, help="the owner's mail address")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the owner's password from standard input"
        )
        parser.add_argument("--plan", choices=list(PLAN_LIMITS), default="pro", help="the team's plan at ProductAI")
        parser.add_argument("--credits", type=int, default=0, help="credits that the team may spend; default: 0")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["credits"] < 0:
            raise CommandError("--credits must not be negative.")
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else _ask()
        connection = Connection(base_url=PROVIDER, plan_limit=PLAN_LIMITS[options["plan"]])
        try:
            team = found_team(
                name=options["name"], email=options["email"], password=password,
                connection=connection, credits=options["credits"],
            )  # fmt: skip
        except CannotFound as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{team.name} is ready; its owner signs in as {options['email'].strip().lower()}.")


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for the password: give it with --password-stdin.")
    password = getpass.getpass("Password of the owner: ")
    if password != getpass.getpass("Once more: "):
        raise CommandError("The two passwords differ; nothing was made.")
    return password
