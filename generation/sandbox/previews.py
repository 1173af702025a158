"""What each preset makes of a plain bottle. Rendered at the first request, then kept in storage."""

import io

from django.conf import settings
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from generation.contract import RemotePreset
from generation.media import pictures
from generation.sandbox import files
from generation.sandbox.render import render


def link(preset_id: str) -> str:
    return f"{settings.PUBLIC_URL}/sandbox/presets/{preset_id}.webp"


def preview(preset: RemotePreset) -> bytes:
    """A WebP of at most 480 × 480 px; the same bytes every time."""
    key = f"sandbox/presets/{preset.preset_id}.webp"
    if not default_storage.exists(key):
        files.save(key, _render(preset))
    return pictures.read(key)


def _render(preset: RemotePreset) -> bytes:
    made = render(
        bottle(),
        prompt=preset.prompt,
        model=preset.recommended_models[0],
        aspect_ratio="1:1",
        index=0,
        seed=preset.preset_id,
        scale=0.5,
    )
    return pictures.read_picture(made.data, max_bytes=len(made.data)).thumbnail


def bottle() -> bytes:
    """A cut-out of a white bottle with a dark cap, lit from the left."""
    picture = Image.new("RGBA", (480, 900), (0, 0, 0, 0))
    shape = Image.new("L", picture.size)
    pen = ImageDraw.Draw(shape)
    pen.rounded_rectangle((60, 250, 420, 880), 70, fill=255)
    pen.rounded_rectangle((170, 30, 310, 280), 24, fill=255)
    light = Image.linear_gradient("L").rotate(90).resize(picture.size).point(lambda level: 170 + level // 3)
    picture.paste(Image.merge("RGB", (light, light, light)), mask=shape)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((170, 30, 310, 200), 24, fill=(38, 44, 52, 255))
    pen.rectangle((60, 520, 420, 680), fill=(196, 120, 84, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
