"""Pauses that began or ended by themselves, written into the audit log."""

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from generation.models import Connection, PauseNote


def write_down() -> None:
    """Turn each note into an event, once."""
    for note in PauseNote.objects.select_related("connection__team").order_by("pk"):
        with transaction.atomic():
            taken, _ = PauseNote.objects.filter(pk=note.pk).delete()
            if taken:
                _record(note)


def _record(note: PauseNote) -> None:
    action = "connection.paused" if note.after else "connection.resumed"
    before, after = ({"pause": Connection.Pause(pause).label} for pause in (note.before, note.after))
    acting = Actor(note.connection.team, Role.OWNER)
    more = {"reason": note.message, "at": note.at}
    record(acting, action, note.connection_id, before=before, after=after | more)
