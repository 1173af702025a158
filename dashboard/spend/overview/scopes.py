"""Whose spending a page shows: the whole team's, a project's, a member's or a key's; or one's own."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, User
from dashboard.projects.models import Project
from dashboard.spend.ledger.lines import own_keys
from dashboard.ui.filters import whole_number
from generation.models import DailySpend, Hold
from generation.models.spend import SpendByDimension

Sums = TypeVar("Sums", bound=SpendByDimension)


@dataclass(frozen=True, kw_only=True)
class Scope:
    name: str
    query: dict[str, str] = field(default_factory=dict)
    """As the address says it; empty for all that the member may see."""
    rows: Q = field(default_factory=Q)
    holds: Q = field(default_factory=Q)
    caps: dict[str, Any] | None = None
    """The caps that bound just this; ``None`` where no cap can."""
    table: str = ""
    """The table that would have only one row: "member" or "project"."""
    is_own: bool = False

    @property
    def is_team(self) -> bool:
        return not self.query and not self.is_own

    def narrow(self, kept: type[Sums], team_id: str) -> QuerySet[Sums]:
        """The rows of days or of months."""
        return kept._default_manager.filter(self.rows, team=team_id)

    def open_holds(self, team_id: str) -> QuerySet[Hold]:
        return Hold.objects.filter(self.holds, account=team_id, resolved_at=None)


def read(acting: Actor, address: QueryDict) -> Scope:
    """What an address names; below admin always oneself. Raises 404 for what is not the team's."""
    if not acting.may(Role.ADMIN):
        return _own(acting)
    if project_id := address.get("project", ""):
        project = access.find(acting, Project, pk=project_id)
        return _only("project", project.pk, name=project.name, caps={"project_id": project.pk})
    if member_id := address.get("member", ""):
        member = _member(acting, member_id)
        return _only("member", member.pk, name=str(member), caps={"project_id": None, "member_id": member.pk})
    if key_id := address.get("key", ""):
        key = access.find(acting, ApiKey, pk=key_id)
        return _only("api_key", key.pk, name=key.name, alias="key")
    return Scope(name="Whole team", caps={"project_id": None, "member_id": None})


def _own(acting: Actor) -> Scope:
    """What one spent oneself or through a key that one made, as on the ledger's page."""
    own, keys = (acting.user.pk if acting.user else 0), own_keys(acting)
    return Scope(
        name="Your own",
        rows=Q(member=own) | Q(api_key__in=keys),
        holds=Q(job__member=own) | Q(job__api_key__in=keys),
        caps={"member_id": own},
        table="" if keys else "member",
        is_own=True,
    )


def _only(column: str, value: str | int, *, name: str, caps: dict[str, Any] | None = None, alias: str = "") -> Scope:
    return Scope(
        name=name,
        query={alias or column: str(value)},
        rows=Q(**{column: value}),
        holds=Q(**{f"job__{column}": value}),
        caps=caps,
        table="project" if column == "project" else "member",
    )


def _member(acting: Actor, text: str) -> User:
    """A member, or somebody who was one when they spent."""
    number = whole_number(text) or 0
    user = User.objects.filter(pk=number).first()
    spent = DailySpend.objects.filter(team=acting.team, member=number)
    if user is None or not (acting.team.memberships.filter(user=user).exists() or spent.exists()):
        raise Http404("There is no such thing here.")
    return user
