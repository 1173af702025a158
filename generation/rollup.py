"""What each day cost, beside the ledger and equal to it, so that a report reads few rows.

Written with the entries, under the lock of the account's row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from generation import caps
from generation.models import CreditAccount, DailySpend, Image, Job, LedgerEntry

NAMES = ("project", "member", "api_key", "preset_version", "model")
FIGURES = ("spent", "jobs", "pictures", "approved")
_NOTHING: dict[str, str | int] = {"project": "", "member": 0, "api_key": "", "preset_version": 0, "model": ""}


def add(account: CreditAccount, *, at: datetime, job: Job | None, **figures: int) -> None:
    """Add to the day of ``at`` in the row of the job, or of what belongs to no job."""
    row = {"team_id": account.pk, "day": day(account, at), **_whose(job)}
    if not DailySpend.objects.filter(**row).update(**{name: F(name) + more for name, more in figures.items()}):
        DailySpend.objects.create(**row, **figures)


def day(account: CreditAccount, at: datetime) -> date:
    return at.astimezone(account.zone).date()


def _whose(job: Job | None) -> dict[str, Any]:
    return {name: (job and getattr(job, _column(name))) or empty for name, empty in _NOTHING.items()}


def _column(name: str) -> str:
    return name if name == "model" else f"{name}_id"


def reviewed(image: Image, *, approved: int) -> None:
    """Count a picture that was approved (1), or is no longer (-1), on the day that it was paid for."""
    with transaction.atomic():
        account = caps.lock(image.team_id)
        paid = LedgerEntry.objects.filter(job=image.job, kind=LedgerEntry.Kind.CAPTURE).first()
        if paid:
            add(account, at=paid.created_at, job=image.job, approved=approved)


@dataclass(frozen=True)
class Difference:
    """A row of a day that does not say what the ledger says."""

    team: str
    day: date
    row: str
    sentence: str


def differences(account: CreditAccount) -> Iterator[Difference]:
    """Where the kept rows and the ledger part."""
    kept = {_key(row): row for row in DailySpend.objects.filter(team=account.pk).values("day", *NAMES, *FIGURES)}
    due = {_key(row): row for row in _from_the_ledger(account)}
    for key in sorted(kept.keys() | due.keys()):
        for name in FIGURES:
            has, should = (rows.get(key, {}).get(name, 0) for rows in (kept, due))
            if has != should:
                whose = ", ".join(str(part) for part in key[1:] if part) or "no job"
                yield Difference(account.pk, key[0], whose, f"{name} is {has}, the ledger says {should}")


def rebuild(account: CreditAccount) -> None:
    """Write the account's rows anew from the ledger. The caller holds the account's lock."""
    DailySpend.objects.filter(team=account.pk).delete()
    rows = _from_the_ledger(account)
    DailySpend.objects.bulk_create((DailySpend(team_id=account.pk, **row) for row in rows), batch_size=1000)


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("day", *NAMES))


def _from_the_ledger(account: CreditAccount) -> Iterator[dict[str, Any]]:
    """A row for each day and combination that any credits were spent on."""
    captures = Q(kind=LedgerEntry.Kind.CAPTURE)
    rows = LedgerEntry.objects.filter(account=account.pk).exclude(spent=0, pictures=0).order_by()
    days = rows.annotate(day=TruncDate("created_at", tzinfo=account.zone)).values("day", *NAMES)
    sums = days.annotate(sum_spent=Sum("spent"), jobs=Count("pk", filter=captures), sum_pictures=Sum("pictures"))
    approved = _approved(account)
    for found in sums.iterator():
        row = {"day": found["day"]} | {name: found[name] or empty for name, empty in _NOTHING.items()}
        figures = {"spent": found["sum_spent"], "jobs": found["jobs"], "pictures": found["sum_pictures"]}
        yield row | figures | {"approved": approved.get(_key(row), 0)}


def _approved(account: CreditAccount) -> dict[tuple[Any, ...], int]:
    captures = LedgerEntry.objects.filter(account=account.pk, kind=LedgerEntry.Kind.CAPTURE).order_by()
    approved = captures.filter(job__images__review=Image.Review.APPROVED)
    days = approved.annotate(day=TruncDate("created_at", tzinfo=account.zone)).values("day", *NAMES)
    return {
        _key({"day": row["day"]} | {name: row[name] or empty for name, empty in _NOTHING.items()}): row["many"]
        for row in days.annotate(many=Count("pk"))
    }
