"""What may be spent, by whom and until when: the only writer of caps and their periods.

A job counts in the period in which its credits were held, and so does what it costs in the end: otherwise the
first days of a month could pay for more than its cap. Whatever writes here has locked the account's row first;
under that lock caps are read and changed one after another, always in the order of their ids.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, When
from django.utils import timezone

from generation.models import Cap, CapPeriod, CreditAccount, LedgerEntry

FOREVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
"""The one period of a cap in all."""
CLOCKS = timedelta(days=1)
"""How far machines' clocks may be apart, or one may be set back."""
ZONES = timedelta(days=2)
"""More than the clocks of two places are apart."""
MOST = 1_000_000_000
"""Credits that a cap, a grant or an adjustment may name; more is a slip of the keyboard."""


class Priced(Protocol):
    """A job, or what it will be made from."""

    @property
    def price(self) -> int: ...

    @property
    def project_id(self) -> str | None: ...


@dataclass(frozen=True)
class CapUsage:
    """What a cap allows at a moment, and what it has taken in the period of that moment."""

    cap: Cap
    limit: int
    held: int
    spent: int
    starts: datetime
    ends: datetime

    @property
    def used(self) -> int:
        return self.held + self.spent

    @property
    def left(self) -> int:
        """Credits that a new hold may take; negative where the cap was lowered below what is used."""
        return self.limit - self.used

    @property
    def is_warned(self) -> bool:
        return self.used * 100 >= self.limit * self.cap.warn_at

    @property
    def resets_at(self) -> datetime | None:
        """When it starts anew; a cap in all never does."""
        return self.ends if self.cap.period == Cap.Period.MONTH else None


def lock(team_id: str) -> CreditAccount:
    """The team's account, opened if need be and locked until the transaction ends."""
    locked = CreditAccount.objects.select_for_update()
    found = locked.filter(pk=team_id).first()
    if found is None:
        CreditAccount.objects.get_or_create(team_id=team_id)
        found = locked.get(pk=team_id)
    return found


