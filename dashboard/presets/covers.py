"""Covers of presets: a picture made with it, the provider's own thumbnail, or until then a drawing of what it says.

A picture is one of the gallery's and shared with it; thumbnails and drawings are files of the preset's own. Only what a
person chose, or a picture, or a thumbnail stays: a drawing gives way to the first of them.
"""

import logging
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Case, OuterRef, Q, Subquery, Value, When

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.presets.models import Preset
from generation.media import pictures
from generation.media.decoding import UnusablePicture
from generation.models import Connection, Image
from generation.network import download
from generation.pipeline import hints
from generation.provider import connections

log = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
PORTION = 100
_DRAWN = "/drawn"
OPEN = Q(cover="") | Q(cover__contains=_DRAWN)
"""Presets whose cover may still be replaced by a better one."""


def drawing_key(preset: Preset) -> str:
    """Where the drawing of a preset is stored."""
    return f"{preset.team_id}/presets/{preset.id}{_DRAWN}.webp"


def is_drawn(preset: Preset) -> bool:
    """Whether the cover is only a drawing (``drawings``), which belongs to one version."""
    return _DRAWN in preset.cover


def hint_cover(preset: Preset, url: str) -> None:
    """Ask a worker for the thumbnail at ``url`` once the present transaction is durable.

    A lost hint is sent again by the next import.
    """
    if url and (not preset.cover or is_drawn(preset)):
        transaction.on_commit(partial(hints.send, "dashboard.presets.tasks.fetch_cover", preset.id, url))


def fetch_cover(*, preset_id: str, url: str) -> None:
    """Download and store one cover; one that a person chose meanwhile stays."""
    preset = Preset.objects.filter(OPEN, pk=preset_id).first()
    if preset is None:
        return
    connection = Connection.objects.filter(team=preset.team_id).first()
    trusted = connections.trusted_links(connection) if connection else ()
    try:
        picture = pictures.read_picture(
            download.download(url, max_bytes=MAX_BYTES, trusted=trusted), max_bytes=MAX_BYTES
        )
        key = f"{preset.team_id}/presets/{preset.id}/cover.webp"
        key = default_storage.save(key, ContentFile(picture.thumbnail))
    except (download.FetchError, UnusablePicture, OSError) as error:
        log.warning("The cover of %s could not be had: %s", preset_id, error)
        return
    take(preset, key)


def take(preset: Preset, key: str) -> None:
    """Show the stored picture on a preset that has none of its own yet."""
    with transaction.atomic():
        before = {"cover": preset.cover}
        if Preset.objects.filter(OPEN, pk=preset.pk).update(cover=key):
            acting = Actor(preset.team, Role.OWNER)
            record(acting, "preset.cover_chosen", preset.pk, before=before, after={"cover": key})


def show_pictures() -> None:
    """Give presets without a cover of their own the best picture made with them: an approved one, or the newest."""
    approved = Case(When(review=Image.Review.APPROVED, then=Value(0)), default=Value(1))
    made = Image.objects.in_gallery().filter(job__preset_version__preset=OuterRef("pk")).exclude(thumbnail="")
    best = made.exclude(review=Image.Review.REJECTED).order_by(approved, "-id").values("pk")[:1]
    rows = Preset.objects.filter(OPEN, archived_at=None).annotate(best=Subquery(best)).exclude(best=None)
    for preset in rows.order_by("id")[:PORTION]:
        _show(preset, preset.best)


def _show(preset: Preset, image_id: str) -> None:
    with transaction.atomic():
        # Locked: whatever removes old pictures looks at the covers only then.
        image = Image.objects.in_gallery().select_for_update(of=("self",)).filter(pk=image_id).first()
        if image is not None:
            take(preset, image.thumbnail)
