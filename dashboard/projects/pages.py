"""Lists in pages: newest first, each page beginning after the last row of the one before."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from dashboard.ui.filters import identifier
from dashboard.ui.htmx import HtmxRequest

Row = TypeVar("Row", bound=Model)
SIZE = 60


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    rows: list[Row]
    next_url: str
    """Address of the older rows; empty at the end."""


def page(request: HttpRequest, rows: QuerySet[Row], *, size: int = SIZE) -> ListPage[Row]:
    """The newest rows, or the newest of those older than the address' ``before``. Ids are ordered by time."""
    before = identifier(request.GET.get("before", ""))
    older = rows.filter(pk__lt=before) if before else rows
    found = list(older.order_by("-pk")[: size + 1])
    address = request.GET.copy()
    if len(found) > size:
        address["before"] = found[size - 1].pk
    return ListPage(found[:size], next_url=f"?{address.urlencode()}" if len(found) > size else "")


def is_next(request: HtmxRequest) -> bool:
    """Whether a script asks for a further page alone."""
    return bool(request.htmx) and "before" in request.GET
