"""What products and projects are called: one rule for forms, sheets and scripts."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from django.db import IntegrityError, transaction

from dashboard.accounts.models import Team
from dashboard.projects.models import Product
from generation.errors import UserFacingError
from generation.text import distinct, fold_for_uniqueness, normalise, normalise_lines

NAME_MAX = 120
SKU_MAX = 60
TAGS_MAX = 20
TAG_MAX = 40
PROJECT_NAME_MAX = 80
BRIEF_MAX = 4_000


class DetailsRefused(UserFacingError):
    """A product or project cannot be called so. ``field`` is ``name``, ``sku``, ``tags`` or ``brief``."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Details:
    """Normalised and within bounds when made by :meth:`of`; whether the SKU is free is another question."""

    name: str
    sku: str = ""
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, *, name: str, sku: str = "", tags: Iterable[str] = ()) -> Self:
        """Raises :class:`DetailsRefused`."""
        details = cls(name=normalise(name), sku=normalise(sku), tags=tuple(distinct(tags)))
        for field, sentence in faults(details).items():
            raise DetailsRefused(field, sentence)
        return details

    def as_columns(self) -> dict[str, object]:
        return {"name": self.name, "sku": self.sku, "tags": list(self.tags)}


def faults(details: Details) -> dict[str, str]:
    """What is wrong, by field, in one sentence each."""
    found = {} if details.name else {"name": "The name is missing."}
    for field, label, text, longest in (("name", "name", details.name, NAME_MAX), ("sku", "SKU", details.sku, SKU_MAX)):
        if len(text) > longest:
            found[field] = f"The {label} has {len(text)} characters; at most {longest} fit."
    if len(details.tags) > TAGS_MAX or any(len(tag) > TAG_MAX for tag in details.tags):
        found["tags"] = f"A product has at most {TAGS_MAX} tags of {TAG_MAX} characters each."
    return found


def project_columns(*, name: str, brief: str) -> dict[str, str]:
    """What a project is called, normalised. Raises :class:`DetailsRefused`."""
    columns = {"name": normalise(name), "brief": normalise_lines(brief)}
    if not columns["name"]:
        raise DetailsRefused("name", "The name is missing.")
    for field, longest in (("name", PROJECT_NAME_MAX), ("brief", BRIEF_MAX)):
        if len(columns[field]) > longest:
            raise DetailsRefused(field, f"The {field} has {len(columns[field]):,} characters; at most {longest:,} fit.")
    return columns


def taken(name: str, sku: str) -> str:
    return f"{name} has the SKU {sku} already."


@contextmanager
def sku_free(team: Team, sku: str, *, of: Product | None = None) -> Iterator[None]:
    """Let the block write a product with this SKU, the only one in the library that has it.

    SKUs are compared by ``fold_for_uniqueness``. Raises :class:`DetailsRefused`, also for whoever was a moment later.
    """
    others = Product.objects.filter(team=team, sku_key=fold_for_uniqueness(sku), archived_at=None)
    others = others.exclude(pk=of.pk) if of else others
    _check(others.first() if sku else None, sku)
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        _check(others.first() if sku else None, sku)
        raise


def _check(other: Product | None, sku: str) -> None:
    if other is not None:
        raise DetailsRefused("sku", taken(other.name, sku))
