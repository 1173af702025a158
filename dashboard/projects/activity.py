"""What happened in a project lately, in plain words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from dashboard.accounts.models import User
from dashboard.audit.models import AuditEvent
from dashboard.projects.models import Project
from generation.models import Batch
from generation.plurals import counted

SHOWN = 12
_DONE = {
    "project.added": "opened the project",
    "project.archived": "archived the project",
    "project.restored": "opened the project again",
    "project.cover_chosen": "chose the cover",
}


@dataclass(frozen=True)
class Happening:
    when: datetime
    who: str
    text: str
    batch_id: str = ""


def recent(project: Project) -> list[Happening]:
    """Batches and changes, the newest first."""
    found = [*_batches(project), *_changes(project)]
    return sorted(found, key=lambda happening: happening.when, reverse=True)[:SHOWN]


def _batches(project: Project) -> list[Happening]:
    rows = Batch.objects.filter(project=project).select_related("member").order_by("-id")[:SHOWN]
    # Counted for these few alone: counting before they are chosen would read every job of the project.
    sums = Batch.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk")
    asked = {
        pk: (pictures, credits) for pk, pictures, credits in sums.annotate(Sum("jobs__num_images"), Sum("jobs__price"))
    }
    return [_batch(row, *asked[row.pk]) for row in rows]


def _batch(row: Batch, pictures: int | None, credits: int | None) -> Happening:
    text = f"asked for {counted(pictures or 0, 'picture')} at {counted(credits or 0, 'credit')}"
    return Happening(row.created_at, _who(row.member), text, batch_id=row.pk)


def _changes(project: Project) -> list[Happening]:
    events = AuditEvent.objects.filter(team=project.team_id, object_id=project.pk).select_related("user")
    return [Happening(row.created_at, _who(row.user), _change(row)) for row in events.order_by("-id")[:SHOWN]]


def _change(event: AuditEvent) -> str:
    if event.action != "project.edited":
        return _DONE.get(event.action, event.action.replace(".", " ").replace("_", " "))
    if event.before.get("name") != event.after.get("name"):
        return f"renamed the project from {event.before.get('name')} to {event.after.get('name')}"
    return "changed the brief"


def _who(user: User | None) -> str:
    return str(user) if user else "A script"
