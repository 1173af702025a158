"""Covers of the presets that came from the provider: its own thumbnails, kept in our storage."""

import logging
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.presets.models import Preset
from generation.media import pictures
from generation.media.decoding import UnusablePicture
from generation.models import Connection
from generation.network import download
from generation.pipeline import hints
from generation.provider import connections

log = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024


def hint_cover(preset: Preset, url: str) -> None:
    """Ask a worker for the thumbnail at ``url`` once the present transaction is durable.

    A lost hint is sent again by the next import.
    """
    if url and not preset.cover:
        transaction.on_commit(partial(hints.send, "dashboard.presets.tasks.fetch_cover", preset.id, url))


def fetch_cover(*, preset_id: str, url: str) -> None:
    """Download and store one cover; one that a person chose meanwhile stays."""
    preset = Preset.objects.filter(pk=preset_id, cover="").first()
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
    """Show the stored picture on a preset that has none yet."""
    with transaction.atomic():
        if Preset.objects.filter(pk=preset.pk, cover="").update(cover=key):
            acting = Actor(preset.team, Role.OWNER)
            record(acting, "preset.cover_chosen", preset.pk, before={"cover": ""}, after={"cover": key})
