"""The ledger as a table for spreadsheets, read portion by portion."""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from dashboard.accounts.models import ApiKey, User
from dashboard.presets.models import PresetVersion
from dashboard.projects.models import Project
from dashboard.spend.ledger import lines as ledger_lines
from dashboard.ui import csv, times
from generation.models import LedgerEntry

PORTION = 1_000
COLUMNS = [
    "entry", "time", "kind", "granted", "held", "spent", "pictures", "job", "actor", "member", "api_key", "project",
    "preset", "version", "model", "reason",
]  # fmt: skip


_NAMED: dict[str, QuerySet[Any]] = {
    "actor": User.objects.all(),
    "member": User.objects.all(),
    "api_key": ApiKey.objects.all(),
    "project": Project.objects.all(),
    "preset_version": PresetVersion.objects.select_related("preset").defer("template", "variables"),
}
_SAME = {"actor": "member"}


class _Names:
    """What entries refer to, looked up once in a file: a team has far fewer people and presets than entries."""

    def __init__(self) -> None:
        self._known: dict[str, dict[Any, Any]] = {column: {} for column in _NAMED}

    def attach(self, portion: Sequence[LedgerEntry]) -> None:
        for column, rows in _NAMED.items():
            known = self._known[_SAME.get(column, column)]
            known |= rows.in_bulk({getattr(entry, f"{column}_id") for entry in portion} - known.keys() - {None})
            for entry in portion:
                setattr(entry, column, known.get(getattr(entry, f"{column}_id")))


def lines(rows: QuerySet[LedgerEntry], zone: ZoneInfo) -> Iterator[str]:
    """The file's text, newest first; only one portion of the entries is in memory."""
    names = _Names()
    yield csv.MARK + csv.line([times.column(name, zone) if name == "time" else name for name in COLUMNS])
    before: ledger_lines.Place | None = None
    while portion := list(ledger_lines.newest(rows, before=before)[:PORTION]):
        names.attach(portion)
        for entry in portion:
            yield csv.line(_row(entry, zone))
        before = (portion[-1].created_at, portion[-1].pk)


def _row(entry: LedgerEntry, zone: ZoneInfo) -> list[str | int]:
    version = entry.preset_version
    return [
        entry.pk,
        entry.created_at.astimezone(zone).isoformat(timespec="seconds"),
        entry.kind,
        entry.granted,
        entry.held,
        entry.spent,
        entry.pictures,
        entry.job_id or "",
        ledger_lines.actor(entry),
        str(entry.member or ""),
        entry.api_key.name if entry.api_key else "",
        str(entry.project or ""),
        version.preset.name if version else "",
        version.number if version else "",
        entry.model,
        entry.reason,
    ]
