"""Failed sign-ins are counted in rows, and each one after the first few makes the next wait longer.

Whoever guesses at an address slows strangers only: a browser in which the person has signed in before has a count of
its own (``known_browsers``). Strangers are counted by where they come from, too, whichever address they try. An address
without an account is counted like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Literal

from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dashboard.accounts.models import FailedSignIns
from dashboard.sign_in.known_browsers import browser_of
from generation.text import fold_for_uniqueness

Step = Literal["password", "code"]
NEVER = timedelta(0)


@dataclass(frozen=True)
class GuessLimit:
    """``free`` failures cost nothing; the wait then begins with ``first`` and doubles up to ``longest``."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long after the last of so many failures nobody may try."""
        if failures < self.free:
            return NEVER
        doublings = min(failures - self.free, 30)
        return min(self.longest, self.first * (1 << doublings))


PERSON = GuessLimit(free=5, first=timedelta(minutes=1), longest=timedelta(hours=1), forgotten_after=timedelta(days=1))
CLIENT = GuessLimit(
    free=10, first=timedelta(minutes=1), longest=timedelta(minutes=1), forgotten_after=timedelta(minutes=1)
)
"""Of an office many come from one address, so that it opens again soon."""
KEPT = max(PERSON.forgotten_after, CLIENT.forgotten_after)


class TooManyFailures(Exception):
    """Nobody may try now."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait

    @property
    def wait_in_words(self) -> str:
        minutes = ceil(self.wait / timedelta(minutes=1))
        if minutes >= 60:
            return "an hour"
        return "a minute" if minutes <= 1 else f"{minutes} minutes"


@dataclass(frozen=True)
class GuessAttempt:
    """A try that counts as failed until it is given back."""

    subjects: Sequence[str]

    def give_back(self) -> None:
        """It succeeded. Earlier failures stay: whoever guesses cannot sign in between as somebody else."""
        rows = FailedSignIns.objects.filter(subject__in=self.subjects, failures__gt=0)
        rows.update(failures=F("failures") - 1)


def attempt(request: HttpRequest, step: Step, *, address: str) -> GuessAttempt:
    """Count a try before it is judged, so that many at one moment are no more than many in turn.

    Raises :class:`TooManyFailures`.
    """
    person = _subject(step, fold_for_uniqueness(address), browser := browser_of(request, address))
    limits = [(person, PERSON)] if browser else [(_subject("client", _network(request)), CLIENT), (person, PERSON)]
    for subject, limit in limits:
        if wait := _count(subject, limit):
            raise TooManyFailures(wait)
    return GuessAttempt([subject for subject, _ in limits])


def forgive(address: str) -> None:
    """Forget wrong passwords of strangers, since the person has a new one."""
    FailedSignIns.objects.filter(subject=_subject("password", fold_for_uniqueness(address), "")).delete()


def sweep() -> None:
    """Remove what no longer slows anybody."""
    now = timezone.now()
    FailedSignIns.objects.filter(Q(last_at__lt=now - KEPT) | Q(last_at__gt=now + KEPT)).delete()


@transaction.atomic
def _count(subject: str, limit: GuessLimit) -> timedelta:
    """Count one failure; where none is allowed now, how long that lasts."""
    now = timezone.now()
    row, _ = FailedSignIns.objects.select_for_update().get_or_create(subject=subject, defaults={"last_at": now})
    last_at = min(row.last_at, now)  # later than now was written by a clock that was ahead: the wait begins anew
    failures = row.failures if now - last_at < limit.forgotten_after else 0
    left = last_at + limit.wait(failures) - now
    if left > NEVER:
        row.last_at = last_at
    else:
        row.failures, row.last_at = failures + 1, now
    row.save()
    return max(left, NEVER)


def _subject(*parts: str) -> str:
    """Whose failures: a digest, for who tried to sign in is nobody's business."""
    return salted_hmac("packshot.throttle", "\0".join(parts), algorithm="sha256").hexdigest()


def _network(request: HttpRequest) -> str:
    """Where the request comes from; a person has a whole IPv6 network of 64 bits."""
    address: str = request.META.get("REMOTE_ADDR", "")
    try:
        bits = 64 if ip_address(address).version == 6 else 32
    except ValueError:
        return address
    return f"{ip_network(f'{address}/{bits}', strict=False)}"
