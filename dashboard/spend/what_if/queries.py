"""What the replay needs of the ledger: read once, in the order in which it was written, and never held whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, F, Sum

from dashboard.accounts.models import ApiKey
from dashboard.spend.what_if.replay import HoldRequested, OpeningUsage, UsageChanged
from generation.models import CreditAccount, DailySpend, Hold, Image, LedgerEntry

AT_ONCE = 10_000
"""Batches that one query asks about."""


class _Row(NamedTuple):
    kind: str
    at: datetime
    held: int
    spent: int
    project_id: str | None
    batch_id: str
    held_at: datetime
    spender_id: int | None


_COLUMNS = ("kind", "created_at", "held", "spent", "project_id", "job__batch_id", "job__hold__held_at")


def history(account: CreditAccount, *, first: datetime, until: datetime) -> Iterator[HoldRequested | UsageChanged]:
    """What changed any cap's use from ``first`` to just before ``until``.

    A capture at the price that was held changes none. The ids of a team's entries grow in the order in which they
    were written, as its account's row is locked meanwhile; their moments were taken before that.
    """
    entries = LedgerEntry.objects.filter(account=account.pk, created_at__gte=first, created_at__lt=until)
    changing = entries.filter(job__hold__isnull=False).exclude(held=-F("spent")).order_by("id")
    found = changing.values_list(*_COLUMNS, "job__hold__spender_id").iterator(chunk_size=5000)
    for (is_hold, _), rows in groupby(map(_Row._make, found), key=_same_event):
        if is_hold:
            yield _asked(list(rows))
        else:
            yield from map(_moved, rows)


def _same_event(row: _Row) -> tuple[bool, str]:
    return row.kind == LedgerEntry.Kind.HOLD, row.batch_id


def _asked(rows: Sequence[_Row]) -> HoldRequested:
    shares: dict[str | None, int] = {}
    for row in rows:
        shares[row.project_id] = shares.get(row.project_id, 0) + row.held
    first = rows[0]
    return HoldRequested(first.held_at, first.batch_id, first.spender_id, tuple(shares.items()))


def _moved(row: _Row) -> UsageChanged:
    return UsageChanged(row.at, row.batch_id, row.held_at, row.spender_id, row.project_id, row.held + row.spent)


def in_use(account: CreditAccount, *, at: datetime) -> Iterator[OpeningUsage]:
    """What all jobs before ``at``, a midnight of the team's, had spent and held then."""
    makers = dict(ApiKey.objects.filter(team=account.pk).values_list("pk", "created_by_id"))
    days = DailySpend.objects.filter(team=account.pk, day__lt=at.astimezone(account.zone).date())
    of_jobs = days.exclude(model="").values_list("project", "member", "api_key")
    for project, member, key, spent in of_jobs.annotate(total=Sum("spent")):
        yield OpeningUsage(project or None, makers.get(key, member or None), spent)
    still = Hold.objects.filter(account=account.pk, resolved_at=None, held_at__lt=at)
    for project_id, spender_id, held in still.values_list("job__project_id", "spender_id").annotate(
        total=Sum("credits")
    ):
        yield OpeningUsage(project_id, spender_id, held)
    since = LedgerEntry.objects.filter(account=account.pk, created_at__gte=at, held__lt=0, job__hold__held_at__lt=at)
    resolved = since.order_by().values_list("project_id", "job__hold__spender_id").annotate(total=Sum("held"))
    for project_id, spender_id, held in resolved:
        yield OpeningUsage(project_id, spender_id, -held)


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What a batch came to in life."""

    credits: int
    pictures: int
    approved: int


def outcomes(batches: Sequence[str]) -> dict[str, JobOutcome]:
    """By batch: credits spent or still held, pictures that were made, and those of them that are approved."""
    found: dict[str, JobOutcome] = {}
    for start in range(0, len(batches), AT_ONCE):
        found |= _outcomes(batches[start : start + AT_ONCE])
    return found


def _outcomes(batches: Sequence[str]) -> dict[str, JobOutcome]:
    entries = LedgerEntry.objects.filter(job__batch__in=batches).order_by().values_list("job__batch_id")
    images = Image.objects.filter(job__batch__in=batches, review=Image.Review.APPROVED).order_by()
    approved = dict(images.values_list("job__batch_id").annotate(many=Count("pk")))
    sums = entries.annotate(credits=Sum(F("held") + F("spent")), made=Sum("pictures"))
    return {batch: JobOutcome(credits, made, approved.get(batch, 0)) for batch, credits, made in sums}
