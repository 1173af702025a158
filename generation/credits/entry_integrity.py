"""Proof that each entry is what its kind says, is its job's, and that a job's entries tell one story.

Whoever damages a database leaves entries without jobs and holds without entries, so no check follows a reference
blindly. Each is one query that brings only the offending rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from generation.models import Attempt, CreditAccount, Hold, Job, JobState, LedgerEntry

Kind = LedgerEntry.Kind
_ENDS = (Kind.CAPTURE, Kind.RELEASE)
_BESIDE = Q(kind=Kind.CAPTURE, held=0) & ~Q(reason="")
"""What a job was charged beside its hold, by an answer that came late or a second run; the reason says which."""
_COPIED = {
    "account": "team",
    "project": "project",
    "member": "member",
    "api_key": "api_key",
    "preset_version": "preset_version",
    "model": "model",
}
"""Columns of an entry, and those of its job that they repeat."""
_NOTHING_HELD, _NOTHING_SPENT, _NOTHING_GRANTED = Q(held=0), Q(spent=0), Q(granted=0)
_SHAPES: dict[str, tuple[Q, str]] = {
    Kind.GRANT: (Q(granted__gt=0) & _NOTHING_HELD & _NOTHING_SPENT, "a grant only adds to what is granted"),
    Kind.HOLD: (
        Q(held__gte=0, job__isnull=False) & _NOTHING_GRANTED & _NOTHING_SPENT,
        "a hold only holds, and for a job",
    ),
    Kind.CAPTURE: (
        Q(held__lte=0, spent__gte=0, job__isnull=False) & _NOTHING_GRANTED,
        "a capture only turns a job's hold into what was spent",
    ),
    Kind.RELEASE: (
        Q(held__lte=0, job__isnull=False) & _NOTHING_GRANTED & _NOTHING_SPENT,
        "a release only gives a job's hold back",
    ),
    Kind.REFUND: (
        Q(spent__lt=0, job__isnull=False) & _NOTHING_GRANTED & _NOTHING_HELD & ~Q(reason=""),
        "a refund only gives back what a job cost, and says why",
    ),
    Kind.ADJUST: (
        ~(_NOTHING_GRANTED & _NOTHING_SPENT) & _NOTHING_HELD & ~Q(reason=""),
        "an adjustment changes what was granted or spent, and says why",
    ),
}
_ODD_ENDS = {
    "it was paid, yet the job is {state}": Q(kind=Kind.CAPTURE, job__state=JobState.CANCELLED),
    "its hold was given back, yet the job is {state}": Q(
        ~Exists(LedgerEntry.objects.filter(_BESIDE, job=OuterRef("job"), pictures__gt=0)),
        kind=Kind.RELEASE,
        job__state__in=[JobState.RENDERED, JobState.STORING, JobState.COMPLETED],
    ),
}


@dataclass(frozen=True)
class Violation:
    """A row that breaks an invariant."""

    row: str
    """The id of a team, a job or a cap, or words for a row whose id says little."""
    sentence: str


def violations() -> Iterator[Violation]:
    yield from _entries_without_their_account_or_job()
    yield from _entries_that_are_not_their_jobs()
    yield from _entries_that_are_not_what_their_kind_says()
    yield from _holds_that_were_never_entered()
    yield from _jobs_that_are_told_wrongly()
    yield from _ends_that_do_not_fit_the_job()


def _entry(pk: Any) -> str:
    return f"entry {pk}"


def _entries_without_their_account_or_job() -> Iterator[Violation]:
    homeless = LedgerEntry.objects.filter(~Exists(CreditAccount.objects.filter(pk=OuterRef("account"))))
    for pk, account in homeless.values_list("pk", "account_id"):
        yield Violation(_entry(pk), f"there is no account {account}")
    orphans = LedgerEntry.objects.filter(~Exists(Job.objects.filter(pk=OuterRef("job"))), job__isnull=False)
    for pk, job in orphans.values_list("pk", "job_id"):
        yield Violation(_entry(pk), f"there is no job {job}")


def _entries_that_are_not_their_jobs() -> Iterator[Violation]:
    """What an entry repeats of its job, so that nobody pays for another team's and no report counts it elsewhere."""
    differs = Q()
    theirs, half = [f"job__{of_job}" for of_job in _COPIED.values()], len(_COPIED)
    for name, of_job in zip(_COPIED, theirs, strict=True):
        differs |= ~(Q(**{name: F(of_job)}) | Q(**{f"{name}__isnull": True, f"{of_job}__isnull": True}))
    found = LedgerEntry.objects.filter(differs, job__isnull=False)
    for pk, job, *both in found.values_list("pk", "job_id", *_COPIED, *theirs):
        for name, has, should in zip(_COPIED, both[:half], both[half:], strict=True):
            if has != should:
                called = "team" if name == "account" else name.replace("_", " ")
                yield Violation(_entry(pk), f"its {called} is {_said(has)}, that of {job} is {_said(should)}")


