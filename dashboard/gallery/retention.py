"""Pictures that are older than their team keeps them: out of the gallery first, then out of storage.

Approved pictures and covers stay, and so do jobs, receipts and what was paid. A team's turn comes once a day, after
midnight where it is; whatever interrupts a run, a later one goes on from there. What admins were told of when they
made the rule is a row: pictures go no sooner than on the night that it names.
"""

import logging
import time as clock
from datetime import date, datetime, time, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team
from dashboard.audit.record import record
from dashboard.gallery.models import Removal
from dashboard.presets.models import Preset
from dashboard.projects.models import Project
from generation.counts import gallery
from generation.models import CreditAccount, Image
from generation.models.pictures import Pictures

log = logging.getLogger(__name__)

PORTION = 1000
SECONDS = 240
"""How long a run deletes files."""
AGAIN_AFTER = timedelta(minutes=10)
"""Between two looks that find a team's turn has come, counted from the first; only then pictures go."""


def old(team: Team, *, days: int, on: date) -> Pictures:
    """Pictures that are too old on a day of the team's, if so many ``days`` are kept, and that nothing else keeps."""
    made_before = datetime.combine(on - timedelta(days=days), time(), CreditAccount.zone_of(team.pk))
    rows = Image.objects.in_gallery().filter(team=team, created_at__lt=made_before)
    of_projects = Project.objects.filter(team=team, cover__isnull=False).values("cover")
    of_presets = Preset.objects.filter(team=team).exclude(cover="").values("cover")
    kept = rows.exclude(review=Image.Review.APPROVED).exclude(pk__in=of_projects)
    return kept.exclude(thumbnail__in=of_presets)


def going_tonight(team: Team, *, days: int) -> int:
    """How many pictures the next night would remove."""
    return old(team, days=days, on=_today(team) + timedelta(days=1)).count()


def _today(team: Team) -> date:
    return timezone.now().astimezone(CreditAccount.zone_of(team.pk)).date()


def announce(team: Team) -> None:
    """Remove nothing more before the next midnight: whoever changes how long pictures are kept can think again.

    Part of the caller's transaction, after the team's row is locked and before anything is audited.
    """
    tomorrow = datetime.combine(_today(team) + timedelta(days=1), time(), CreditAccount.zone_of(team.pk))
    given = {"announced_at": timezone.now(), "not_before": tomorrow, "due_since": None}
    Removal.objects.update_or_create(team=team, defaults=given)


def remove_old() -> None:
    """Take out the old pictures of every team whose turn it is, and delete the files of all that are out."""
    for team in Team.objects.filter(retention_days__gt=0).order_by("pk"):
        if removal := _due(team):
            take_out(team, removal)
            Removal.objects.filter(team=team).update(came_on=_today(team), due_since=None)
    delete_files()


def _due(team: Team) -> Removal | None:
    """What was announced, if its night has come and no pictures went today.

    Two looks must find so, some minutes apart: a clock that is ahead for a moment deletes nothing. A time in the
    future was written by such a clock, and then the wait begins anew.
    """
    now, today = timezone.now(), _today(team)
    removal = Removal.objects.filter(team=team).first()
    if removal is None or removal.announced_at > now:
        announce(team)
        return None
    # A team that moves west has its day twice.
    if now < removal.not_before or removal.came_on in {today, today + timedelta(days=1)}:
        Removal.objects.filter(pk=team.pk).exclude(due_since=None).update(due_since=None)
        return None
    if removal.due_since is None or removal.due_since > now:
        Removal.objects.filter(pk=team.pk).update(due_since=now)
        return None
    return removal if now - removal.due_since >= AGAIN_AFTER else None


def take_out(team: Team, announced: Removal) -> int:
    """Take the team's old pictures out of the gallery, portion by portion; answers how many.

    A rule that is made meanwhile ends it: its own night is still to come.
    """
    removed = 0
    while portion := _take_portion(team, announced):
        removed += portion
    return removed


def _take_portion(team: Team, announced: Removal) -> int:
    """Each is written down in its own transaction, so that the log counts exactly what is gone."""
    with transaction.atomic():
        # Locked: nobody makes another rule in between.
        same = Removal.objects.select_for_update().filter(pk=team.pk, announced_at=announced.announced_at)
        if same.first() is None:
            return 0
        team.refresh_from_db(fields=["retention_days"])
        if not team.retention_days:
            return 0
        rows = old(team, days=team.retention_days, on=_today(team))
        found = list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION])
        # Locked before it is asked again: nobody makes a cover of one or approves it in between.
        list(Image.objects.select_for_update().filter(pk__in=found).order_by("pk").values_list("pk"))
        going = list(rows.filter(pk__in=found).values_list("pk", "job__project", "created_at"))
        removed = Image.objects.filter(pk__in=[pk for pk, *_ in going]).update(deleted_at=timezone.now())
        if removed:
            gallery.note(team_id=team.pk, pictures=[(project, made_at) for _, project, made_at in going], by=-1)
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
