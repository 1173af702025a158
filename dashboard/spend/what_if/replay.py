"""The past played again under proposed caps: which batches they would have stopped. No database is asked here.

The rules are those of ``generation.credits.caps``: a batch fits into every cap that bounds it or is refused whole, and
what it costs in the end counts in the period in which it was held. What is refused never costs anything and frees
nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from generation.models import Cap


@dataclass(frozen=True, slots=True)
class ProposedCap:
    """At most ``credits`` in a period: of a project, of a member, or else of the whole team."""

    credits: int
    period: str = Cap.Period.MONTH
    project_id: str | None = None
    member_id: int | None = None

    def bounds(self, projects: Collection[str | None], spender_id: int | None) -> bool:
        if self.project_id is not None:
            return self.project_id in projects
        return self.member_id in (None, spender_id)


@dataclass(frozen=True, slots=True)
class HoldRequested:
    """A batch wanted to hold credits, at most once."""

    at: datetime
    batch_id: str
    spender_id: int | None
    shares: tuple[tuple[str | None, int], ...]
    """Credits by project."""

    @property
    def credits(self) -> int:
        return sum(credits for _, credits in self.shares)

    @property
    def projects(self) -> tuple[str | None, ...]:
        return tuple(project_id for project_id, _ in self.shares)

    def of(self, cap: ProposedCap) -> int:
        """Credits that it would take from a cap that bounds it."""
        if len(self.shares) == 1:
            return self.shares[0][1]
        return sum(credits for project_id, credits in self.shares if cap.project_id in (None, project_id))


@dataclass(frozen=True, slots=True)
class UsageChanged:
    """A job of a batch gave credits back (less than nothing), or cost more than it had held."""

    at: datetime
    batch_id: str
    held_at: datetime
    spender_id: int | None
    project_id: str | None
    credits: int


@dataclass(frozen=True, slots=True)
class OpeningUsage:
    """Credits that somebody had in use for a project when the history begins; only caps in all count them."""

    project_id: str | None
    spender_id: int | None
    credits: int


@dataclass(frozen=True, slots=True)
class BatchRefusal:
    """The tightest cap that would have refused a batch, what the batch wanted of it, and what there was."""

    batch: HoldRequested
    cap: ProposedCap
    asked: int
    left: int


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """The most that a cap had in use on a day: under the proposed caps, and as it happened."""

    day: date
    replayed: int
    happened: int
    refused: int
    """Batches that the cap refused."""


@dataclass(frozen=True, slots=True)
class CapUse:
    cap: ProposedCap
    peak: int
    """The tightest cap that would have stopped nothing."""
    days: list[DayOfUse]


@dataclass(frozen=True, slots=True)
class Replay:
    batches: int
    """That were asked for from the first day on."""
    refusals: list[BatchRefusal]
    uses: list[CapUse]
    """In the order of the proposed caps."""


class _Day(NamedTuple):
    """A day where the team is."""

    day: date
    month: int
    """Counted from the year 0."""
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, day: date, zone: ZoneInfo) -> "_Day":
        begins, ends = (datetime.combine(day + timedelta(days=more), time(), zone).astimezone(UTC) for more in (0, 1))
        return cls(day, day.year * 12 + day.month, begins, ends)


class _Calendar:
    """Finds the days of moments, most of which share that of the moment before."""

    def __init__(self, zone: ZoneInfo, first: date) -> None:
        self._zone, self._last = zone, _Day.of(first, zone)

    def day(self, at: datetime) -> _Day:
        if not self._last.begins <= at < self._last.ends:
            self._last = _Day.of(at.astimezone(self._zone).date(), self._zone)
        return self._last


class _UsageSeries:
    """What a cap has in use, by month or in all, and the most of the day that is played."""

    def __init__(self) -> None:
        self.used: dict[int, int] = {}
        self.most = 0

    def add(self, period: int, credits: int, *, now: int) -> int:
        used = self.used[period] = self.used.get(period, 0) + credits
        if period == now and used > self.most:
            self.most = used
        return used


class _CapMeter:
    """A cap, what it has in use in the replay, and what it had in life."""

    def __init__(self, cap: ProposedCap) -> None:
        self.cap, self.is_monthly = cap, cap.period == Cap.Period.MONTH
        self.replayed, self.happened = _UsageSeries(), _UsageSeries()
        self.refused = self.peak = 0
        self.days: list[DayOfUse] = []

    def begin(self, credits: int) -> None:
        if not self.is_monthly:
            self.replayed.add(0, credits, now=0)
            self.happened.add(0, credits, now=0)

    def left(self, month: int) -> int:
        return self.cap.credits - self.replayed.used.get(month if self.is_monthly else 0, 0)

    def add(self, credits: int, *, held: int, now: int, is_refused: bool) -> int:
        """What the cap had in use in life after it; ``held`` and ``now`` are months."""
        if not self.is_monthly:
            held = now = 0
        if not is_refused:
            self.replayed.add(held, credits, now=now)
        return self.happened.add(held, credits, now=now)

    def turn(self, day: date, following: _Day) -> None:
        """Close a day; the next one begins with what this one leaves."""
        self.days.append(DayOfUse(day, self.replayed.most, self.happened.most, self.refused))
        period = following.month if self.is_monthly else 0
        for track in (self.replayed, self.happened):
            track.most = track.used.get(period, 0)
        self.refused = 0


class _Replayer:
    """The replay as it goes on."""

    def __init__(self, caps: Iterable[ProposedCap], days: list[date], zone: ZoneInfo) -> None:
        self.meters = [_CapMeter(cap) for cap in caps]
        self.batches = 0
        self.refusals: list[BatchRefusal] = []
        self._refused: set[str] = set()
        self._first, self._zone = days[0], zone
        self._today = _Day.of(days[0].replace(day=1), zone)
        self._moments, self._holds = (_Calendar(zone, days[0]) for _ in range(2))
        self._bounding: dict[tuple[tuple[str | None, ...], int | None], list[_CapMeter]] = {}

    def bounding(self, projects: tuple[str | None, ...], spender_id: int | None) -> list[_CapMeter]:
        found = self._bounding.get((projects, spender_id))
        if found is None:
            found = [meter for meter in self.meters if meter.cap.bounds(projects, spender_id)]
            self._bounding[projects, spender_id] = found
        return found

    def turn_to(self, day: date) -> None:
        while self._today.day < day:
            following = _Day.of(self._today.day + timedelta(days=1), self._zone)
            for meter in self.meters:
                meter.turn(self._today.day, following)
            self._today = following

    def moved(self, event: UsageChanged) -> None:
        self.turn_to(self._moments.day(event.at).day)
        held, is_refused = self._holds.day(event.held_at).month, event.batch_id in self._refused
        for meter in self.bounding((event.project_id,), event.spender_id):
            meter.add(event.credits, held=held, now=self._today.month, is_refused=is_refused)

    def asked(self, batch: HoldRequested) -> None:
        day = self._moments.day(batch.at)
        self.turn_to(day.day)
        bounding = self.bounding(batch.projects, batch.spender_id)
        is_counted = day.day >= self._first
        is_refused = is_counted and self._is_refused(batch, bounding, day.month)
        self.batches += is_counted
        for meter in bounding:
            happened = meter.add(batch.of(meter.cap), held=day.month, now=self._today.month, is_refused=is_refused)
            if is_counted and happened > meter.peak:
                meter.peak = happened

    def _is_refused(self, batch: HoldRequested, bounding: list[_CapMeter], month: int) -> bool:
        refusing = [meter for meter in bounding if batch.of(meter.cap) > meter.left(month)]
        if not refusing:
            return False
        tightest = min(refusing, key=lambda meter: meter.left(month))
        tightest.refused += 1
        self._refused.add(batch.batch_id)
        self.refusals.append(BatchRefusal(batch, tightest.cap, batch.of(tightest.cap), tightest.left(month)))
        return True


def replay(
    events: Iterable[HoldRequested | UsageChanged],
    *,
    caps: Iterable[ProposedCap],
    days: list[date],
    zone: ZoneInfo,
    before: Iterable[OpeningUsage] = (),
) -> Replay:
    """Play ``events``, in the order in which they happened, under ``caps``.

    They begin with the month of the first of ``days``, which are the team's and have no gaps: what was asked for
    before that day is taken as it was.
    """
    stage = _Replayer(caps, days, zone)
    for use in before:
        for meter in stage.bounding((use.project_id,), use.spender_id):
            meter.begin(use.credits)
    for event in events:
        if isinstance(event, UsageChanged):
            stage.moved(event)
        else:
            stage.asked(event)
    stage.turn_to(days[-1] + timedelta(days=1))
    asked_for = slice(days[0].day - 1, days[0].day - 1 + len(days))
    uses = [CapUse(meter.cap, meter.peak, meter.days[asked_for]) for meter in stage.meters]
    return Replay(stage.batches, stage.refusals, uses)
