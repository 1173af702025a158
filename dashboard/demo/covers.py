"""Preset covers, made after the start in the background: the first page does not wait for them."""

import logging

from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from kombu.exceptions import OperationalError

from dashboard.demo.presets import PRESETS, SamplePreset
from dashboard.demo.products import PRODUCTS
from dashboard.demo.seed import TEAM
from dashboard.presets import templating
from dashboard.presets.models import Preset
from dashboard.projects.models import Product
from generation import media
from generation.contract import AspectRatio
from generation.sandbox.render import render

log = logging.getLogger(__name__)

TASK = "dashboard.demo.tasks.draw_next_cover"
MAX_BYTES = 20_000_000


def missing() -> Preset | None:
    """A preset of the demo that waits for its cover."""
    names = [sample.name for sample in PRESETS]
    return Preset.objects.filter(team_id=TEAM, cover="", archived_at=None, name__in=names).order_by("id").first()


def hint_missing() -> None:
    """Ask a worker for the covers that are missing. A lost hint is sent again by the next start."""
    if missing() is None:
        return
    try:
        current_app.send_task(TASK, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("The preset covers wait for the next start: %s", error)


def draw(preset: Preset) -> None:
    """Render, store and enter one cover; one that a person chose meanwhile stays."""
    sample = next(one for one in PRESETS if one.name == preset.name)
    picture = _picture(sample)
    key = default_storage.save(f"{TEAM}/presets/{preset.id}/cover.webp", ContentFile(picture.thumbnail))
    Preset.objects.filter(pk=preset.pk, cover="").update(cover=key)


def _picture(sample: SamplePreset) -> media.Picture:
    shown = next(one for one in PRODUCTS if one.sku == sample.shown)
    product = Product.objects.select_related("asset").filter(team_id=TEAM, sku=shown.sku).first()
    rendering = render(
        media.read(product.asset.original) if product else shown.draw(),
        prompt=templating.render(sample.template, {"product": shown.name}),
        model=sample.model,
        aspect_ratio=AspectRatio.LANDSCAPE,
        index=0,
        seed=sample.name,
    )
    return media.read_picture(rendering.data, max_bytes=MAX_BYTES)
