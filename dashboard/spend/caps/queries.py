"""Caps as pages show them: whose they are, how far they are used, when they start anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role
from dashboard.projects.models import Project
from dashboard.spend.caps import labels
from dashboard.spend.links import SPENT
from generation.credits import caps
from generation.credits.caps import CapUsage
from generation.models import Cap
from generation.text import fold_for_search


@dataclass(frozen=True)
class CapRow:
    """One cap at this moment."""

    standing: CapUsage
    zone: ZoneInfo
    now: datetime
    is_former: bool = False
    """Whether its member is not in the team any more."""

    @property
    def cap(self) -> Cap:
        return self.standing.cap

    @property
    def label(self) -> str:
        return labels.label_of(self.cap)

    @property
    def left(self) -> int:
        return max(0, self.standing.left)

    @property
    def share(self) -> int:
        return labels.share(self.standing.used, self.standing.limit)

    @property
    def is_warned(self) -> bool:
        """Whether it stands above its share; a cap that nobody has used yet warns of nothing."""
        return self.standing.is_warned and self.standing.used > 0

    @property
    def is_used_up(self) -> bool:
        return self.standing.left <= 0

    @property
    def set_on(self) -> str:
        return formats.date_format(self.cap.created_at.astimezone(self.zone), "j F Y")

    @property
    def resets(self) -> str:
        return labels.resets(self.standing, self.zone)

    @property
    def raised_through(self) -> str:
        """The last day of a raise that runs; nothing without one."""
        until = self.cap.raised_until
        if until is None or until <= self.now:
            return ""
        return labels.day(until - timedelta(seconds=1), self.zone)

    @property
    def lines_url(self) -> str:
        """The ledger's lines of what was spent.

        A job counts in the period in which it was held, so one may differ; those of a member's keys are named by key.
        """
        asked: dict[str, object] = {"kind": SPENT, "project": self.cap.project_id, "member": self.cap.member_id}
        if self.standing.resets_at:
            asked["from"] = self.standing.starts.astimezone(self.zone).date().isoformat()
        return f"{reverse('ledger')}?{urlencode({name: value for name, value in asked.items() if value})}"

    @property
    def used(self) -> str:
        return labels.of_used(self.standing.used, self.standing.limit)

    @property
    def spent_width(self) -> float:
        """Of the bar, in per cent; the bar is as long as the limit, or as what is used if that is more."""
        return self._width(self.standing.spent)

    @property
    def held_width(self) -> float:
        return self._width(self.standing.held)

    @property
    def warn_mark(self) -> float:
        return self._width(self.standing.limit * self.cap.warn_at / 100)

    def _width(self, credits: float) -> float:
        return round(100 * credits / max(self.standing.limit, self.standing.used, 1), 2)


@dataclass(frozen=True)
class CapGroup:
    title: str
    rows: list[CapRow]


def rows(acting: Actor, only: Q | None = None) -> list[CapRow]:
    """The caps that the actor may see: admins all of them, others those that bind them; or ``only`` some of these."""
    return _rows(acting, caps.standings(team_id=acting.team.id, only=_seen(acting) if only is None else only))


def _rows(acting: Actor, found: Sequence[CapUsage]) -> list[CapRow]:
    if not found:
        return []
    zone = found[0].cap.team.credits.zone
    present = {acting.user.pk} if acting.user else set()
    capped = {one.cap.member_id for one in found if one.cap.member_id} - present
    present |= set(_members(acting, capped)) if capped else set()
    now = timezone.now()
    return [CapRow(one, zone, now, is_former=one.cap.member_id not in {None, *present}) for one in found]


def _members(acting: Actor, users: Iterable[int]) -> Iterable[int]:
    return Membership.objects.filter(team=acting.team, user__in=users).values_list("user_id", flat=True)


def _seen(acting: Actor) -> Q:
    if acting.may(Role.ADMIN):
        return Q()
    projects = Project.objects.filter(team=acting.team, archived_at=None).values_list("pk", flat=True)
    return caps.bounding(projects=projects, spender_id=acting.spender_id)


def row(acting: Actor, cap: Cap) -> CapRow:
    return rows(acting, Q(pk=cap.pk))[0]


def groups(found: Iterable[CapRow]) -> list[CapGroup]:
    """The team's, then the projects', then the members', each by name."""
    parts: dict[str, list[CapRow]] = {"The whole team": [], "Projects": [], "Members": []}
    for one in sorted(found, key=lambda it: (fold_for_search(it.cap.owner), it.cap.period)):
        title = "Projects" if one.cap.project_id else "Members" if one.cap.member_id else "The whole team"
        parts[title].append(one)
    return [CapGroup(title, members) for title, members in parts.items() if members]


def warnings(acting: Actor, standings: Sequence[CapUsage] | None = None) -> list[CapRow]:
    """Caps above their share: all of them for admins, one's own for the others.

    ``standings`` are all of the team's, where a page has read them already.
    """
    found = caps.standings(team_id=acting.team.id) if standings is None else standings
    own = [one for one in found if acting.may(Role.ADMIN) or one.cap.member_id == acting.spender_id]
    return sorted((row for row in _rows(acting, own) if row.is_warned), key=lambda it: it.standing.left)
