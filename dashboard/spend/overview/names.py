"""What the ids in the days' rows are called, each kind looked up in one query."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.presets.models import PresetVersion
from dashboard.projects.models import Project

GONE = "Removed"


@dataclass(frozen=True)
class Version:
    preset_id: str
    preset: str
    number: int


@dataclass
class Names:
    projects: dict[str, str] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    versions: dict[int, Version] = field(default_factory=dict)

    def who(self, member: int, api_key: str) -> str:
        """The person, else the key, else nobody: adjustments of the whole team have no spender."""
        if member:
            return self.members.get(member, GONE)
        return self.keys.get(api_key, GONE) if api_key else ""


def learn(known: Names, team: Team, *, members: Collection[int], versions: Collection[int]) -> None:
    """Look up what further rows name, each id once however often it is met."""
    if fresh := set(members) - known.members.keys() - {0}:
        people = User.objects.filter(pk__in=fresh).values_list("pk", "name", "email")
        known.members |= dict.fromkeys(fresh, GONE) | {pk: name or email for pk, name, email in people}
    if unread := set(versions) - known.versions.keys() - {0}:
        known.versions |= _versions(team, unread)


def of_team(acting: Actor, *, members: Collection[int], versions: Collection[int]) -> Names:
    """Everything that can be chosen, and whoever and whatever else the rows name. Below admin, of nobody else."""
    team = acting.team
    mine = Q(pk__in=members)
    if acting.may(Role.ADMIN):
        mine |= Q(memberships__team=team)
    people = User.objects.filter(mine).distinct().order_by("name", "email").values_list("pk", "name", "email")
    return Names(
        projects=dict(Project.objects.filter(team=team).order_by("name", "id").values_list("id", "name")),
        members={pk: name or email for pk, name, email in people},
        keys=dict(ApiKey.objects.filter(team=team).order_by("name", "id").values_list("id", "name")),
        versions=_versions(team, versions),
    )


def _versions(team: Team, ids: Collection[int]) -> dict[int, Version]:
    rows = PresetVersion.objects.filter(preset__team=team, pk__in=ids)
    return {
        pk: Version(preset_id, name, number)
        for pk, preset_id, name, number in rows.values_list("pk", "preset_id", "preset__name", "number")
    }