def bounds(period: str, *, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The period's first moment and the first after it."""
    if period == Cap.Period.TOTAL:
        return FOREVER
    first = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.astimezone(UTC), after.astimezone(UTC)


def standings(*, team_id: str, at: datetime | None = None, only: Q | None = None) -> list[CapUsage]:
    """How the team's caps stand, in the order of their ids; ``only`` narrows them down."""
    at = at or timezone.now()
    rows = list(_caps(team_id, only or Q()).select_related("team__credits"))
    periods = _periods(rows, at)
    return [_standing(cap, periods.get(cap.id), cap.team.credits.zone, at) for cap in rows]


def _caps(team_id: str, only: Q) -> QuerySet[Cap]:
    rows = Cap.objects.filter(only, team=team_id).order_by("id")
    return rows.select_related("team", "project", "member", "created_by")


def _periods(rows: Sequence[Cap], at: datetime) -> dict[str, CapPeriod]:
    """The period of ``at`` of each cap that has one, by the cap's id."""
    return {period.cap_id: period for period in CapPeriod.objects.filter(cap__in=rows, starts__lte=at, ends__gt=at)}


def _standing(cap: Cap, period: CapPeriod | None, zone: ZoneInfo, at: datetime) -> CapUsage:
    starts, ends = (period.starts, period.ends) if period else bounds(cap.period, at=at, zone=zone)
    held, spent = (period.held, period.spent) if period else (0, 0)
    return CapUsage(cap, cap.limit(at), held, spent, starts, ends)


def bounding(*, projects: Iterable[str | None], spender_id: int | None, prefix: str = "") -> Q:
    """The caps that bound what a spender makes for some projects."""
    of_team = Q(**{f"{prefix}project": None, f"{prefix}member": None})
    of_project = Q(**{f"{prefix}project__in": [project for project in projects if project]})
    return of_team | of_project | (Q(**{f"{prefix}member": spender_id}) if spender_id else Q())


def take(account: CreditAccount, *, jobs: Sequence[Priced], spender_id: int | None, at: datetime) -> CapUsage | None:
    """Hold the jobs' prices in every cap that bounds them; the tightest one that refuses, if any does.

    After a refusal the caller rolls back: some of the others have taken their share.
    """
    bound = bounding(projects={job.project_id for job in jobs}, spender_id=spender_id)
    rows = list(_caps(account.pk, bound))
    periods = _periods(rows, at)
    refusing = []
    for cap in rows:
        # Mostly a month's first hold finds nothing before it; after a change of zone or of the clock it may.
        period = periods.get(cap.id) or _count(cap, account.zone, at=at)
        standing = _standing(cap, period, account.zone, at)
        wanted = asked(cap, jobs)
        fits = CapPeriod.objects.filter(pk=period.pk, held__lte=standing.limit - wanted - F("spent"))
        if not fits.update(held=F("held") + wanted):
            refusing.append(standing)
    return min(refusing, key=lambda standing: standing.left, default=None)


def asked(cap: Cap, jobs: Sequence[Priced]) -> int:
    """Credits that jobs which the cap bounds would take from it; jobs of other projects take nothing."""
    return sum(job.price for job in jobs if cap.project_id in (None, job.project_id))


def count_for(account_id: str) -> bool:
    """Whether the team has any caps that count. It stays true or false while the account is locked."""
    return CapPeriod.objects.filter(team=account_id).exists()


def settle(
    account_id: str, *, project_id: str | None, spender_id: int | None, held_at: datetime, held: int = 0, spent: int = 0
) -> None:
    """Move what a hold of ``held_at`` became, in every cap that it counts in."""
    bound = bounding(projects=[project_id], spender_id=spender_id, prefix="cap__")
    rows = CapPeriod.objects.filter(bound, team=account_id, starts__lte=held_at, ends__gt=held_at)
    rows.update(held=F("held") + held, spent=F("spent") + spent)


def to_announce(at: datetime) -> QuerySet[CapPeriod]:
    """Present periods that stand above their warning's share and of which nobody was told.

    What moves them is not only a hold: a job may cost more than its price, and a raise ends by itself.
    """
    raised = When(cap__raised_until__gt=at, then=F("cap__credits") + F("cap__raised_by"))
    untold = CapPeriod.objects.filter(announced_at=None, starts__lte=at, ends__gt=at)
    limit = Case(raised, default=F("cap__credits"), output_field=BigIntegerField())
    sums = untold.alias(taken=F("held") + F("spent"), limit=limit)
    return sums.alias(share=F("limit") * F("cap__warn_at")).filter(taken__gt=0, share__lte=F("taken") * 100)


def usage(cap: Cap, *, starts: datetime, ends: datetime) -> dict[str, int]:
    """``held`` and ``spent`` of a period, summed up from the ledger."""
    # The index on created_at leaves out what came before: an entry is not older than its hold, give or take clocks.
    rows = LedgerEntry.objects.filter(account=cap.team_id, created_at__gte=starts - CLOCKS)
    rows = rows.filter(job__hold__held_at__gte=starts, job__hold__held_at__lt=ends)
    if cap.project_id:
        rows = rows.filter(project=cap.project_id)
    if cap.member_id:
        rows = rows.filter(job__hold__spender=cap.member_id)
    sums = rows.aggregate(held=Sum("held"), spent=Sum("spent"))
    return {name: total or 0 for name, total in sums.items()}


def save(cap: Cap) -> None:
    """Write a new or changed cap; what is held and spent already counts at once, even above its limit."""
    with transaction.atomic():
        account = lock(cap.team_id)
        known = Cap.objects.filter(pk=cap.pk).first()
        if known and _kind(known) != _kind(cap):
            known.periods.all().delete()
        cap.save()
        now = timezone.now()
        # What is counted already stays right: a cap in all would add up years of lines while every hold waits.
        period = _periods([cap], now).get(cap.id) or _count(cap, account.zone, at=now)
        _let_warn_again(_standing(cap, period, account.zone, now), period)


def _kind(cap: Cap) -> tuple[str, str | None, int | None]:
    """What a cap's periods count; of another kind they say nothing."""
    return cap.period, cap.project_id, cap.member_id


def remove(cap: Cap) -> None:
    with transaction.atomic():
        lock(cap.team_id)
        cap.delete()


def move_months(account: CreditAccount) -> None:
    """Count every monthly cap anew, as the account's zone was changed. The caller holds the lock."""
    now = timezone.now()
    for cap in Cap.objects.filter(team=account.pk, period=Cap.Period.MONTH).order_by("id"):
        before = _periods([cap], now).get(cap.id)
        cap.periods.all().delete()
        period = _count(cap, account.zone, at=now)
        if before and abs(before.starts - period.starts) < ZONES:  # of the same month nobody is told twice
            period.announced_at = before.announced_at
            period.save(update_fields=["announced_at"])
        _let_warn_again(_standing(cap, period, account.zone, now), period)


def _let_warn_again(standing: CapUsage, period: CapPeriod) -> None:
    """A warning that no longer holds may come again."""
    if period.announced_at and not standing.is_warned:
        period.announced_at = None
        period.save(update_fields=["announced_at"])


def _count(cap: Cap, zone: ZoneInfo, *, at: datetime) -> CapPeriod:
    """Make the period of ``at`` say what the ledger says."""
    starts, ends = bounds(cap.period, at=at, zone=zone)
    period = cap.periods.filter(starts=starts).first() or CapPeriod(cap=cap, starts=starts)
    sums = usage(cap, starts=starts, ends=ends)
    period.team_id, period.ends, period.held, period.spent = cap.team_id, ends, sums["held"], sums["spent"]
    period.save()
    return period
