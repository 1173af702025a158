"""How far batches are and what they cost, for their pages: counted by one grouped query, however many jobs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Greatest

from dashboard.ui.states import JOB_LOOKS
from generation import contract
from generation.models import HOLDING, TERMINAL, Batch, Job, JobState


@dataclass(frozen=True)
class BatchGroup:
    """States that a person sees as one."""

    name: str
    states: tuple[JobState, ...]

    @property
    def label(self) -> str:
        """What the first of its states is called."""
        return JOB_LOOKS[self.states[0]].label


GROUPS = (
    BatchGroup("done", (JobState.COMPLETED,)),
    BatchGroup("failed", (JobState.FAILED,)),
    BatchGroup("review", (JobState.NEEDS_REVIEW,)),
    BatchGroup("cancelled", (JobState.CANCELLED,)),
    BatchGroup(
        "rendering",
        (JobState.SUBMITTED, JobState.SUBMITTING, JobState.RENDERED, JobState.STORING, JobState.UNKNOWN),
    ),
    BatchGroup("queued", (JobState.QUEUED,)),
)
"""In the order of the bar: what is over comes first, what waits comes last."""
RETRIABLE = frozenset({JobState.FAILED, JobState.CANCELLED})
GROUP_OF_STATE = {state: group for group in GROUPS for state in group.states}


@dataclass(frozen=True)
class Segment:
    """A part of the bar, in jobs; the filter by its group, too."""

    group: BatchGroup
    jobs: int
    start: int


@dataclass
class BatchSummary:
    """Jobs by group, and credits: held now, spent at the true cost, and given back."""

    jobs: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pictures: int = 0
    expected: int = 0
    """Pictures of those jobs that did not end without any."""
    held: int = 0
    spent: int = 0
    returned: int = 0
    untried: int = 0
    """Failed jobs that nobody has tried again yet."""
    retry_price: int = 0
    """Credits that trying them again costs today."""
    is_moving: bool = False
    ended: list[datetime] = field(default_factory=list)
    """When the first and the last job of each kind were done."""

    @property
    def total(self) -> int:
        return sum(self.jobs.values())

    @property
    def over(self) -> int:
        return self.jobs["done"] + self.jobs["failed"] + self.jobs["cancelled"]

    @property
    def is_finished(self) -> bool:
        return self.over == self.total

    @property
    def queued(self) -> int:
        return self.jobs["queued"]

    @property
    def credits(self) -> int:
        """What the batch has cost so far, or may still cost."""
        return self.held + self.spent

    @property
    def pace(self) -> float:
        """Jobs done a second, from the first to the last; zero while too few are."""
        seconds = (max(self.ended) - min(self.ended)).total_seconds() if self.ended else 0
        return (self.jobs["done"] - 1) / seconds if seconds else 0

    @property
    def segments(self) -> list[Segment]:
        parts, start = [], 0
        for group in GROUPS:
            if jobs := self.jobs[group.name]:
                parts.append(Segment(group, jobs, start))
                start += jobs
        return parts

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row of the grouped query."""
        self.jobs[GROUP_OF_STATE[row["state"]].name] += row["jobs"]
        pictures = row["jobs"] * row["num_images"]
        self.pictures += pictures
        self.expected += 0 if row["state"] in RETRIABLE else pictures
        self.spent += row["cost"]
        if row["state"] in HOLDING:
            self.held += row["priced"]
        else:
            self.returned += row["unspent"]
        self.untried += row["untried"]
        self.retry_price += row["untried"] * contract.price(model=row["model"], num_images=row["num_images"])
        if row["state"] == JobState.COMPLETED:
            self.ended += [at for at in (row["first"], row["last"]) if at]
        self.is_moving |= row["state"] not in TERMINAL


def second_tries() -> QuerySet[Job]:
    """The second try of a job, in a subquery."""
    return Job.objects.filter(parent=OuterRef("pk"), lineage=Job.Lineage.RETRY)


def summaries(batches: Iterable[Batch]) -> dict[str, BatchSummary]:
    """The summary of each batch by its id. Model and number are grouped too: they say what a second try costs."""
    by_id = {batch.id: BatchSummary() for batch in batches}
    rows = Job.objects.filter(batch__in=list(by_id)).order_by().values("batch", "state", "model", "num_images")
    cost = Coalesce(F("tokens_used"), 0)
    sums = rows.annotate(
        jobs=Count("pk"),
        priced=Sum("price"),
        cost=Sum(cost),
        unspent=Sum(Greatest(F("price") - cost, 0)),
        first=Min("finished_at"),
        last=Max("finished_at"),
        untried=Count("pk", filter=Q(~Exists(second_tries()), state=JobState.FAILED)),
    )
    for row in sums:
        by_id[row["batch"]].add(row)
    return by_id


def untried(batch: Batch) -> QuerySet[Job]:
    """Failed jobs of a batch that nobody has tried again yet."""
    return Job.objects.filter(~Exists(second_tries()), batch=batch, state=JobState.FAILED).order_by("id")
