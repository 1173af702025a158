"""Pictures that are older than their team keeps them: out of the gallery first, then out of storage.

Approved pictures and covers stay, and so do jobs, receipts and what was paid. A team's turn comes once a day, after
midnight where it is; whatever interrupts a run, a later one goes on from there.
"""

import logging
import time as clock
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team
from dashboard.audit.record import record
from dashboard.presets.models import Preset
from dashboard.projects.models import Project
from generation.models import CreditAccount, Image
from generation.models.pictures import Pictures

log = logging.getLogger(__name__)

PORTION = 1000
SECONDS = 240
"""How long a run deletes files."""
_REMEMBERED = 2 * 24 * 3600


def old(team: Team, *, days: int, on: date) -> Pictures:
    """Pictures that are too old on a day of the team's, if so many ``days`` are kept, and that nothing else keeps."""
    made_before = datetime.combine(on - timedelta(days=days), time(), _zone(team))
    rows = Image.objects.in_gallery().filter(team=team, created_at__lt=made_before)
    of_projects = Project.objects.filter(team=team, cover__isnull=False).values("cover")
    of_presets = Preset.objects.filter(team=team).exclude(cover="").values("cover")
    kept = rows.exclude(review=Image.Review.APPROVED).exclude(pk__in=of_projects)
    return kept.exclude(thumbnail__in=of_presets)


def going_tonight(team: Team, *, days: int) -> int:
    """How many pictures the next night would remove."""
    return old(team, days=days, on=_today(team) + timedelta(days=1)).count()


def _zone(team: Team) -> ZoneInfo:
    account = CreditAccount.objects.filter(pk=team.pk).first()
    return account.zone if account else ZoneInfo("UTC")


def _today(team: Team) -> date:
    return timezone.now().astimezone(_zone(team)).date()


def put_off(team: Team) -> None:
    """Remove nothing more before the next midnight: whoever changes how long pictures are kept can think again."""
    cache.set(_turn(team), True, _REMEMBERED)


def _turn(team: Team) -> str:
    return f"retention:{team.pk}:{_today(team)}"


def remove_old() -> None:
    """Take out the old pictures of every team whose turn it is, and delete the files of all that are out."""
    for team in Team.objects.filter(retention_days__gt=0).order_by("pk"):
        if not cache.get(_turn(team)):
            take_out(team)
            put_off(team)
    delete_files()


def take_out(team: Team) -> int:
    """Take the team's old pictures out of the gallery, portion by portion; answers how many."""
    removed = 0
    while portion := _take_portion(team):
        removed += portion
    return removed


def _take_portion(team: Team) -> int:
    """Each is written down in its own transaction, so that the log counts exactly what is gone."""
    team.refresh_from_db(fields=["retention_days"])
    if not team.retention_days:
        return 0
    with transaction.atomic():
        rows = old(team, days=team.retention_days, on=_today(team))
        found = list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])
        # Locked before it is asked again: nobody makes a cover of one or approves it in between.
        list(Image.objects.select_for_update().filter(pk__in=found).order_by("pk").values_list("pk"))
        removed = rows.filter(pk__in=found).update(deleted_at=timezone.now())
        if removed:
            facts = {"pictures": removed, "older_than_days": team.retention_days}
            record(Actor(team, Role.OWNER), "pictures.removed", team.pk, after=facts)
    return removed


def delete_files() -> None:
    """Delete the files of pictures that are out of the gallery; what remains is deleted by the next run."""
    until = clock.monotonic() + SECONDS
    waiting = Image.objects.filter(deleted_at__isnull=False).exclude(original="")
    for picture in waiting.order_by("pk").iterator(chunk_size=PORTION):
        if clock.monotonic() > until or not _delete_files_of(picture):
            break


def _delete_files_of(picture: Image) -> bool:
    """``False`` while the storage is out of order."""
    own = f"{picture.team_id}/pictures/"
    try:
        for key in (picture.original, picture.display, picture.thumbnail):
            if key.startswith(own):  # whoever can write rows must not have the log's signed heads deleted
                default_storage.delete(key)
    except OSError as error:
        log.warning("The files of %s are not deleted yet: %s", picture.pk, error)
        return False
    Image.objects.filter(pk=picture.pk).update(original="", display="", thumbnail="")
    return True
