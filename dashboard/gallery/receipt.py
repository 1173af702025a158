"""Everything about one picture: what was asked, with what, by whom, when and for how much."""

from pathlib import PurePosixPath
from typing import Any

from django.urls import reverse
from django.utils.text import slugify

from dashboard.gallery.lineage import origin
from dashboard.projects.templatetags.pictures import flaw_label
from dashboard.ui.times import zone_name
from generation.media import kinds
from generation.models import Image, Job


def receipt(picture: Image) -> list[dict[str, Any]]:
    """Rows for ``ui/_receipt.html``; the product stands above them, with its photo."""
    job = picture.job
    rows: list[dict[str, Any]] = [
        *_origin(job),
        {"term": "Prompt", "text": job.prompt, "long": True},
        {"term": "Model", "text": job.model},
        {"term": "Preset", "text": _preset(job)},
        {"term": "Project", "text": str(job.project or "")},
        {"term": "Shape", "text": _shape(picture)},
        {"term": "File", "text": _file(picture)},
        {"term": "Credits", "text": _credits(job)},
        {"term": "Made by", "text": _maker(job)},
        {"term": "When", "at": picture.created_at, "text": zone_name()},
        {"term": "Batch", "text": "See all its jobs", "url": reverse("batch", args=[job.batch_id])},
        {"term": "Job", "text": job.id, "long": True},
    ]
    return [row for row in rows if row["text"]]


def _origin(job: Job) -> list[dict[str, Any]]:
    found = origin(job)
    return [{"term": found.term, "text": found.text, "url": found.url, "lightbox": found.is_picture}] if found else []


def _preset(job: Job) -> str:
    if job.preset_version:
        return f"{job.preset_version.preset.name} · version {job.preset_version.number}"
    return f"ProductAI's {job.provider_preset}" if job.provider_preset else ""


def _shape(picture: Image) -> str:
    measured = f" · {picture.width} × {picture.height} px" if picture.display else ""
    return f"{picture.job.aspect_ratio}{measured}"


def _file(picture: Image) -> str:
    kind = kinds.by_mime(picture.mime).label
    size = f"{picture.size / 1024:,.0f} KB" if picture.original else ""
    return " · ".join(filter(None, [kind if size else "None", size, flaw_label(picture)]))


def _credits(job: Job) -> str:
    cost = job.price if job.tokens_used is None else job.tokens_used
    return str(cost) if job.num_images == 1 else f"{cost} for the {job.num_images} pictures of its job"


def _maker(job: Job) -> str:
    if job.api_key:
        return f"API key {job.api_key.name}"
    return str(job.member or "")


def file_name(picture: Image) -> str:
    """What a download is called: ``camp-mug-marble-morning-3f2a.png``."""
    version = picture.job.preset_version
    words = slugify(f"{picture.job.product.name} {version.preset.name if version else ''}")[:80].strip("-")
    suffix = PurePosixPath(picture.original).suffix
    if picture.original and not picture.display:
        suffix = f".{kinds.by_mime(picture.mime).extension}"
    return f"{words or 'picture'}-{picture.id[-4:]}{suffix}"
