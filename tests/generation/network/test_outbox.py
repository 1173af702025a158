"""Rows that wait for a worker: due, claimed once, tried again with growing gaps, given up after a day."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from dashboard.accounts.models import Team
from dashboard.spend.models import Alert
from generation.network import outbox

NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
ROWS = Alert.objects.all()
LEASE = timedelta(seconds=30)


def alert(team: Team, *, due: timedelta | None) -> str:
    due_at = None if due is None else timezone.now() + due
    return Alert.objects.create(team=team, payload={"cap": {"name": "x"}}, due_at=due_at).pk


def test_only_what_is_due_is_found_the_longest_waiting_first(team: Team) -> None:
    newer, older = alert(team, due=-timedelta(seconds=1)), alert(team, due=-timedelta(seconds=9))
    alert(team, due=timedelta(seconds=9))
    alert(team, due=None)
    assert (outbox.due(ROWS, most=9), outbox.due(ROWS, most=1)) == ([older, newer], [older])


def test_a_row_is_claimed_by_one_worker_until_its_lease_ends(team: Team) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        row = alert(team, due=timedelta())
        assert [outbox.claim(ROWS, row, lease=LEASE) for _ in range(2)] == [True, False]
        assert outbox.due(ROWS, most=9) == []
        clock.shift(LEASE)
        assert outbox.due(ROWS, most=9) == [row]
        assert outbox.claim(ROWS, row, lease=LEASE)
    assert Alert.objects.get().tries == 2


@pytest.mark.parametrize("due", [None, timedelta(seconds=9)])
def test_what_is_over_or_not_due_yet_is_nobodys(team: Team, due: timedelta | None) -> None:
    assert not outbox.claim(ROWS, alert(team, due=due), lease=LEASE)
    assert Alert.objects.get().tries == 0


@pytest.mark.parametrize(
    ("tries", "age", "seconds"),
    [(1, 0, 5), (2, 0, 20), (7, 0, 14_400), (99, 86_399, 14_400), (1, 86_400, None)],
)
def test_gaps_grow_until_it_is_time_to_give_up(tries: int, age: int, seconds: int | None) -> None:
    with time_machine.travel(NOON, tick=False):
        again = outbox.next_try(tries, since=NOON - timedelta(seconds=age))
    assert again == (None if seconds is None else NOON + timedelta(seconds=seconds))
