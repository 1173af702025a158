"""Who and what the credits went to: a row for each member or key, project, preset and model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from dashboard.spend import links
from dashboard.spend.overview.figures import SpendGroup, SpendSums, summed, whole
from dashboard.spend.overview.names import GONE, Names
from dashboard.spend.overview.scopes import Scope
from dashboard.spend.periods import Period

ROWS_MAX = 8
"""More are added up in one row, until all are asked for."""
ADJUSTED = "Adjustments"
"""What no job cost, but an admin put right."""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    label: str
    sums: SpendSums
    badge: str = ""
    note: str = ""
    parts: "list[TableRow]" = field(default_factory=list)
    is_part: bool = False
    spent_url: str = ""
    """The ledger's lines behind it; empty for rows that were added up."""
    pictures_url: str = ""
    before_url: str = ""
    scope_url: str = ""
    """The overview of just this."""
    share: int = 0
    """Per cent of all."""
    bar: int = 0
    """Per cent of the longest bar."""
    change: str = ""
    """Against the period before; empty where nothing at all was spent in it."""

    @property
    def with_parts(self) -> "list[TableRow]":
        return [self, *self.parts]

    @property
    def each(self) -> float | None:
        return self.sums.now.each


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    title: str
    rows: list[TableRow]
    all_url: str = ""
    """Where the rows that were added up are shown one by one."""


def change(now: int, before: int) -> str:
    """Against the period before, in per cent."""
    if before <= 0:
        return "new" if now > 0 else ""
    share = round(100 * (now - before) / before)
    return "same" if share == 0 else f"{'+' if share > 0 else '−'}{abs(share):,} %"


def tables(
    groups: Sequence[SpendGroup], names: Names, *, period: Period, scope: Scope, caps: dict[str, int], unfolded: str
) -> list[Table]:
    """``caps`` are credits by project; ``unfolded`` is the table that shows all of its rows."""
    drawing = _Drawing(period, scope, names, caps)
    versions = summed(groups, attrgetter("preset_version"))
    presets: dict[str, dict[int, SpendSums]] = {}
    for pk, sums in versions.items():
        presets.setdefault(names.versions[pk].preset_id if pk in names.versions else "", {})[pk] = sums
    made: list[tuple[str, str, dict[Any, SpendSums], Callable[[Any, SpendSums], TableRow]]] = [
        ("member", "By member", summed(groups, attrgetter("member", "api_key")), drawing.member),
        ("project", "By project", summed(groups, attrgetter("project")), drawing.project),
        (
            "preset",
            "By preset",
            {preset_id: whole(found.values()) for preset_id, found in presets.items()},
            lambda preset_id, sums: drawing.preset(preset_id, sums, presets[preset_id]),
        ),
        ("model", "By model", summed(groups, attrgetter("model")), drawing.model),
    ]
    return [
        _table(name, title, sums, row, period=period, scope=scope, unfolded=unfolded == name)
        for name, title, sums, row in made
        if name != scope.table
    ]


@dataclass(frozen=True)
class _Drawing:
    """How the rows of a table are called and where they lead."""

    period: Period
    scope: Scope
    names: Names
    caps: dict[str, int]

    def member(self, key: tuple[int, str], sums: SpendSums) -> TableRow:
        member, api_key = key
        only = {"member": str(member)} if member else {"key": api_key} if api_key else None
        filters = only or {"member": links.NONE, "key": links.NONE}
        row = self._row(self.names.who(member, api_key) or ADJUSTED, sums, filters, scope=only)
        return replace(row, badge="" if member or not api_key else "Key")

    def project(self, project: str, sums: SpendSums) -> TableRow:
        label = self.names.projects.get(project, GONE) if project else "No project"
        row = self._row(
            label, sums, {"project": project or links.NONE}, scope={"project": project} if project else None
        )
        return replace(row, note=f"cap {self.caps[project]:,}") if project in self.caps else row

    def preset(self, preset_id: str, sums: SpendSums, versions: dict[int, SpendSums]) -> TableRow:
        """With its versions, the latest first."""
        if not preset_id:
            return self._row("Without a preset", sums, {"preset": links.NONE})
        known = sorted(versions, key=lambda pk: -self.names.versions[pk].number)
        label = self.names.versions[known[0]].preset
        if len(known) == 1:
            return self._row(f"{label} v{self.names.versions[known[0]].number}", sums, {"preset": preset_id})
        parts = [
            self._row(f"Version {self.names.versions[pk].number}", versions[pk], {"preset_version": str(pk)})
            for pk in known
        ]
        return replace(self._row(label, sums, {"preset": preset_id}), parts=parts)

    def model(self, model: str, sums: SpendSums) -> TableRow:
        return self._row(model or ADJUSTED, sums, {"model": model or links.NONE})

    def _row(
        self, label: str, sums: SpendSums, filters: dict[str, str], *, scope: dict[str, str] | None = None
    ) -> TableRow:
        only = {**self.scope.query, **filters}
        return TableRow(
            label=label,
            sums=sums,
            spent_url=links.ledger(self.period.so_far, **only),
            pictures_url=links.ledger(self.period.so_far, kind="capture", **only),
            before_url=links.ledger(self.period.before, **only) if sums.before else "",
            scope_url=links.overview(self.period.query, scope) if scope and not self.scope.is_own else "",
        )


def _table(
    name: str,
    title: str,
    sums: dict[Any, SpendSums],
    row: Callable[[Any, SpendSums], TableRow],
    *,
    period: Period,
    scope: Scope,
    unfolded: bool,
) -> Table:
    """What cost or made anything in either period, dearest first. Only the rows that are shown are made."""
    ranked = sorted((item for item in sums.items() if any(vars(item[1]).values())), key=lambda item: -item[1].spent)
    folds = len(ranked) > ROWS_MAX + 1 and not unfolded
    rows = [row(*item) for item in (ranked[:ROWS_MAX] if folds else ranked)]
    longest = max((one.sums.spent for one in rows), default=0)
    if folds:
        rest = ranked[ROWS_MAX:]
        rows.append(TableRow(label=f"{len(rest):,} others", sums=whole(others for _, others in rest)))
    every = whole(one for _, one in ranked)
    address = links.overview(period.query, scope.query, {"all": name})
    return Table(
        name=name,
        title=title,
        rows=[_placed(one, every, longest) for one in rows],
        all_url=f"{address}#by-{name}" if folds else "",
    )


def _placed(row: TableRow, every: SpendSums, longest: int) -> TableRow:
    """With its share, its bar and what changed."""
    return replace(
        row,
        share=_per_cent(row.sums.spent, every.spent),
        bar=_per_cent(row.sums.spent, longest),
        change=change(row.sums.spent, row.sums.before) if every.before else "",
        parts=[replace(_placed(part, every, longest), is_part=True) for part in row.parts],
    )


def _per_cent(part: int, of: int) -> int:
    return min(100, max(0, round(100 * part / of))) if of > 0 else 0
