"""The same counts from the pictures themselves: written anew, or compared with what is kept.

Pictures and changes are read by one statement, so as they are at one moment. Changes that are not added up yet are
subtracted, since they will be added later; so nobody who makes or removes pictures has to wait.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncDate

from generation.counts import gallery
from generation.models import CreditAccount, GalleryCalendar, GalleryChange, GalleryDay, GalleryTotal, Image

Rows = QuerySet[Any, tuple[Any, int]]
"""Keys, each with a number; a key may come more than once."""


@dataclass(frozen=True)
class Difference:
    """A figure that is not what the pictures say."""

    team: str
    what: str
    missing: int
    """Pictures that are there and not counted; below 0, those that are counted and not there."""


def behind() -> list[str]:
    """Teams whose days are not counted where they are now."""
    zone = Coalesce(F("team__credits__time_zone"), Value("UTC"))
    rows = GalleryCalendar.objects.exclude(time_zone=zone, open_before=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def count_totals(team_id: str) -> None:
    """Count the team's pictures by project anew."""
    with transaction.atomic():
        gallery.lock(team_id)
        due = _sums(_due_by_project(team_id))
        GalleryTotal.objects.filter(team=team_id).delete()
        rows = (GalleryTotal(team_id=team_id, project=project, pictures=n) for project, n in due.items())
        GalleryTotal.objects.bulk_create(rows)


def count_days(team_id: str, *, anew: bool = False) -> None:
    """Count the team's pictures by day where they are not, or all; a transaction holds one month of them at most."""
    calendar = _count_month(team_id, anew=anew)
    while not gallery.is_current(calendar):
        calendar = _count_month(team_id)


def _count_month(team_id: str, *, anew: bool = False) -> GalleryCalendar:
    """The newest month with pictures that is open; all are, where the time zone has changed."""
    with transaction.atomic():
        calendar, zone = gallery.lock(team_id), CreditAccount.zone_of(team_id)
        if anew or calendar.time_zone != zone.key:
            GalleryDay.objects.filter(team=team_id).delete()
            calendar.time_zone, calendar.open_before = zone.key, date.max
        if after := calendar.open_before:
            first = _last_month(team_id, zone, after)
            due = _sums(_due_by_day(team_id, zone, first, after))
            GalleryDay.objects.filter(team=team_id, day__gte=first, day__lt=after).delete()
            GalleryDay.objects.bulk_create(GalleryDay(team_id=team_id, day=day, pictures=n) for day, n in due.items())
            calendar.open_before = first if first > date.min else None
        calendar.save()
    return calendar


def _last_month(team_id: str, zone: ZoneInfo, after: date) -> date:
    """The first of the last month before a day in which there are pictures, else of all time."""
    pictures = _made(Image.objects.in_gallery().filter(team=team_id), "created_at", zone, date.min, after)
    newest = pictures.order_by("-created_at").values_list("created_at", flat=True).first()
    return newest.astimezone(zone).date().replace(day=1) if newest else date.min


def _made(rows: QuerySet[Any], column: str, zone: ZoneInfo, first: date, after: date) -> QuerySet[Any]:
    """Rows of the days from ``first`` until before ``after``; the ends of time bound nothing."""
    if first > date.min:
        rows = rows.filter(**{f"{column}__gte": datetime.combine(first, time(), zone)})
    return rows.filter(**{f"{column}__lt": datetime.combine(after, time(), zone)}) if after < date.max else rows


def _due_by_day(team_id: str, zone: ZoneInfo, first: date = date.min, after: date = date.max) -> list[Rows]:
    """What the kept rows must sum up to."""
    pictures = _made(Image.objects.in_gallery().filter(team=team_id), "created_at", zone, first, after).order_by()
    changes = _made(GalleryChange.objects.filter(team=team_id), "made_at", zone, first, after).order_by()
    counted = pictures.annotate(day=TruncDate("created_at", tzinfo=zone)).values("day").annotate(n=Count("pk"))
    noted = changes.annotate(day=TruncDate("made_at", tzinfo=zone)).values("day").annotate(n=-Sum("pictures"))
    return [counted.values_list("day", "n"), noted.values_list("day", "n")]


def _due_by_project(team_id: str) -> list[Rows]:
    pictures = Image.objects.in_gallery().filter(team=team_id).order_by()
    counted = pictures.annotate(project=Coalesce("job__project", Value(""))).values("project").annotate(n=Count("pk"))
    noted = GalleryChange.objects.filter(team=team_id).order_by().values("project").annotate(n=-Sum("pictures"))
    return [counted.values_list("project", "n"), noted.values_list("project", "n")]


def differences(team_id: str) -> Iterator[Difference]:
    """Where kept rows are not what the pictures say. Days are compared where all of them are counted."""
    kept = GalleryTotal.objects.filter(team=team_id).order_by().annotate(n=-F("pictures")).values_list("project", "n")
    for project, missing in _sums([kept, *_due_by_project(team_id)]).items():
        if missing:
            yield Difference(team_id, f"project {project}" if project else "no project", missing)
    yield from _days_apart(team_id)


def _days_apart(team_id: str) -> list[Difference]:
    """Nothing where a change of time zone came in between."""
    calendar = GalleryCalendar.objects.filter(pk=team_id).first()
    if calendar is None or not gallery.is_current(calendar):
        return []
    kept = GalleryDay.objects.filter(team=team_id).order_by().annotate(n=-F("pictures")).values_list("day", "n")
    days = _sums([kept, *_due_by_day(team_id, ZoneInfo(calendar.time_zone))])
    same = GalleryCalendar.objects.filter(pk=team_id, time_zone=calendar.time_zone, open_before=None)
    found = [Difference(team_id, f"{day:%-d %B %Y}", missing) for day, missing in days.items() if missing]
    return found if found and same.exists() else []


def _sums(parts: list[Rows]) -> Mapping[Any, int]:
    return gallery.summed(parts[0].union(*parts[1:], all=True))
