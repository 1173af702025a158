"""A program for tests: many strangers and one hasty person at once, at the database that ``DATABASE_URL`` names.

Prints one JSON object. See ``tests/generation/parallel.py`` for why a program of its own.
"""

import json
from collections import Counter
from itertools import count
from typing import Any

import django

django.setup()

from django.core.cache import cache  # noqa: E402 (models need the line above)
from django.test import Client  # noqa: E402

from dashboard.accounts.models import FailedSignIns, Team, User  # noqa: E402
from dashboard.members.founding import CannotFound, open_team  # noqa: E402
from tests.generation.parallel import at_once  # noqa: E402

STRANGERS = 32
HASTE = 12


def guesses(email: str) -> dict[str, Any]:
    """Each stranger comes from another place and tries once."""
    number = count()

    def guess() -> str:
        browser = Client(REMOTE_ADDR=f"192.0.2.{next(number)}", headers={"host": "localhost"})
        page = browser.post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode()
        return "judged" if "are not correct" in page else "told to wait" if "too many failed" in page else page

    before = FailedSignIns.objects.count()
    told = Counter(at_once(STRANGERS, guess))
    return {"told": told, "rows": FailedSignIns.objects.count() - before}


def founded(user: User) -> dict[str, Any]:
    """One person makes many teams by one press each."""

    def found() -> str:
        try:
            open_team(name="Atelier", owner=user, founder=user)
        except CannotFound:
            return "refused"
        return "made"

    return {"told": Counter(at_once(HASTE, found)), "teams": Team.objects.count()}


if __name__ == "__main__":
    alice = User.objects.create_user(email="alice@example.com", password="correct horse")
    seen = {"alice": guesses(alice.email), "nobody": guesses("nobody@example.com"), "teams": founded(alice)}
    seen["codes"] = Counter(at_once(STRANGERS, lambda: str(cache.add("code", True, timeout=90))))
    cache.set("code", True, timeout=0)
    seen["expired codes"] = Counter(at_once(STRANGERS, lambda: str(cache.add("code", True, timeout=90))))
    print(json.dumps(seen))
