"""Drawings of what presets say, by the sandbox's renderer: their covers until a picture has been made with them."""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from dashboard.presets import covers
from dashboard.presets.drafts import draft_of
from dashboard.presets.models import Preset
from dashboard.presets.templating import render as fill_in
from dashboard.presets.variables import PRODUCT
from generation.contract import AspectRatio
from generation.media import pictures
from generation.sandbox.previews import bottle
from generation.sandbox.render import render

log = logging.getLogger(__name__)

SECONDS = 10
"""How long one run draws: what is left has its turn in the next."""
PORTION = 100
GRACE = timedelta(seconds=15)
"""How long the provider's own thumbnail, or whoever made the preset, may take to give it a cover."""


def draw_missing() -> None:
    """Draw the presets that have no cover at all, the newest first. Without the sandbox nothing is drawn."""
    if not settings.SANDBOX:
        return
    until = time.monotonic() + SECONDS
    missing = Preset.objects.filter(cover="", archived_at=None, created_at__lt=timezone.now() - GRACE)
    for preset in missing.select_related("current").order_by("-id")[:PORTION]:
        if time.monotonic() > until:
            return
        try:
            draw(preset)
        except OSError as error:
            log.warning("The storage takes no covers: %s", error)
            return


def draw(preset: Preset) -> None:
    """Show a plain bottle in the scene that the preset describes, unless it has a cover by now or was edited."""
    draft = draft_of(preset)
    values = {one.name: one.default or next(iter(one.choices), "") for one in draft.variables}
    drawing = render(
        bottle(),
        prompt=fill_in(draft.template, {**values, PRODUCT: "bottle"}),
        model=draft.model,
        aspect_ratio=AspectRatio.LANDSCAPE,
        index=0,
        seed=preset.id,
        product="bottle",
        scale=0.5,  # a cover is shown at 480 px
    )
    picture = pictures.read_picture(drawing.data, max_bytes=len(drawing.data))
    key = covers.drawing_key(preset)
    default_storage.delete(key)  # of an earlier version
    key = default_storage.save(key, ContentFile(picture.thumbnail))
    Preset.objects.filter(pk=preset.pk, cover="", current=preset.current_id).update(cover=key)
