"""Whose spending a page shows: the whole team's, a project's, a member's or a key's."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, User
from dashboard.projects.models import Project
from generation.models import DailySpend, Hold

CHOICES_MAX = 200


@dataclass(frozen=True, kw_only=True)
class Scope:
    name: str
    query: dict[str, str] = field(default_factory=dict)
    """As the address says it; empty for all that the member may see."""
    days: dict[str, Any] = field(default_factory=dict)
    """What narrows down the rows of the days."""
    holds: dict[str, Any] = field(default_factory=dict)
    caps: dict[str, Any] | None = None
    """The caps that bound just this; ``None`` where no cap can."""
    fixed: str = ""
    """The table that would have only one row: "member" or "project"."""

    @property
    def is_team(self) -> bool:
        return not self.days

    def narrow(self, team_id: str) -> QuerySet[DailySpend]:
        return DailySpend.objects.filter(team=team_id, **self.days)

    def open_holds(self, team_id: str) -> QuerySet[Hold]:
        return Hold.objects.filter(account=team_id, resolved_at=None, **self.holds)


def read(acting: Actor, address: QueryDict) -> Scope:
    """What an address names; below admin always oneself. Raises 404 for what is not the team's."""
    if not acting.may(Role.ADMIN):
        own = acting.user.pk if acting.user else 0
        return Scope(
            name="Your own", days={"member": own}, holds={"job__member": own}, caps={"member": own}, fixed="member"
        )
    if project_id := address.get("project", ""):
        return _of_project(access.find(acting, Project, pk=_plain(project_id)))
    if member_id := address.get("member", ""):
        return _of_member(acting, member_id)
    if key_id := address.get("key", ""):
        return _of_key(access.find(acting, ApiKey, pk=_plain(key_id)))
    return Scope(name="Whole team", caps={"project": None, "member": None})


def _plain(text: str) -> str:
    return text.replace("\0", "")


def _of_project(project: Project) -> Scope:
    return Scope(
        name=project.name,
        query={"project": project.id},
        days={"project": project.id},
        holds={"job__project": project.id},
        caps={"project": project.id},
        fixed="project",
    )


def _of_key(key: ApiKey) -> Scope:
    days, holds = {"api_key": key.id}, {"job__api_key": key.id}
    return Scope(name=key.name, query={"key": key.id}, days=days, holds=holds, fixed="member")


def _of_member(acting: Actor, text: str) -> Scope:
    """A member, or somebody who was one when they spent."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
    spent = DailySpend.objects.filter(team=acting.team, member=number)
    user = User.objects.filter(pk=number).first()
    if user is None or not (acting.team.memberships.filter(user=user).exists() or spent.exists()):
        raise Http404("There is no such thing here.")
    days, holds = {"member": number}, {"job__member": number}
    return Scope(name=str(user), query={"member": text}, days=days, holds=holds, caps=days, fixed="member")
