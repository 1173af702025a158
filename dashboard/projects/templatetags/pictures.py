"""Stored photos and pictures in templates: ``{% load pictures %}``."""

from typing import Any

from django import template

from dashboard.files.links import page_link
from generation.models import Image

ALT_LENGTH = 120
register = template.Library()


@register.filter
def media_link(key: str) -> str:
    """An expiring link to a stored file; nothing for no key."""
    return page_link(key)


@register.filter
def tile(image: Image) -> dict[str, Any]:
    """The context of ``ui/_picture.html`` for a stored picture, whose job and product are at hand."""
    return {
        "url": f"/gallery/{image.id}/",
        "src": page_link(image.thumbnail),
        "width": image.width,
        "height": image.height,
        "alt": alt_text(image),
        "thumb_hash": image.thumb_hash,
        **reviewed(image),
    }


def reviewed(image: Image) -> dict[str, str]:
    """What a tile says of the picture's review."""
    label = str(Image.Review(image.review).label) if image.review else ""
    tone = "good" if image.review == Image.Review.APPROVED else "bad"
    return {"review": image.review, "badge": label, "badge_tone": tone}


def alt_text(image: Image) -> str:
    prompt = " ".join(image.job.prompt.split())
    shown = prompt if len(prompt) <= ALT_LENGTH else f"{prompt[:ALT_LENGTH].rsplit(' ', 1)[0]}…"
    return f"{image.job.product.name}: {shown}"
