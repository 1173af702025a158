"""Who and what the credits went to: a row for each member or key, project, preset and model."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dashboard.spend import links
from dashboard.spend.figures import Group, Sums, summed
from dashboard.spend.names import GONE, Names
from dashboard.spend.periods import Period
from dashboard.spend.scopes import Scope

ROWS_MAX = 8
"""More are added up in one row, until all are asked for."""
ADJUSTED = "Adjustments"
"""What no job cost, but an admin put right."""


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    sums: Sums
    filters: dict[str, str] | None = None
    """The ledger's, for the lines behind it; ``None`` for rows added up."""
    scope: dict[str, str] | None = None
    """The address of the overview of just this."""
    badge: str = ""
    note: str = ""
    parts: "list[Row]" = field(default_factory=list)

    spent_url: str = ""
    pictures_url: str = ""
    before_url: str = ""
    scope_url: str = ""
    share: int = 0
    """Per cent of all."""
    bar: int = 0
    """Per cent of the longest bar."""
    change: str = ""
    """Against the period before; empty where nothing at all was spent in it."""

    @property
    def each(self) -> float | None:
        return self.sums.now.each


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    title: str
    rows: list[Row]
    all_url: str = ""
    """Where the rows that were added up are shown one by one."""


def change(now: int, before: int) -> str:
    """Against the period before, in per cent."""
    if before <= 0:
        return "new" if now > 0 else ""
    share = round(100 * (now - before) / before)
    return "same" if share == 0 else f"{'+' if share > 0 else '−'}{abs(share):,} %"


def tables(
    groups: Iterable[Group], names: Names, *, period: Period, scope: Scope, caps: dict[str, int], unfolded: str
) -> list[Table]:
    """``caps`` are credits by project; ``unfolded`` is the table that shows all of its rows."""
    found = list(groups)
    made = [
        ("member", "By member", _members(found, names)),
        ("project", "By project", _projects(found, names, caps)),
        ("preset", "By preset", _presets(found, names)),
        ("model", "By model", _models(found)),
    ]
    return [
        _table(name, title, rows, period=period, scope=scope, unfolded=unfolded == name)
        for name, title, rows in made
        if name != scope.table
    ]


def _members(groups: list[Group], names: Names) -> list[Row]:
    rows = []
    for (member, key), sums in summed(groups, "member", "api_key").items():
        only = {"member": str(member)} if member else {"key": key} if key else None
        rows.append(
            Row(
                label=names.who(member, key) or ADJUSTED,
                badge="" if member or not key else "Key",
                sums=sums,
                filters=only or {"member": links.NONE, "key": links.NONE},
                scope=only,
            )
        )
    return rows


def _projects(groups: list[Group], names: Names, caps: dict[str, int]) -> list[Row]:
    return [
        Row(
            label=names.projects.get(project, GONE) if project else "No project",
            note=f"cap {caps[project]:,}" if project in caps else "",
            sums=sums,
            filters={"project": project or links.NONE},
            scope={"project": project} if project else None,
        )
        for (project,), sums in summed(groups, "project").items()
    ]


def _presets(groups: list[Group], names: Names) -> list[Row]:
    """A row for each preset, with its versions, the latest first."""
    versions: dict[str, list[tuple[int, Row]]] = {}
    labels = {"": "Without a preset"}
    for (pk,), sums in summed(groups, "preset_version").items():
        version = names.versions.get(pk)
        preset_id, number = (version.preset_id, version.number) if version else ("", 0)
        if version:
            labels[preset_id] = version.preset
        filters = {"preset_version": str(pk) if version else links.NONE}
        row = Row(label=f"Version {number}", sums=sums, filters=filters)
        versions.setdefault(preset_id, []).append((number, row))
    return [_preset(preset_id, labels[preset_id], found) for preset_id, found in versions.items()]


def _preset(preset_id: str, label: str, versions: list[tuple[int, Row]]) -> Row:
    ranked = sorted(versions, key=lambda one: -one[0])
    if preset_id and len(ranked) == 1:
        label = f"{label} v{ranked[0][0]}"
    return Row(
        label=label,
        sums=sum((row.sums for _, row in ranked), Sums()),
        filters={"preset": preset_id or links.NONE},
        parts=[row for _, row in ranked] if len(ranked) > 1 else [],
    )


def _models(groups: list[Group]) -> list[Row]:
    return [
        Row(label=model or ADJUSTED, sums=sums, filters={"model": model or links.NONE})
        for (model,), sums in summed(groups, "model").items()
    ]


def _table(name: str, title: str, rows: list[Row], *, period: Period, scope: Scope, unfolded: bool) -> Table:
    """The rows that cost or made anything in either period, dearest first."""
    ranked = sorted((row for row in rows if any(vars(row.sums).values())), key=lambda row: -row.sums.spent)
    folds = len(ranked) > ROWS_MAX + 1 and not unfolded
    shown = ranked[:ROWS_MAX] if folds else ranked
    if folds:
        rest = ranked[ROWS_MAX:]
        shown.append(Row(label=f"{len(rest):,} others", sums=sum((row.sums for row in rest), Sums())))
    whole = sum(row.sums.spent for row in ranked)
    longest = max((row.sums.spent for row in shown if row.filters), default=0)
    all_url = f"{links.overview(period.query, scope.query, {'all': name})}#by-{name}" if folds else ""
    compared = any(row.sums.before for row in ranked)
    done = [_placed(row, period, scope, whole=whole, longest=longest, compared=compared) for row in shown]
    return Table(name=name, title=title, rows=done, all_url=all_url)


def _placed(row: Row, period: Period, scope: Scope, *, whole: int, longest: int, compared: bool) -> Row:
    """With its links, its share, its bar and what changed."""
    row = replace(
        row,
        share=_per_cent(row.sums.spent, whole),
        bar=_per_cent(row.sums.spent, longest),
        change=change(row.sums.spent, row.sums.before) if compared else "",
    )
    if row.filters is None:
        return row
    only = {**scope.query, **row.filters}
    return replace(
        row,
        parts=[_placed(part, period, scope, whole=whole, longest=longest, compared=compared) for part in row.parts],
        spent_url=links.ledger(period.so_far, **only),
        pictures_url=links.ledger(period.so_far, kind="capture", **only),
        before_url=links.ledger(period.before, **only) if row.sums.before else "",
        scope_url=links.overview(period.query, row.scope) if row.scope and not scope.is_own else "",
    )


def _per_cent(part: int, whole: int) -> int:
    return min(100, max(0, round(100 * part / whole))) if whole > 0 else 0
