"""Entries of the ledger as its page shows them: lines, in days, newest first, in keyset pages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role
from dashboard.ui.filters import whole_number
from generation.models import Job, LedgerEntry
from generation.plurals import counted

PAGE = 50
Kind = LedgerEntry.Kind
Place = tuple[datetime, int]
"""Where a page ended: when its last entry was made, and that entry's id."""
LOOKS = {
    Kind.GRANT: ("Granted", "good"),
    Kind.HOLD: ("Held", "warn"),
    Kind.CAPTURE: ("Paid", "accent"),
    Kind.RELEASE: ("Released", "neutral"),
    Kind.REFUND: ("Refunded", "good"),
    Kind.ADJUST: ("Adjusted", "bad"),
}
_FIGURES = {"granted": "granted", "held": "on hold", "spent": "spent"}


@dataclass(frozen=True)
class Figure:
    """A change of one of the account's three sums."""

    name: str
    credits: int

    @property
    def signed(self) -> str:
        return f"{self.credits:+,}".replace("-", "−") if self.credits else ""


@dataclass(frozen=True)
class LedgerLine:
    entry: LedgerEntry
    word: str
    tone: str
    what: str
    """For what; empty where the reason says it."""
    who: str
    by_key: bool
    figures: list[Figure]
    job_url: str
    refund_url: str
    """Empty where there is nothing to give back, or not by this member."""


@dataclass(frozen=True)
class LedgerDay:
    """Lines of one day, or those of it that are on this page."""

    at: datetime
    lines: list[LedgerLine]
    begins: bool
    """Whether its heading is due: an earlier page may have shown it."""


def seen_by(acting: Actor) -> QuerySet[LedgerEntry]:
    """All of the team's entries for admins; below, those of what one spent oneself or through a key of one's own."""
    rows = LedgerEntry.objects.filter(account=acting.team.id)
    return rows if acting.may(Role.ADMIN) else rows.filter(Q(member=acting.user) | Q(api_key__in=own_keys(acting)))


def own_keys(acting: Actor) -> list[str]:
    return list(ApiKey.objects.filter(team=acting.team, created_by=acting.user).values_list("pk", flat=True))


def newest(rows: QuerySet[LedgerEntry], *, before: Place | None = None) -> QuerySet[LedgerEntry]:
    """In the page's order, which is the index's, from a place on."""
    if before:
        at, pk = before
        rows = rows.filter(created_at__lte=at).exclude(created_at=at, id__gte=pk)
    return rows.order_by("-created_at", "-id")


def page(rows: QuerySet[LedgerEntry], *, before: Place | None) -> tuple[list[LedgerEntry], bool]:
    """The newest entries, or the newest of those before a place; and whether there are more."""
    found = list(named(newest(rows, before=before))[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def named(rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """With the names that a line tells, in as many queries for one entry as for all."""
    jobs = Prefetch("job", Job.objects.only("id", "batch_id"))
    return rows.prefetch_related(jobs, "actor", "member", "api_key", "project", "preset_version__preset")


def place_of(entry: LedgerEntry) -> str:
    """As an address says it."""
    return f"{entry.created_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{entry.pk}"


def read_place(text: str) -> Place | None:
    moment, _, pk = text.partition("-")
    try:
        at = parse_datetime(moment)
        at = at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    number = whole_number(pk)
    return (at, number) if at and number is not None else None


def days(rows: Iterable[LedgerEntry], zone: ZoneInfo, *, may_refund: bool, continued: str = "") -> Iterator[LedgerDay]:
    """Group entries by the team's days. ``continued`` is the day (ISO) with which the page before ended."""
    for day, found in groupby(rows, key=lambda row: row.created_at.astimezone(zone).date()):
        lines = [line(row, may_refund=may_refund) for row in found]
        at = lines[0].entry.created_at.astimezone(zone)
        yield LedgerDay(at, lines, begins=day.isoformat() != continued)


def line(entry: LedgerEntry, *, may_refund: bool) -> LedgerLine:
    word, tone = LOOKS[Kind(entry.kind)]
    figures = [Figure(label, getattr(entry, name)) for name, label in _FIGURES.items()]
    job = entry.job
    job_url = f"{reverse('batch', args=[job.batch_id])}#row-{job.pk}" if job else ""
    is_paid = entry.kind == Kind.CAPTURE and entry.spent > 0
    refund_url = reverse("ledger_refund", args=[job.pk]) if job and may_refund and is_paid else ""
    return LedgerLine(entry, word, tone, what(entry), who(entry), _is_by_key(entry), figures, job_url, refund_url)


def what(entry: LedgerEntry) -> str:
    """``2 pictures · Marble v4 · nanobanana2``."""
    pictures = counted(entry.pictures, "picture") if entry.pictures else ""
    if entry.kind == Kind.CAPTURE and not pictures:
        pictures = "No picture"
    prompt = str(entry.preset_version or "Free prompt") if entry.job_id else ""
    return " · ".join(part for part in (pictures, prompt, entry.model) if part)


def who(entry: LedgerEntry) -> str:
    """Whoever did it; else whose job it is; else Packshot itself."""
    return str(entry.actor or entry.member or (entry.api_key.name if entry.api_key else "Packshot"))


def actor(entry: LedgerEntry) -> str:
    """Who wrote it: a person, the key that a script pressed with, or Packshot on the provider's word."""
    if entry.kind == Kind.HOLD and entry.actor is None and entry.api_key:
        return str(entry.api_key.name)
    return str(entry.actor or "Packshot")


def _is_by_key(entry: LedgerEntry) -> bool:
    return not (entry.actor or entry.member) and entry.api_key is not None
