"""The past played again under proposed caps: which batches they would have stopped. No database is asked here.

The rules are those of ``generation.caps``: a batch fits into every cap that bounds it or is refused whole, and what it
costs in the end counts in the period in which it was held. What is refused never costs anything and frees nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from generation.models import Cap

PeriodKey = tuple[int, int] | None
"""Year and month; ``None`` for the one period of a cap in all."""


@dataclass(frozen=True, slots=True)
class ProposedCap:
    """At most ``credits`` in a period: of a project, of a member, or else of the whole team."""

    credits: int
    period: str = Cap.Period.MONTH
    project_id: str | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A batch wanted to hold credits, at most once."""

    at: datetime
    batch_id: str
    spender_id: int | None
    shares: tuple[tuple[str | None, int], ...]
    """Credits by project."""

    @property
    def credits(self) -> int:
        return sum(credits for _, credits in self.shares)

    def of(self, cap: ProposedCap) -> int:
        """Credits that it would take from a cap that bounds it."""
        return sum(credits for project_id, credits in self.shares if cap.project_id in (None, project_id))


@dataclass(frozen=True, slots=True)
class Moved:
    """A job of a batch gave credits back (less than nothing), or cost more than it had held."""

    at: datetime
    batch_id: str
    held_at: datetime
    spender_id: int | None
    project_id: str | None
    credits: int


@dataclass(frozen=True, slots=True)
class Before:
    """Credits that somebody had in use for a project when the history begins; only caps in all count them."""

    project_id: str | None
    spender_id: int | None
    credits: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """The tightest cap that would have refused a batch, what the batch wanted of it, and what there was."""

    batch: Asked
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
class Use:
    cap: ProposedCap
    peak: int
    """The tightest cap that would have stopped nothing."""
    days: list[DayOfUse]


@dataclass(frozen=True, slots=True)
class Replay:
    batches: int
    """That were asked for from the first day on."""
    refusals: list[Refusal]
    uses: list[Use]
    """In the order of the proposed caps."""


@dataclass(slots=True)
class _Track:
    """What a cap has in use, by period, and the most and the last of each day."""

    used: dict[PeriodKey, int] = field(default_factory=dict)
    days: dict[date, tuple[int, int]] = field(default_factory=dict)

    def add(self, key: PeriodKey, credits: int) -> int:
        used = self.used[key] = self.used.get(key, 0) + credits
        return used

    def note(self, day: date, used: int) -> None:
        most, _ = self.days.get(day, (used, used))
        self.days[day] = (max(most, used), used)

    def each(self, days: Iterable[date], *, begins: int, is_monthly: bool) -> Iterator[int]:
        """The most of each day; a day on which nothing happened has what the day before left."""
        last = begins
        for day in days:
            most, last = self.days.get(day, (0, 0) if is_monthly and day.day == 1 else (last, last))
            yield most


@dataclass(slots=True, eq=False)
class _Meter:
    """A cap, what it has in use in the replay, and what it had in life."""

    cap: ProposedCap
    begins: int = 0
    replayed: _Track = field(default_factory=_Track)
    happened: _Track = field(default_factory=_Track)
    refused: dict[date, int] = field(default_factory=dict)
    peak: int = 0

    @property
    def is_monthly(self) -> bool:
        return self.cap.period == Cap.Period.MONTH

    def begin(self, credits: int) -> None:
        if not self.is_monthly:
            self.begins = self.replayed.add(None, credits)
            self.happened.add(None, credits)

    def left(self, local: datetime) -> int:
        return self.cap.credits - self.replayed.used.get(self._key(local), 0)

    def add(self, credits: int, *, held: datetime, at: datetime, is_refused: bool) -> int:
        """What the cap had in use in life after it; both moments are in the team's zone."""
        key, day = self._key(held), at.date()
        happened, is_shown = self.happened.add(key, credits), key == self._key(at)
        if is_shown:
            self.happened.note(day, happened)
        if not is_refused:
            replayed = self.replayed.add(key, credits)
            if is_shown:
                self.replayed.note(day, replayed)
        return happened

    def _key(self, local: datetime) -> PeriodKey:
        return (local.year, local.month) if self.is_monthly else None

    def use(self, days: list[date]) -> Use:
        start = days[0].replace(day=1)
        whole = [start + timedelta(days=number) for number in range((days[-1] - start).days + 1)]
        replayed, happened = (
            list(track.each(whole, begins=self.begins, is_monthly=self.is_monthly))[-len(days) :]
            for track in (self.replayed, self.happened)
        )
        rows = zip(days, replayed, happened, strict=True)
        return Use(self.cap, self.peak, [DayOfUse(day, *used, self.refused.get(day, 0)) for day, *used in rows])