def _said(value: object) -> str:
    return "none" if value in {None, ""} else str(value)


def _entries_that_are_not_what_their_kind_says() -> Iterator[Violation]:
    odd = ~Q(kind__in=list(Kind))
    for kind, (shape, _) in _SHAPES.items():
        odd |= Q(kind=kind) & ~shape
    for entry in LedgerEntry.objects.filter(odd):
        _, words = _SHAPES.get(entry.kind, (odd, f"there is no kind {entry.kind}"))
        figures = f"granted {entry.granted}, held {entry.held}, spent {entry.spent}"
        yield Violation(_entry(entry.pk), f"{words}; this one says {figures}")


def _holds_that_were_never_entered() -> Iterator[Violation]:
    entered = LedgerEntry.objects.filter(job=OuterRef("pk"), kind=Kind.HOLD)
    for hold in Hold.objects.filter(~Exists(entered)):
        yield Violation(hold.pk, f"its hold of {hold.credits} has no entry")


def _jobs_that_are_told_wrongly() -> Iterator[Violation]:
    """A job's entries hold its price once, resolve that at most once, and leave nothing less than spent on it."""
    for told in _by_job():
        for sentence in _wrong(told):
            yield Violation(str(told["job"]), sentence)


def _by_job() -> QuerySet[Any, dict[str, Any]]:
    entries = LedgerEntry.objects.filter(job__isnull=False).order_by()
    jobs = entries.values("job", credits=F("job__hold__credits"), resolved_at=F("job__hold__resolved_at"))
    told: QuerySet[Any, Any] = jobs.annotate(
        holds=Count("pk", filter=Q(kind=Kind.HOLD)),
        ends=Count("pk", filter=Q(kind__in=_ENDS) & ~_BESIDE),
        asked=Sum("held", filter=Q(kind=Kind.HOLD), default=0),
        left=Sum("held"),
        cost=Sum("spent"),
    )
    is_open = Q(resolved_at__isnull=True, ends=0, left=F("credits"))
    is_over = Q(resolved_at__isnull=False, ends=1, left=0)
    return told.exclude(Q(holds=1, asked=F("credits"), cost__gte=0) & (is_open | is_over))


def _wrong(told: dict[str, Any]) -> Iterator[str]:
    if told["credits"] is None:
        yield "its hold is gone, though entries tell of it"
        return
    if told["holds"] != 1:
        yield f"it was held {told['holds']} times"
    elif told["asked"] != told["credits"]:
        yield f"its hold is {told['credits']}, its entry held {told['asked']}"
    if told["ends"] > 1:
        yield f"its hold was resolved {told['ends']} times"
    elif told["resolved_at"] and not told["ends"]:
        yield "its hold is resolved, but no entry says how"
    elif told["ends"] and not told["resolved_at"]:
        yield "its hold is open, though an entry resolved it"
    elif told["resolved_at"] and told["left"]:
        yield f"its hold is resolved, yet its entries leave {told['left']} held"
    if told["cost"] < 0:
        yield f"more was given back than it cost, by {-told['cost']}"


def _ends_that_do_not_fit_the_job() -> Iterator[Violation]:
    for sentence, odd in _ODD_ENDS.items():
        for job, state in LedgerEntry.objects.filter(odd).order_by("id").values_list("job_id", "job__state"):
            yield Violation(str(job), sentence.format(state=state))
    paid = LedgerEntry.objects.filter(kind__in=_ENDS, job__isnull=False).order_by().values("job")
    differs = paid.annotate(paid=Sum("spent")).exclude(paid=F("job__tokens_used"))
    told = differs.filter(job__tokens_used__isnull=False)
    for job, spent, cost in told.values_list("job", "paid", "job__tokens_used"):
        yield Violation(str(job), f"{spent} was paid for it, the job says {cost}")
    charged = Attempt.objects.filter(charge__isnull=False).order_by().values("job").annotate(charged=Sum("charge"))
    spent_on = LedgerEntry.objects.filter(job=OuterRef("job"), kind__in=_ENDS).order_by().values("job")
    sums = charged.annotate(paid=Coalesce(Subquery(spent_on.annotate(paid=Sum("spent")).values("paid")), 0))
    for job, cost, spent in sums.exclude(charged=F("paid")).values_list("job", "charged", "paid"):
        yield Violation(str(job), f"{spent} was paid for it, its attempts cost {cost}")
