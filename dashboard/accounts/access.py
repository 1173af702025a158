"""The only look-ups of what belongs to a team.

Whatever a person may not know of is a 404, exactly like what does not exist; what a member may see but
not change is a 403.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from dashboard.accounts.models import ApiKey, Membership, Role, Team, User

TEAM_IN_SESSION = "team"
ACTIVITY_NOTED = timedelta(minutes=5)
"""How old ``last_active_at`` may get, so that not every page writes a row."""
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Actor:
    """Who acts, for which team, with what rights, and from where."""

    team: Team
    role: Role
    user: User | None = None
    api_key: ApiKey | None = None
    address: str | None = None

    def may(self, role: Role) -> bool:
        return self.role >= role

    @property
    def spender_id(self) -> int | None:
        """Whose cap counts what is spent: the person, or whoever made the key. A key is no way around a cap."""
        if self.api_key:
            return self.api_key.created_by_id
        return self.user.pk if self.user else None

    def require(self, role: Role) -> None:
        if not self.may(role):
            raise PermissionDenied(f"Your role, {self.role.label.lower()}, may look but not change this.")


def memberships(user: User) -> QuerySet[Membership]:
    return Membership.objects.filter(user=user).select_related("team__credits").order_by("team__name", "id")


def actor(request: HttpRequest, role: Role = Role.VIEWER) -> Actor:
    """The signed-in member in the team that is chosen now. Raises 404 without a team, 403 below ``role``."""
    found = current(request)
    if found is None:
        raise Http404("You are not in a team.")
    acting = _as_actor(request, found)
    acting.require(role)
    return acting


def current(request: HttpRequest) -> Membership | None:
    """The membership chosen in the session, else the first."""
    mine, chosen = own_memberships(request), request.session.get(TEAM_IN_SESSION)
    return next((one for one in mine if one.team_id == chosen), mine[0] if mine else None)


def own_memberships(request: HttpRequest) -> list[Membership]:
    """Those of the signed-in person, looked up once a request."""
    if not hasattr(request, "_memberships"):
        mine = list(memberships(request.user)) if isinstance(request.user, User) else []
        request._memberships = mine  # type: ignore[attr-defined]
    found: list[Membership] = request._memberships  # type: ignore[attr-defined]
    return found


def note_activity(member: Membership) -> None:
    now = timezone.now()
    if member.last_active_at is None or abs(now - member.last_active_at) >= ACTIVITY_NOTED:
        Membership.objects.filter(pk=member.pk).update(last_active_at=now)


def _as_actor(request: HttpRequest, membership: Membership) -> Actor:
    user = cast("User", request.user)
    return Actor(membership.team, Role(membership.role), user=user, address=request.META.get("REMOTE_ADDR"))


def find(acting: Actor, rows: type[Row] | QuerySet[Row], **which: Any) -> Row:
    """The row of the actor's team. Raises 404 for another team's row as for none."""
    query = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
    if any("\0" in str(value) for value in which.values()):
        query = query.none()  # PostgreSQL does not even compare it
    row = query.filter(team=acting.team, **which).first()
    if row is None:
        raise Http404("There is no such thing here.")
    return row
