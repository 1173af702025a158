"""Counts of pictures: what writers note, how it is added up, and what pages read.

A picture counts from ``stored_at`` to ``deleted_at``, in its job's project and on the day of ``created_at`` where the
team is. Whoever stores or removes one calls :func:`note` in the same transaction. What is noted and not added up yet
counts all the same, so figures are exact at any moment.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import TruncDate

from generation.models import CreditAccount, GalleryCalendar, GalleryChange, GalleryDay, GalleryTotal

Key = TypeVar("Key", str, date)
PORTION = 5_000
"""Changes that one transaction adds up."""


def note(*, team_id: str, pictures: Iterable[tuple[str | None, datetime]], by: int) -> None:
    """Pictures, each its project and when it was made, came into the gallery (1) or left it (-1)."""
    GalleryChange.objects.bulk_create(
        GalleryChange(team_id=team_id, project=project or "", made_at=made_at, pictures=by)
        for project, made_at in pictures
    )


def total(team_id: str) -> int:
    return sum(by_project(team_id).values())


def by_project(team_id: str) -> Mapping[str, int]:
    """Pictures by the project's id, those of none under the empty one; in one statement, so that none counts twice."""
    kept = GalleryTotal.objects.filter(team=team_id).order_by().values_list("project", "pictures")
    noted = GalleryChange.objects.filter(team=team_id).order_by().values("project").annotate(n=Sum("pictures"))
    return summed(kept.union(noted.values_list("project", "n"), all=True))


def by_day(team_id: str, days: Collection[date] | None = None) -> Mapping[date, int] | None:
    """Pictures by the team's days, all or some; ``None`` while they are counted anew for another time zone."""
    calendar = GalleryCalendar.objects.filter(pk=team_id).first()
    if calendar is None or not is_current(calendar):
        return None
    kept = GalleryDay.objects.filter(team=team_id).order_by()
    day = TruncDate("made_at", tzinfo=ZoneInfo(calendar.time_zone))
    noted = GalleryChange.objects.filter(team=team_id).order_by().annotate(day=day)
    if days is not None:
        kept, noted = kept.filter(day__in=days), noted.filter(day__in=days)
    counted = noted.values("day").annotate(n=Sum("pictures")).values_list("day", "n")
    return summed(kept.values_list("day", "pictures").union(counted, all=True))


def is_current(calendar: GalleryCalendar) -> bool:
    return calendar.open_before is None and calendar.time_zone == CreditAccount.zone_of(calendar.pk).key


def summed(rows: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """One number for each key."""
    sums: Counter[Key] = Counter()
    for key, pictures in rows:
        sums[key] += pictures
    return dict(sums)


def lock(team_id: str) -> GalleryCalendar:
    """The only one who adds up or counts anew, until the transaction ends."""
    GalleryCalendar.objects.get_or_create(pk=team_id, defaults={"open_before": date.max})
    return GalleryCalendar.objects.select_for_update().get(pk=team_id)


def behind() -> set[str]:
    """Teams with changes that are to be added up."""
    return set(GalleryChange.objects.order_by().values_list("team", flat=True).distinct())


def add_up(team_id: str) -> int:
    """Add what was noted to the team's rows, a portion of it at most; answers how many changes that were."""
    with transaction.atomic():
        zone = ZoneInfo(lock(team_id).time_zone or "UTC")
        changes = list(GalleryChange.objects.filter(team=team_id).order_by("id")[:PORTION])
        projects = summed((row.project, row.pictures) for row in changes)
        days = summed((row.made_at.astimezone(zone).date(), row.pictures) for row in changes)
        _add(GalleryTotal, "project", [(team_id, project, n) for project, n in projects.items()])
        adapt = connection.ops.adapt_datefield_value
        _add(GalleryDay, "day", [(team_id, adapt(day), n) for day, n in days.items()])
        GalleryChange.objects.filter(pk__in=[row.pk for row in changes]).delete()
    return len(changes)


def _add(model: type[GalleryTotal | GalleryDay], key: str, rows: list[tuple[str, Any, int]]) -> None:
    table = model._meta.db_table
    statement = (
        f"INSERT INTO {table} (team_id, {key}, pictures) VALUES (%s, %s, %s)"  # noqa: S608
        f" ON CONFLICT (team_id, {key}) DO UPDATE SET pictures = {table}.pictures + excluded.pictures"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
