"""What credits must do, in plain Python. Nothing is kept: every figure is summed up anew from what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass
class Paper:
    """A job, as far as it concerns credits."""

    batch: str
    project: str | None
    spender: int
    price: int
    held_at: datetime
    held: int
    spent: int = 0
    pictures: int = 0
    runs: list[str] = field(default_factory=list)
    """Of which a late answer may still come, by the provider's id."""
    sent: int = 0
    given_up: bool = False


@dataclass
class Bound:
    """A cap of a project, of a member, or else of the team."""

    project: str | None
    member: int | None
    monthly: bool
    credits: int
    raised_by: int = 0
    raised_until: datetime | None = None

    def binds(self, *, project: str | None, spender: int) -> bool:
        return self.project in (None, project) and self.member in (None, spender)

    def limit(self, at: datetime) -> int:
        return self.credits + (self.raised_by if self.raised_until and at < self.raised_until else 0)


@dataclass
class Refusal:
    """Why a hold must be refused."""

    left: int
    asked: dict[str, int]
    """Credits that the caps which leave least are asked for; without any the account itself is short."""


@dataclass
class Books:
    zone: str = "UTC"
    granted: int = 0
    spent_on_nothing: int = 0
    papers: dict[str, Paper] = field(default_factory=dict)
    bounds: dict[str, Bound] = field(default_factory=dict)

    @property
    def account(self) -> tuple[int, int, int]:
        held, spent = (sum(getattr(paper, name) for paper in self.papers.values()) for name in ("held", "spent"))
        return self.granted, held, spent + self.spent_on_nothing

    @property
    def left(self) -> int:
        granted, held, spent = self.account
        return granted - held - spent

    def month(self, at: datetime) -> str:
        """What the calendar on the team's wall says."""
        return at.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m")

    def used(self, bound: Bound, at: datetime) -> tuple[int, int]:
        """Held and spent of the period of ``at``."""
        papers = [
            paper
            for paper in self.papers.values()
            if bound.binds(project=paper.project, spender=paper.spender)
            and (not bound.monthly or self.month(paper.held_at) == self.month(at))
        ]
        return sum(paper.held for paper in papers), sum(paper.spent for paper in papers)

    def refusal(self, asks: Sequence[tuple[str | None, int]], *, spender: int, at: datetime) -> Refusal | None:
        """What must be said to a batch of (project, price), or ``None`` when it must be granted."""
        if sum(price for _, price in asks) > self.left:
            return Refusal(self.left, {})
        lefts, asked = {}, {}
        for name, bound in self.bounds.items():
            asked[name] = sum(price for project, price in asks if bound.binds(project=project, spender=spender))
            lefts[name] = bound.limit(at) - sum(self.used(bound, at))
        short = {
            name: left for name, left in lefts.items() if asked[name] > left and self._concerns(name, asks, spender)
        }
        if not short:
            return None
        least = min(short.values())
        return Refusal(least, {name: asked[name] for name, left in short.items() if left == least})

    def _concerns(self, name: str, asks: Sequence[tuple[str | None, int]], spender: int) -> bool:
        return any(self.bounds[name].binds(project=project, spender=spender) for project, _ in asks)
