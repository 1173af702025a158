"""Which of a team's presets somebody knows of. Every look-up of presets begins here."""

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
