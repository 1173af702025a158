"""Pictures as the gallery shows them: tiles, in days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from dashboard.gallery.filters import GalleryFilters
from dashboard.projects.templatetags.pictures import tile as picture_tile
from generation.models import Image


@dataclass
class GalleryDay:
    """Pictures of one day, or those of it that are on this page."""

    date: date
    tiles: list[dict[str, Any]] = field(default_factory=list)
    begins: bool = True
    """Whether its heading is due: an earlier page may have shown it."""
    count: int | None = None
    """Of all its pictures, also those that are on other pages; ``None`` where nobody knows."""

    @property
    def label(self) -> str:
        today = timezone.localdate()
        if self.date == today:
            return "Today"
        if self.date == today - timedelta(days=1):
            return "Yesterday"
        return date_format(self.date, "l j F" if self.date.year == today.year else "j F Y")


def tile(picture: Image, filters: GalleryFilters) -> dict[str, Any]:
    """The context of ``ui/_picture.html``; opening it keeps the filters."""
    return picture_tile(picture) | {
        "id": picture.id,
        "url": filters.address(reverse("picture", args=[picture.id])),
    }


def day_of(picture: Image) -> date:
    return timezone.localdate(picture.created_at)


def days(
    pictures: Iterable[Image], filters: GalleryFilters, *, has_more: bool = False, continued: str = ""
) -> list[GalleryDay]:
    """Group pictures by day. ``continued`` is the day (ISO) with which the page before ended."""
    grouped = [GalleryDay(when, [tile(row, filters) for row in rows]) for when, rows in groupby(pictures, key=day_of)]
    if grouped and grouped[0].date.isoformat() == continued:
        grouped[0].begins = False
    for one in grouped:
        one.count = len(one.tiles)
    if grouped and has_more:
        grouped[-1].count = None
    return grouped
