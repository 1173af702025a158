"""``manage.py sandbox open|faults|books``: accounts of the built-in provider."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.sandbox.books import books
from generation.sandbox.faults import BadFaults, Faults
from generation.sandbox.keys import hash_of, open_account, set_faults
from generation.sandbox.models import SandboxKey


class Command(BaseCommand):
    help = "Open an account at the built-in provider, set its fault switches, or show its books."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        opening = verbs.add_parser("open", help="open an account, or show the key of one, and print its API key")
        opening.add_argument("email")
        opening.add_argument("--plan", choices=SandboxKey.Plan.values, default=SandboxKey.Plan.PRO)
        opening.add_argument("--credits", type=int, default=1000)
        faults = verbs.add_parser("faults", help="set an account's fault switches; {} clears them")
        faults.add_argument("key", help="the account's email, id or API key")
        faults.add_argument("switches", help="""a JSON object, for example '{"refuse": 503, "times": 2}'""")
        verbs.add_parser("books", help="print balance and charges").add_argument("key")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "open":
            if options["credits"] < 0:
                raise CommandError("--credits must not be negative.")
            _, text = open_account(email=options["email"], plan=options["plan"], credits=options["credits"])
            self.stdout.write(text)
        elif verb == "faults":
            self._set_faults(_find(options["key"]), options["switches"])
        else:
            self.stdout.write(json.dumps(books(_find(options["key"])).as_json()))

    def _set_faults(self, key: SandboxKey, switches: str) -> None:
        try:
            faults = Faults.read(switches)
        except BadFaults as error:
            raise CommandError(str(error)) from error
        set_faults(key=key, faults=faults)
        self.stdout.write(f"{key.email}: {json.dumps(faults.as_json())}")


def _find(text: str) -> SandboxKey:
    keys = SandboxKey.objects.filter(email=text) | SandboxKey.objects.filter(pk=text)
    found = (keys | SandboxKey.objects.filter(key_hash=hash_of(text))).first()
    if found is None:
        raise CommandError(f"There is no sandbox account {text}.")
    return found
