"""What a press of the button will make and cost, what would stop it, and when it would be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.forms import ModelChoiceField
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.projects.models import Project
from dashboard.studio import duplicates, estimate
from dashboard.studio.actions import BATCH_MAX, JobSpec
from dashboard.studio.duplicates import Repeats
from dashboard.studio.forms import GenerateForm
from dashboard.studio.limits import SpendLimit, limits
from generation.contract import CATALOGUE, PICTURES_MAX
from generation.models import Connection, Image

NAMED = 3
"""Jobs that are named when a batch is trimmed."""


@dataclass(frozen=True)
class Trim:
    """``take`` jobs from the front of ``of``; it holds only as long as the form still asks for ``of``."""

    take: int
    of: int

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Trim | None":
        take, of = _number(data.get("take")), _number(data.get("take_of"))
        return cls(take, of) if take and of and take < of else None


@dataclass(frozen=True)
class Bound:
    """What a press does to one limit."""

    limit: SpendLimit
    after: int
    fits: int
    """Pictures of those asked for."""
    is_short: bool


@dataclass(frozen=True)
class Quote:
    products: int
    scenes: int
    shapes: int
    of_each: int
    credits_each: int
    limits: tuple[SpendLimit, ...]
    writes: bool = False
    trim: Trim | None = None
    specs: list[JobSpec] = field(default_factory=list)
    """What the form asks for, if it is valid."""
    repeats: Repeats | None = None
    pictures_made: list[Image] = field(default_factory=list)
    seconds: float | None = None
    """Until all is done; unknown while nothing is sent."""

    @property
    def asked(self) -> int:
        """Jobs that the form asks for."""
        return self.products * self.scenes * self.shapes

    @property
    def jobs(self) -> int:
        """Jobs of the batch: those asked for, or what is left of them."""
        return self.trim.take if self.trim else self.asked

    @property
    def pictures(self) -> int:
        return self.jobs * self.of_each

    @property
    def asked_pictures(self) -> int:
        return self.asked * self.of_each

    @property
    def credits(self) -> int:
        return self.pictures * self.credits_each

    @property
    def left(self) -> int:
        """Credits left now, under the tightest limit."""
        return self.tightest.free

    @property
    def after(self) -> int:
        return max(0, self.left - self.credits)

    @property
    def tightest(self) -> SpendLimit:
        return min(self.limits, key=lambda limit: limit.left)

    @property
    def fit(self) -> int:
        """Jobs that the tightest limit and the size of a batch allow, if that is fewer than asked for."""
        return min(BATCH_MAX, self._fit(self.tightest))

    def _fit(self, limit: SpendLimit) -> int:
        each = self.of_each * self.credits_each
        return min(self.asked, limit.free // each) if each else self.asked

    @property
    def fewer_fit(self) -> bool:
        """Whether only the number of each stands in the way of a first job."""
        return not self.fit and 0 < self.credits_each <= self.left

    @property
    def bounds(self) -> list[Bound]:
        """Every limit, the team's credits first."""
        return [
            Bound(
                limit,
                after=max(0, limit.free - self.credits),
                fits=self._fit(limit) * self.of_each,
                is_short=self.credits > limit.free,
            )
            for limit in self.limits
        ]

    @property
    def short(self) -> str:
        """What stands against a press that a cap would stop."""
        if not (self.is_short and self.tightest.row):
            return ""
        return f"This needs {_plural(self.credits, 'credit')}, but {self.tightest.name} has only {self.left:,} left."

    @property
    def fit_pictures(self) -> int:
        return self.fit * self.of_each

    @property
    def is_short(self) -> bool:
        return self.credits > self.left

    @property
    def dropped(self) -> list[str]:
        """The first of the jobs that trimming leaves out, in words."""
        return [_named(spec) for spec in self.specs[self.jobs : self.jobs + NAMED]]

    @property
    def dropped_more(self) -> int:
        return max(0, self.asked - self.jobs - NAMED)

    @property
    def ready_at(self) -> datetime | None:
        """Rounded up to the minute: a clock shows no more."""
        if self.seconds is None or not self.jobs:
            return None
        ready = timezone.now() + timedelta(seconds=self.seconds)
        return ready if not (ready.second or ready.microsecond) else ready.replace(second=0) + timedelta(minutes=1)

    @property
    def note(self) -> str:
        """How the number of pictures comes about."""
        counts = [_plural(self.products, "product"), _plural(self.shapes, "shape"), str(self.of_each)]
        if not self.writes:
            counts.insert(1, _plural(self.scenes, "preset"))
        return " × ".join(counts)


def quote(form: GenerateForm, *, trim: Trim | None = None) -> Quote:
    """The price of what the form holds now, valid or not; of a valid one also what exists of it already."""
    model = CATALOGUE.get(str(form["model"].value()))
    products, shapes = len(form.chosen_products), len(form.shapes)
    scenes = len(form.scenes())
    held = trim if trim and trim.of == asked(form) else None
    jobs = held.take if held else asked(form)
    found = duplicates.find(form.acting, form.specs[:jobs])
    return Quote(
        products=products,
        scenes=scenes,
        shapes=shapes,
        of_each=_count(form["num_images"].value()),
        credits_each=model.credits if model else 0,
        limits=limits(form.acting, _project(form)),
        writes=form.writes,
        trim=held,
        specs=form.specs,
        repeats=found if found.made else None,
        pictures_made=duplicates.pictures(form.acting, found) if found.made else [],
        seconds=_seconds(form.acting, jobs),
    )


def asked(form: GenerateForm) -> int:
    """Jobs that the form asks for as it is typed, valid or not."""
    return len(form.chosen_products) * len(form.scenes()) * len(form.shapes)


def _project(form: GenerateForm) -> Project | None:
    """The chosen one, valid form or not."""
    chosen, offered = str(form["project"].value() or ""), form.fields["project"]
    assert isinstance(offered, ModelChoiceField)  # noqa: S101 narrows the type
    return next((project for project in offered.queryset or () if project.pk == chosen), None) if chosen else None


def _seconds(acting: Actor, jobs: int) -> float | None:
    connection = Connection.objects.filter(team=acting.team).first()
    return estimate.seconds_left(connection, queued=jobs) if connection and jobs else None


def _named(spec: JobSpec) -> str:
    scene = f", {spec.preset_version.preset.name}" if spec.preset_version else ""
    return f"{spec.product.name}{scene}, {spec.aspect_ratio}"


def _plural(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _count(value: object) -> int:
    number = _number(value)
    return number if number <= PICTURES_MAX else 0
