"""Which of a team's presets somebody knows of. Every look-up of presets begins here."""

from dataclasses import dataclass
from typing import Self

from django.db.models import Q, QuerySet

from dashboard.accounts.access import Actor
from dashboard.accounts.models import User
from dashboard.presets.models import Preset
from dashboard.projects.models import Project

Visibility = Preset.Visibility


def visible(acting: Actor) -> QuerySet[Preset]:
    """The team's presets, those of its projects, and the actor's own private ones; archived ones too."""
    rows = Preset.objects.filter(team=acting.team)
    return rows.filter(~Q(visibility=Visibility.PRIVATE) | Q(created_by=person(acting), created_by__isnull=False))


def usable(acting: Actor, *, project: Project | None = None) -> QuerySet[Preset]:
    """The visible presets that new pictures may be made with.

    With a ``project`` its own are among them; those of other projects never are.
    """
    rows = visible(acting).filter(archived_at=None, current__isnull=False).select_related("current")
    return rows.filter(~Q(visibility=Visibility.PROJECT) | Q(project=project, project__isnull=False))


def person(acting: Actor) -> User | None:
    """Who acts, in person or through a key."""
    return acting.user or (acting.api_key.created_by if acting.api_key else None)


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """Who sees a preset."""

    visibility: str = Visibility.TEAM.value
    project: Project | None = None
    """Only with visibility ``project``."""

    @classmethod
    def of(cls, preset: Preset) -> Self:
        return cls(visibility=preset.visibility, project=preset.project)

    def facts(self) -> dict[str, str | None]:
        """For the audit log."""
        return {"visibility": self.visibility, "project": self.project.id if self.project else None}
