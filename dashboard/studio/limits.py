"""Everything that bounds what a press of the button may spend: the team's credits, and the caps."""

from dataclasses import dataclass

from dashboard.accounts.access import Actor
from dashboard.projects.models import Project
from dashboard.spend.caps import queries
from dashboard.spend.caps.queries import CapRow
from generation.credits import caps
from generation.models import Cap


@dataclass(frozen=True)
class SpendLimit:
    """Credits that a press may still take, and whose they are. ``row`` is the cap, unless it is the team's credits."""

    name: str
    """``the monthly cap of Spring``, or ``the team``."""
    label: str
    left: int
    """Negative where more is used than is allowed now."""
    row: CapRow | None = None

    @property
    def free(self) -> int:
        return max(0, self.left)


def limits(acting: Actor, project: Project | None, *, credits_left: int) -> tuple[SpendLimit, ...]:
    """The team's credits first, then every cap that binds the actor in the project."""
    bound = caps.bounding(projects=[project.id if project else None], spender_id=acting.spender_id)
    of_caps = [
        SpendLimit(f"the {row.label}", _label(row.cap), row.standing.left, row) for row in queries.rows(acting, bound)
    ]
    return (SpendLimit("the team", "Credits left", credits_left), *of_caps)


def _label(cap: Cap) -> str:
    month = " this month" if cap.period == Cap.Period.MONTH else ""
    if cap.project:
        return f"Left in {cap.project}{month}"
    if cap.member:
        return f"Left for you{month}"
    return f"Left for the team{month or ' in all'}"
