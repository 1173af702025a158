"""How the provider's books compare with ours, in plain words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from generation.models import Connection, Discrepancy, Reconciliation, ReconciliationCursor
from generation.plurals import counted
from generation.reconciliation import discrepancies, readings

LATE = timedelta(minutes=75)
"""A reading is due every hour."""
SILENT = timedelta(minutes=5)
"""The balance is asked for every minute."""


@dataclass(frozen=True)
class State:
    """Where things stand, in one sentence."""

    sentence: str
    tone: str = "neutral"
    checked_at: datetime | None = None
    fault: str = ""
    """Why there is no newer reading."""
    drift: int = 0
    """Credits that nobody has explained."""
    jobs: ReconciliationCursor | None = None
    """How far jobs are compared, where any were."""
    is_shared: bool = False
    """Whether others have made jobs with the account."""


def state(team_id: str) -> State:
    connection = Connection.objects.filter(team=team_id).first()
    if connection is None or not connection.key:
        return State("Not connected to ProductAI yet.")
    last = Reconciliation.objects.filter(connection=connection).order_by("-id").first()
    if last is None or is_new_account(last):
        return State("Not compared yet.", fault=_fault(connection, None))
    drifts = readings.open_drifts(team_id=team_id)
    drift = sum(row.drift for row in drifts)
    sentence, tone = _differs(drifts) if drifts else _agrees(last)
    jobs = ReconciliationCursor.objects.filter(pk=connection.pk).first()
    return State(sentence, tone, last.checked_at, _fault(connection, last), drift, jobs, _is_shared(connection))


def _is_shared(connection: Connection) -> bool:
    theirs = Discrepancy.objects.filter(note=discrepancies.OTHERS)
    return theirs.filter(reconciliation__in=readings.of_this_account(connection)).exists()


def _agrees(last: Reconciliation) -> tuple[str, str]:
    if last.since is None:
        return "The first reading is taken.", "neutral"
    if last.in_flight:
        return f"Agrees, with {counted(last.in_flight, 'credit')} of jobs under way.", "good"
    return "Agrees exactly.", "good"


def _differs(drifts: list[Reconciliation]) -> tuple[str, str]:
    if len(drifts) > 1:
        return f"Differs in {len(drifts)} readings.", "bad"
    least = "at least " if drifts[0].in_flight else ""
    return f"Differs by {least}{counted(abs(drifts[0].drift), 'credit')}.", "bad"


def _fault(connection: Connection, last: Reconciliation | None) -> str:
    if connection.pause == Connection.Pause.KEY:
        return "ProductAI refused the team's key. The next reading waits until it is replaced."
    now, heard = timezone.now(), connection.balance_at
    if heard is None and last is None:
        return "ProductAI has not said yet what is left, and without that there is nothing to compare."
    if heard and now - heard > SILENT:
        return "ProductAI does not answer. The next reading waits until it does."
    if last and now - last.checked_at > LATE:
        return "The next reading is late. It comes when the worker has time for it."
    return ""


def number(count: int) -> str:
    return f"{count:,}".replace("-", "−")


def is_new_account(row: Reconciliation) -> bool:
    """Whether it is no reading, but says that another account began."""
    return row.since is None and row.settled_at is not None


def verdict(row: Reconciliation) -> tuple[str, str]:
    """What a reading showed, in few words, and its tone."""
    if is_new_account(row):
        return "Another account", "neutral"
    if row.since is None:
        return "First reading", "neutral"
    if row.drift and row.verdict:
        return row.get_verdict_display(), "neutral"
    if row.drift:
        return "Differs", "bad"
    return ("Agrees" if row.in_flight else "Agrees exactly"), "good"


def explained(row: Reconciliation, suspects: list[Discrepancy]) -> str:
    """How much of a drift is what jobs cost there and not here; nothing where none says what it cost."""
    more = sum(odd.charged - odd.captured for odd in suspects if odd.charged is not None)
    if row.drift < 0 or more <= 0:
        return ""
    return f"They cost {counted(more, 'credit')} more there than here, of the {number(row.drift)} that are missing."


def question(row: Reconciliation) -> str:
    """A drift as a sentence."""
    least = "at least " if row.in_flight else ""
    amount = f"{least}{counted(abs(row.drift), 'credit')}"
    if row.drift < 0:
        return f"ProductAI's balance is {amount} higher than what was paid here leaves"
    return f"ProductAI took {amount} more than was paid here"
