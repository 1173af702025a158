"""What a planned batch costs, what would stop it, what of it exists, and when it would be done."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.studio import duplicates, estimate
from dashboard.studio.actions import BATCH_MAX
from dashboard.studio.duplicates import Duplicates
from dashboard.studio.limits import SpendLimit, limits
from dashboard.studio.plan import BatchPlan
from generation.models import Connection, Image
from generation.plurals import counted


@dataclass(frozen=True)
class Bound:
    """What a press does to one limit."""

    limit: SpendLimit
    after: int
    fits: int
    """Pictures of those requested."""
    is_short: bool


@dataclass(frozen=True)
class Quote:
    plan: BatchPlan
    limits: tuple[SpendLimit, ...]
    duplicates: Duplicates | None = None
    pictures_made: list[Image] = field(default_factory=list)
    seconds: float | None = None
    """Until all is done; unknown while nothing is sent."""

    @property
    def tightest(self) -> SpendLimit:
        return min(self.limits, key=lambda limit: limit.left)

    @property
    def left(self) -> int:
        """Credits left now, under the tightest limit."""
        return self.tightest.free

    @property
    def after(self) -> int:
        return max(0, self.left - self.plan.credits)

    @property
    def is_short(self) -> bool:
        return self.plan.credits > self.left

    @property
    def short(self) -> str:
        """What stands against a press that a cap would stop."""
        if not (self.is_short and self.tightest.row):
            return ""
        needed = counted(self.plan.credits, "credit")
        return f"This needs {needed}, but {self.tightest.name} has only {self.left:,} left."

    @property
    def fit(self) -> int:
        """Jobs that the tightest limit and the size of a batch allow, if that is fewer than requested."""
        return min(BATCH_MAX, self._fit(self.tightest))

    @property
    def fit_pictures(self) -> int:
        return self.fit * self.plan.of_each

    def _fit(self, limit: SpendLimit) -> int:
        each = self.plan.of_each * self.plan.credits_each
        return min(self.plan.requested, limit.free // each) if each else self.plan.requested

    @property
    def fewer_fit(self) -> bool:
        """Whether only the number of each stands in the way of a first job."""
        return not self.fit and 0 < self.plan.credits_each <= self.left

    @property
    def bounds(self) -> list[Bound]:
        """Every limit, the team's credits first."""
        return [
            Bound(
                limit,
                after=max(0, limit.free - self.plan.credits),
                fits=self._fit(limit) * self.plan.of_each,
                is_short=self.plan.credits > limit.free,
            )
            for limit in self.limits
        ]

    @property
    def ready_at(self) -> datetime | None:
        """Rounded up to the minute: a clock shows no more."""
        if self.seconds is None or not self.plan.jobs:
            return None
        ready = timezone.now() + timedelta(seconds=self.seconds)
        return ready if not (ready.second or ready.microsecond) else ready.replace(second=0) + timedelta(minutes=1)


def quote(acting: Actor, plan: BatchPlan, *, credits_left: int, connection: Connection | None) -> Quote:
    """``credits_left`` are the team's; without a ``connection`` nobody knows when all would be done."""
    existing = duplicates.find(acting, plan.to_start)
    return Quote(
        plan=plan,
        limits=limits(acting, plan.project, credits_left=credits_left),
        duplicates=existing if existing.made else None,
        pictures_made=duplicates.pictures(acting, existing) if existing.made else [],
        seconds=estimate.seconds_left(connection, queued=plan.jobs) if connection and plan.jobs else None,
    )
