"""A program for tests: many strangers at once, at the database that ``DATABASE_URL`` names.

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

from dashboard.accounts.models import FailedSignIns, User  # noqa: E402
from tests.generation.parallel import at_once  # noqa: E402

STRANGERS = 32


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


if __name__ == "__main__":
    alice = User.objects.create_user(email="alice@example.com", password="correct horse")
    seen = {"alice": guesses(alice.email), "nobody": guesses("nobody@example.com")}
    seen["codes"] = Counter(at_once(STRANGERS, lambda: str(cache.add("code", True, timeout=90))))
    cache.set("code", True, timeout=0)
    seen["expired codes"] = Counter(at_once(STRANGERS, lambda: str(cache.add("code", True, timeout=90))))
    print(json.dumps(seen))
