"""Drawing preset covers: one a task and one task at a time, so that a visitor's own pictures go first."""

from celery import shared_task
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from dashboard.demo.covers import missing
from dashboard.demo.presets import PRESETS, SamplePreset
from dashboard.demo.products import PRODUCTS
from dashboard.demo.team import TEAM
from dashboard.presets.covers import take
from dashboard.presets.models import Preset
from dashboard.presets.prompts import compose
from dashboard.presets.variables import fill
from dashboard.projects.models import Product
from generation.contract import AspectRatio
from generation.media import pictures
from generation.sandbox.render import render

MAX_BYTES = 20_000_000


@shared_task
def draw_next_cover() -> None:
    preset = missing()
    if preset is not None:
        draw(preset)
        draw_next_cover.delay()


def draw(preset: Preset) -> None:
    """Render, store and enter one cover; one that a person chose meanwhile stays."""
    picture = _picture(next(sample for sample in PRESETS if sample.name == preset.name))
    key = default_storage.save(f"{TEAM}/presets/{preset.id}/cover.webp", ContentFile(picture.thumbnail))
    take(preset, key)


def _picture(sample: SamplePreset) -> pictures.Picture:
    """The preset's prompt, with a sample product, by the sandbox's renderer."""
    shown = next(one for one in PRODUCTS if one.sku == sample.shown)
    product = Product.objects.select_related("asset").filter(team_id=TEAM, sku=shown.sku).first()
    rendering = render(
        pictures.read(product.asset.original) if product else shown.draw(),
        prompt=compose(template=sample.template, product_name=shown.name, values=fill(sample.variables, {}), kit=None),
        model=sample.model,
        aspect_ratio=AspectRatio.LANDSCAPE,
        index=0,
        seed=sample.name,
        scale=0.5,
    )
    return pictures.read_picture(rendering.data, max_bytes=MAX_BYTES)
