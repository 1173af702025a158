"""The ledger as a table for spreadsheets, read portion by portion."""

import csv
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from dashboard.spend import ledger_lines
from dashboard.studio.batch_csv import MARK, safe
from generation.models import LedgerEntry

PORTION = 1_000
COLUMNS = [
    "entry", "time", "kind", "granted", "held", "spent", "pictures", "job", "who", "member", "api_key", "project",
    "preset", "version", "model", "reason",
]  # fmt: skip


class _Line:
    """What ``csv.writer`` writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def lines(rows: QuerySet[LedgerEntry], zone: ZoneInfo) -> Iterator[str]:
    """The file's text, newest first; only one portion of the entries is in memory."""
    writer = csv.writer(_Line())
    yield MARK + writer.writerow(COLUMNS)
    before: ledger_lines.Place | None = None
    while portion := list(ledger_lines.named(ledger_lines.newest(rows, before=before))[:PORTION]):
        for entry in portion:
            yield writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in _row(entry, zone)])
        before = (portion[-1].created_at, portion[-1].pk)


def _row(entry: LedgerEntry, zone: ZoneInfo) -> list[Any]:
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
        ledger_lines.who(entry),
        str(entry.member or ""),
        entry.api_key.name if entry.api_key else "",
        str(entry.project or ""),
        version.preset.name if version else "",
        version.number if version else "",
        entry.model,
        entry.reason,
    ]
