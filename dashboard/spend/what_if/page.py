"""The what-if page in words: what would have been stopped, when, whose, and how far each cap would have been used."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Min

from dashboard.accounts.models import Team
from dashboard.spend.periods import Span
from dashboard.spend.what_if import forms, queries
from dashboard.spend.what_if.chart import UsageChart, draw
from dashboard.spend.what_if.forms import Places, RowForm
from dashboard.spend.what_if.queries import JobOutcome
from dashboard.spend.what_if.replay import BatchRefusal, CapUse, ProposedCap, Replay, replay
from generation.models import Cap, CreditAccount, Job
from generation.plurals import counted

SHOWN = 50
_NOTHING = JobOutcome(0, 0, 0)


@dataclass(frozen=True)
class Stopped:
    """A batch that would have been refused, and what it came to in life."""

    refusal: BatchRefusal
    outcome: JobOutcome
    who: str
    project: str
    cap: str

    @property
    def at(self) -> datetime:
        return self.refusal.batch.at

    @property
    def left(self) -> int:
        """A cap below what is used already has nothing left."""
        return max(0, self.refusal.left)

    @property
    def came_to(self) -> str:
        if not self.outcome.pictures:
            return "No picture" if not self.outcome.credits else "Under way"
        return f"{counted(self.outcome.pictures, 'picture')}, {self.outcome.approved:,} approved"


@dataclass(frozen=True)
class Used:
    """How a proposed cap would have been used."""

    use: CapUse
    chart: UsageChart
    name: str
    tightest_url: str
    """The same proposal with the tightest cap that would have stopped nothing."""
    refused: int


@dataclass(frozen=True)
class Result:
    span: Span
    batches: int
    refused: int
    credits: int
    pictures: int
    approved: int
    """Totals of what was refused: what it came to in life."""
    stopped: list[Stopped]
    used: list[Used]

    @property
    def more(self) -> int:
        """Refusals that are not listed."""
        return self.refused - len(self.stopped)

    @property
    def of_batches(self) -> str:
        return f"of {counted(self.batches, 'batch', 'batches')}"

    @property
    def of_approved(self) -> str:
        return f"{self.approved:,} of them approved since"

    @property
    def tone(self) -> str:
        return "warn" if self.refused else "good"


def result(account: CreditAccount, span: Span, rows: list[RowForm], places: Places, period: dict[str, str]) -> Result:
    """Play the days of ``span`` under what the rows propose."""
    found = _replayed(account, span, [row.proposed for row in rows if row.proposed])
    came_to = queries.outcomes([refusal.batch.batch_id for refusal in found.refusals])
    return Result(
        span=span,
        batches=found.batches,
        refused=len(found.refusals),
        credits=sum(outcome.credits for outcome in came_to.values()),
        pictures=sum(outcome.pictures for outcome in came_to.values()),
        approved=sum(outcome.approved for outcome in came_to.values()),
        stopped=_stopped(found.refusals[:SHOWN], came_to, places),
        used=_used(found, rows, places, period),
    )


def _replayed(account: CreditAccount, span: Span, caps: list[ProposedCap]) -> Replay:
    first = datetime.combine(span.first.replace(day=1), time(), account.zone)
    until = datetime.combine(span.last + timedelta(days=1), time(), account.zone)
    in_all = any(cap.period == Cap.Period.TOTAL for cap in caps)
    return replay(
        queries.history(account, first=first, until=until),
        caps=caps,
        days=list(span),
        zone=account.zone,
        before=queries.in_use(account, at=first) if in_all else (),
    )


def _stopped(refusals: list[BatchRefusal], came_to: dict[str, JobOutcome], places: Places) -> list[Stopped]:
    keys = _keys([refusal.batch.batch_id for refusal in refusals])
    return [
        Stopped(
            refusal=refusal,
            outcome=came_to.get(refusal.batch.batch_id, _NOTHING),
            who=keys.get(refusal.batch.batch_id) or places.member(refusal.batch.spender_id),
            project=", ".join(places.project(project_id) for project_id in refusal.batch.projects if project_id),
            cap=_label(refusal.cap, places),
        )
        for refusal in refusals
    ]


def _keys(batches: list[str]) -> dict[str, str]:
    """The names of the keys that started batches."""
    jobs = Job.objects.filter(batch__in=batches, api_key__isnull=False).order_by()
    return {batch: f"Key {name}" for batch, name in jobs.values_list("batch_id").annotate(name=Min("api_key__name"))}


def _used(found: Replay, rows: list[RowForm], places: Places, period: dict[str, str]) -> list[Used]:
    lines, uses = [row.line for row in rows], iter(found.uses)
    refused = [id(refusal.cap) for refusal in found.refusals]
    return [
        Used(
            use=use,
            chart=draw(use),
            name=_label(use.cap, places),
            tightest_url="?" + forms.address(forms.instead(lines, row.number, use.peak), period),
            refused=refused.count(id(use.cap)),
        )
        for row in rows
        if row.proposed and (use := next(uses))
    ]


def _label(cap: ProposedCap, places: Places) -> str:
    kind = "Monthly cap" if cap.period == Cap.Period.MONTH else "Cap in all"
    return f"{kind} of {places.owner(cap)}"


def account_of(team: Team) -> CreditAccount:
    """The team's account, or an empty one that is kept nowhere."""
    return CreditAccount.objects.filter(pk=team.pk).first() or CreditAccount(team=team)
