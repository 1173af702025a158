"""The same order twice is one order.

An order names itself by a key. What came of it is written down in the order's own transaction, so that there is
never the one without the other: a second press, a second try of a script and one after a crash before the answer find
what the first made. Of two at the same moment one waits for the other.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from dashboard.accounts.models import IdempotencyKey
from generation.errors import UserFacingError

Made = dict[str, Any]
"""What came of an order: enough to answer it again. Whatever JSON has."""
CLEARED_AFTER = timedelta(hours=72)
"""Counted from when the order was given. A day is promised, also by a clock that is two days ahead for a moment."""


class KeyReused(UserFacingError):
    """The key came with another order before."""


@dataclass(frozen=True)
class Order:
    scope: str
    """Who gives it, at most 64 characters: keys of different people are different."""
    key: str
    """At most 255 characters."""
    digest: str
    """Of what is asked for, in hexadecimal."""

    def part(self, number: int) -> "Order":
        """One of several things that are ordered together and made one after another."""
        return replace(self, key=f"{self.key}:{number}")


def made_before(order: Order | None) -> Made | None:
    """What the same order made when it was given first. Raises :class:`KeyReused`."""
    row = IdempotencyKey.objects.filter(scope=order.scope, key=order.key).first() if order else None
    if order is None or row is None:
        return None
    if row.digest != order.digest:
        raise KeyReused("This key was used for another request. Use a new key for each.")
    made: Made = json.loads(row.made)
    return made


def once(order: Order | None, make: Callable[[], Made]) -> tuple[Made, bool]:
    """Do what is ordered unless it was done: what it made, and whether that is new. Raises :class:`KeyReused`.

    ``None`` is an order that does not name itself: always a new one.

    What ``make`` does is one transaction with the note that it is done, so it calls nobody and stores no files. An
    exception from it undoes both: a refused order may be given again.
    """
    if order is None:
        return make(), True
    with transaction.atomic():
        claim = _claim(order)
        if claim:
            claim.made = json.dumps(make())
            claim.save(update_fields=["made"])
            return json.loads(claim.made), True
    made = made_before(order)
    assert made is not None  # noqa: S101 narrows the type: whoever was first has committed
    return made, False


def _claim(order: Order) -> IdempotencyKey | None:
    """Be the first, or wait until the first is done: then ``None``."""
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(scope=order.scope, key=order.key, digest=order.digest)
    except IntegrityError:
        return None


def clear_expired() -> int:
    """Forget orders that nobody gives again any more; answers how many."""
    cleared, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - CLEARED_AFTER).delete()
    return cleared
