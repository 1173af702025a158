"""Stored photos and pictures in templates: ``{% load pictures %}``."""

from typing import Any

from django import template

from dashboard.files.links import page_link
from generation.media import kinds
from generation.media.pictures import Flaw
from generation.models import Image

ALT_LENGTH = 120
register = template.Library()


@register.filter
def media_link(key: str) -> str:
    """An expiring link to a stored file; nothing for no key."""
    return page_link(key)


FLAWS = {
    Flaw.INCOMPLETE: ("Cut off", "The file that ProductAI delivered is cut off. What arrived of it is shown."),
    Flaw.UNDECODABLE: (
        "Cannot be shown",
        "ProductAI delivered {kind} that cannot be shown here. It is kept as it came, for you to download.",
    ),
    Flaw.EMPTY: ("Empty", "ProductAI delivered an empty file, however often it was asked for."),
    Flaw.TOO_LARGE: (
        "Too large",
        "ProductAI delivered more than 100 MB, which is too large to be kept here.",
    ),
}
"""A few words, and one sentence."""


@register.filter
def tile(image: Image) -> dict[str, Any]:
    """The context of ``ui/_picture.html`` for a stored picture, whose job and product are at hand."""
    return {
        "url": f"/gallery/{image.id}/",
        "src": page_link(image.thumbnail),
        **shape(image),
        "alt": alt_text(image),
        "thumb_hash": image.thumb_hash,
        "flaw": flaw_label(image),
        **reviewed(image),
    }


def shape(image: Image) -> dict[str, int]:
    """Width and height; of a picture that cannot be decoded, what the provider said, or was asked for."""
    if image.width and image.height:
        return {"width": image.width, "height": image.height}
    width, height = image.job.aspect_ratio.split(":")
    return {"width": int(width), "height": int(height)}


def flaw_label(image: Image) -> str:
    return FLAWS[Flaw(image.flaw)][0] if image.flaw else ""


def flaw_sentence(image: Image) -> str:
    return FLAWS[Flaw(image.flaw)][1].format(kind=kinds.by_mime(image.mime).name) if image.flaw else ""


def reviewed(image: Image) -> dict[str, str]:
    """What a tile says of the picture's review."""
    label = str(Image.Review(image.review).label) if image.review else ""
    tone = "good" if image.review == Image.Review.APPROVED else "bad"
    return {"review": image.review, "badge": label, "badge_tone": tone}


def alt_text(image: Image) -> str:
    prompt = " ".join(image.job.prompt.split())
    shown = prompt if len(prompt) <= ALT_LENGTH else f"{prompt[:ALT_LENGTH].rsplit(' ', 1)[0]}…"
    return f"{image.job.product.name}: {shown}"
