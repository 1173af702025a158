"""What is done with presets. What a job was made with never changes: an edit adds a version."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.presets.models import Preset, PresetVersion
from generation.models import Image

DESCRIBED = ("name", "category", "description")
VERSIONED = ("template", "model", "aspect_ratio", "num_images")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A preset as somebody writes it."""

    name: str
    category: str
    description: str
    template: str
    model: str
    aspect_ratio: str
    num_images: int


def add(acting: Actor, draft: Draft, *, cover: str = "") -> Preset:
    """Make a preset with its first version."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        described = {name: getattr(draft, name) for name in DESCRIBED}
        preset = Preset.objects.create(team=acting.team, cover=cover, **described)
        _write_version(acting, preset, draft, number=1)
        record(acting, "preset.added", preset.id, after=vars(draft))
    return preset


def edit(acting: Actor, preset: Preset, draft: Draft) -> None:
    """Change a preset; other words or settings become its next version."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        locked = Preset.objects.select_for_update(of=("self",)).select_related("current").get(pk=preset.pk)
        before = as_draft(locked)
        if before == draft:
            return
        if any(getattr(before, name) != getattr(draft, name) for name in VERSIONED):
            _write_version(acting, locked, draft, number=locked.versions.count() + 1)
        for name in DESCRIBED:
            setattr(locked, name, getattr(draft, name))
        locked.save(update_fields=list(DESCRIBED))
        record(acting, "preset.edited", preset.id, before=vars(before), after=vars(draft))


def as_draft(preset: Preset) -> Draft:
    """A preset's present words and settings, to edit or copy."""
    version = preset.current
    settings: dict[str, Any] = {name: getattr(version, name) for name in VERSIONED} if version else {}
    return Draft(name=preset.name, category=preset.category, description=preset.description, **settings)


def duplicate(acting: Actor, preset: Preset) -> Preset:
    copy = as_draft(preset)
    name = f"{copy.name[:73]} (copy)"
    return add(acting, Draft(**vars(copy) | {"name": name}), cover=preset.cover)


def put_away(acting: Actor, preset: Preset, *, away: bool) -> None:
    """Take a preset out of the lists, or back; what was made with it stays."""
    acting.require(Role.CREATOR)
    preset.archived_at = timezone.now() if away else None
    with transaction.atomic():
        preset.save(update_fields=["archived_at"])
        record(acting, "preset.archived" if away else "preset.restored", preset.id)


def choose_cover(acting: Actor, preset: Preset, image: Image) -> None:
    """Show the preset by one of the team's pictures."""
    acting.require(Role.CREATOR)
    before = preset.cover
    preset.cover = image.thumbnail
    with transaction.atomic():
        preset.save(update_fields=["cover"])
        record(acting, "preset.cover_chosen", preset.id, before={"cover": before}, after={"cover": preset.cover})


def _write_version(acting: Actor, preset: Preset, draft: Draft, *, number: int) -> None:
    settings = {name: getattr(draft, name) for name in VERSIONED}
    preset.current = PresetVersion.objects.create(preset=preset, number=number, created_by=acting.user, **settings)
    preset.save(update_fields=["current"])
