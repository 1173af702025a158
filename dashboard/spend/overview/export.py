"""The days' spending for spreadsheets, written while it is read: of a long period one week is in memory."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from dashboard.accounts.access import Actor
from dashboard.accounts.time_zone import zone_of
from dashboard.spend.overview import names
from dashboard.spend.overview.names import Names
from dashboard.spend.overview.scopes import Scope
from dashboard.spend.periods import Span
from dashboard.ui import csv, times
from generation.credits.rollup import DIMENSIONS, MEASURES
from generation.models import DailySpend

COLUMNS = (
    "Day", "Project", "Member", "API key", "Preset", "Version", "Model", "Credits", "Jobs", "Pictures", "Approved",
)  # fmt: skip


def csv_lines(acting: Actor, span: Span, scope: Scope) -> Iterator[str]:
    """Oldest first."""
    yield csv.MARK + csv.line([times.column("Day", zone_of(acting.team)), *COLUMNS[1:]])
    rows = (
        scope.narrow(DailySpend, acting.team.id)
        .order_by("day", *DIMENSIONS, "id")
        .values_list("day", *DIMENSIONS, *MEASURES)
    )
    known = names.of_team(acting, members=(), versions=())
    first = span.first
    while first <= span.last:
        last = min(first + timedelta(days=6), span.last)
        week = list(rows.filter(day__gte=first, day__lte=last))
        if week:
            names.learn(known, acting.team, members={row[2] for row in week}, versions={row[4] for row in week})
            yield from map(csv.line, _named(known, week))
        first = last + timedelta(days=1)


def _named(known: Names, rows: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
    for day, project, member, api_key, version, model, *figures in rows:
        yield [day.isoformat(), *_labels(known, project, member, api_key, version), model, *figures]


def _labels(known: Names, project: str, member: int, api_key: str, version: int) -> tuple[str, ...]:
    preset = known.versions.get(version)
    return (
        known.projects.get(project, names.GONE) if project else "",
        known.who(member, "") if member else "",
        known.who(0, api_key),
        preset.preset if preset else "",
        str(preset.number) if preset else "",
    )