class _Stage:
    """The replay as it goes on."""

    def __init__(self, caps: Iterable[ProposedCap], days: list[date], zone: ZoneInfo) -> None:
        self.meters = [_Meter(cap) for cap in caps]
        self.batches = 0
        self.refusals: list[Refusal] = []
        self._refused: set[str] = set()
        self._first, self._zone = days[0], zone
        self._of: dict[tuple[str | None, int | None], list[_Meter]] = {}
        for meter in self.meters:
            self._of.setdefault((meter.cap.project_id, meter.cap.member_id), []).append(meter)

    def bounding(self, projects: Iterable[str | None], spender_id: int | None) -> list[_Meter]:
        keys = {(None, None), (None, spender_id), *((project_id, None) for project_id in projects)}
        return [meter for key in keys for meter in self._of.get(key, ())]

    def moved(self, event: Moved) -> None:
        held, at = event.held_at.astimezone(self._zone), event.at.astimezone(self._zone)
        is_refused = event.batch_id in self._refused
        for meter in self.bounding([event.project_id], event.spender_id):
            meter.add(event.credits, held=held, at=at, is_refused=is_refused)

    def asked(self, batch: Asked) -> None:
        local = batch.at.astimezone(self._zone)
        is_counted = local.date() >= self._first
        bounding = self.bounding([project_id for project_id, _ in batch.shares], batch.spender_id)
        is_refused = is_counted and self._is_refused(batch, bounding, local)
        self.batches += is_counted
        for meter in bounding:
            happened = meter.add(batch.of(meter.cap), held=local, at=local, is_refused=is_refused)
            if is_counted:
                meter.peak = max(meter.peak, happened)

    def _is_refused(self, batch: Asked, bounding: list[_Meter], local: datetime) -> bool:
        refusing = [meter for meter in bounding if batch.of(meter.cap) > meter.left(local)]
        tightest = min(refusing, key=lambda meter: (meter.left(local), self.meters.index(meter)), default=None)
        if tightest is None:
            return False
        day = local.date()
        tightest.refused[day] = tightest.refused.get(day, 0) + 1
        self._refused.add(batch.batch_id)
        self.refusals.append(Refusal(batch, tightest.cap, batch.of(tightest.cap), tightest.left(local)))
        return True


def replay(
    events: Iterable[Asked | Moved],
    *,
    caps: Iterable[ProposedCap],
    days: list[date],
    zone: ZoneInfo,
    before: Iterable[Before] = (),
) -> Replay:
    """Play ``events``, in the order in which they happened, under ``caps``.

    They begin with the month of the first of ``days``, which are the team's and have no gaps: what was asked for
    before that day is taken as it was.
    """
    stage = _Stage(caps, days, zone)
    for use in before:
        for meter in stage.bounding([use.project_id], use.spender_id):
            meter.begin(use.credits)
    for event in events:
        if isinstance(event, Moved):
            stage.moved(event)
        else:
            stage.asked(event)
    return Replay(stage.batches, stage.refusals, [meter.use(days) for meter in stage.meters])
