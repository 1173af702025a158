"""What stops the connection by itself, and what opens it again, is in the audit log once."""

import pytest

from dashboard.accounts.models import Team
from dashboard.audit.models import ActorKind, AuditEvent
from dashboard.celery import app
from dashboard.connections.tasks import write_down_pauses
from generation.models import Connection, PauseNote
from generation.provider import connections

Pause = Connection.Pause
READY, EMPTY, REFUSED = "Ready", "The provider is out of credits", "The provider refused the key"


@pytest.fixture
def connection(team: Team) -> Connection:
    return Connection.objects.get(team=team)


def written(team: Team) -> list[tuple[str, str, str]]:
    """Action, pause before and after of the team's events."""
    write_down_pauses()
    events = AuditEvent.objects.filter(team=team, kind=ActorKind.TASK).order_by("sequence")
    return [(event.action, event.before["pause"], event.after["pause"]) for event in events]


def test_a_pause_and_its_end_are_written_down_once(connection: Connection, team: Team) -> None:
    connections.stop(connection, pause=Pause.CREDITS, message="Not enough credits")
    connections.stop(connection, pause=Pause.CREDITS, message="Not enough credits, still")
    connection.refresh_from_db()
    connections.note_balance(connection, credits=100)
    connections.note_balance(connection, credits=200)
    both = [("connection.paused", READY, EMPTY), ("connection.resumed", EMPTY, READY)]
    assert written(team) == both
    assert written(team) == both
    assert not PauseNote.objects.exists()
    assert AuditEvent.objects.get(action="connection.paused").after["reason"] == "Not enough credits"


def test_another_reason_is_another_event(connection: Connection, team: Team) -> None:
    connections.stop(connection, pause=Pause.CREDITS, message="")
    connections.stop(connection, pause=Pause.KEY, message="")
    assert written(team) == [("connection.paused", READY, EMPTY), ("connection.paused", EMPTY, REFUSED)]


def test_a_persons_pause_is_not_told_to_be_another(connection: Connection, team: Team) -> None:
    Connection.objects.update(pause=Pause.PERSON)
    connections.stop(connection, pause=Pause.KEY, message="")
    assert written(team) == []
    assert Connection.objects.get().pause == Pause.PERSON


def test_the_beat_asks_for_it() -> None:
    assert write_down_pauses.name in app.tasks
    assert write_down_pauses.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
