"""Pictures that exist already: nobody pays twice for the same without having said so."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from dashboard.accounts.access import Actor
from dashboard.studio.actions import JobSpec
from generation.models import Image, Job, JobState

SHOWN = 12
"""Pictures that are shown of those that exist."""


@dataclass(frozen=True)
class Duplicates:
    """Of some specs, those of which the team has pictures already, and the others."""

    made: list[JobSpec]
    new: list[JobSpec]
    fingerprints: frozenset[str]
    """Of what is made."""

    @property
    def pictures(self) -> int:
        """How many of the requested pictures need not be made."""
        return sum(spec.num_images for spec in self.made)

    @property
    def new_pictures(self) -> int:
        return sum(spec.num_images for spec in self.new)

    @property
    def new_credits(self) -> int:
        return sum(spec.price for spec in self.new)


def find(acting: Actor, specs: Iterable[JobSpec]) -> Duplicates:
    keyed = [(spec.fingerprint, spec) for spec in specs]
    rows = Job.objects.filter(team=acting.team, fingerprint__in={key for key, _ in keyed})
    still_there = Exists(Image.objects.with_thumbnail().filter(job=OuterRef("pk")))
    done = rows.filter(still_there, state=JobState.COMPLETED).values_list("fingerprint", flat=True)
    fingerprints = frozenset(done.distinct())
    return Duplicates(
        made=[spec for key, spec in keyed if key in fingerprints],
        new=[spec for key, spec in keyed if key not in fingerprints],
        fingerprints=fingerprints,
    )


def pictures(acting: Actor, duplicates: Duplicates) -> list[Image]:
    """The newest of those that exist, to look at."""
    rows = Image.objects.with_thumbnail().filter(team=acting.team, job__fingerprint__in=duplicates.fingerprints)
    return list(rows.select_related("job__product").order_by("-id")[:SHOWN])
