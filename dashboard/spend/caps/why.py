"""Why was this blocked? What stands against a press, and who can do something about it."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.urls import reverse

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, User
from dashboard.spend.caps.queries import CapRow

NAMED = 3
"""People whom a creator is told to ask."""


@dataclass(frozen=True)
class Why:
    """A cap, what was asked of it, and either the page where it is raised or the people who can do that."""

    row: CapRow
    asked: int
    raise_url: str
    people: tuple[User, ...]

    @property
    def lacking(self) -> int:
        """Credits that a raise must add; also what is used beyond a cap that was lowered since."""
        return self.asked - self.row.standing.left

    @property
    def mailto(self) -> str:
        """To the first of the people: whoever set the cap, where they still can."""
        subject = quote(f"Raise the {self.row.label} by {self.lacking:,} credits?")
        return f"mailto:{self.people[0].email}?subject={subject}" if self.people else ""


def why(acting: Actor, row: CapRow, *, asked: int) -> Why:
    may_raise = acting.may(Role.ADMIN)
    lacking = urlencode({"lack": asked - row.standing.left})
    url = f"{reverse('cap', args=[row.cap.id])}?{lacking}#raise" if may_raise else ""
    return Why(row, asked, url, () if may_raise else _people(row))


def _people(row: CapRow) -> tuple[User, ...]:
    admins = Membership.objects.filter(team=row.cap.team_id, role__gte=Role.ADMIN, user__is_active=True)
    found = [one.user for one in admins.select_related("user").order_by("-role", "pk")]
    return tuple(sorted(found, key=lambda user: user.pk != row.cap.created_by_id)[:NAMED])
