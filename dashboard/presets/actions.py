"""What is done with presets. What a job was made with never changes: an edit adds a version."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.presets import covers
from dashboard.presets.access import Sharing, person
from dashboard.presets.drafts import Draft, draft_of
from dashboard.presets.models import Preset, PresetVersion
from dashboard.presets.names import NAME_MAX, names_of, tell_apart
from dashboard.ui.edits import check
from generation.errors import UserFacingError
from generation.models import Image

COPY = " (copy)"


class Locked(UserFacingError):
    """An approved preset, which only admins and owners change."""


def may_change(acting: Actor, preset: Preset) -> bool:
    return acting.may(Role.ADMIN if preset.label == Preset.Label.APPROVED else Role.CREATOR)


def check_lock(acting: Actor, preset: Preset) -> None:
    """Raises :class:`Locked`, and 403 for a viewer."""
    acting.require(Role.CREATOR)
    if not may_change(acting, preset):
        raise Locked(f"{preset.name} is approved, so only an admin or owner changes it. Duplicate it to try something.")


def add(acting: Actor, draft: Draft, *, sharing: Sharing | None = None, cover: str = "") -> Preset:
    """Make a preset with its first version."""
    acting.require(Role.CREATOR)
    shared = vars(sharing or Sharing())
    with transaction.atomic():
        preset = Preset.objects.create(
            team=acting.team, created_by=person(acting), cover=cover, **draft.described, **shared
        )
        write_version(preset, draft, acting=acting)
        record(acting, "preset.added", preset.id, after=facts(preset))
    return preset


def edit(acting: Actor, preset: Preset, draft: Draft, *, sharing: Sharing, seen: str) -> bool:
    """Change a preset; other words or settings become its next version. ``False`` when nothing is different.

    Raises :class:`Locked` and ``ChangedMeanwhile``.
    """
    with transaction.atomic():
        locked = lock(preset)
        check_lock(acting, locked)
        before, present = facts(locked), draft_of(locked)
        check(seen, present=before, wanted=draft.as_json() | sharing.facts())
        if before == draft.as_json() | sharing.facts():
            return False
        if present.versioned != draft.versioned:
            write_version(locked, draft, acting=acting)
        change(locked, **draft.described, **vars(sharing))
        record(acting, "preset.edited", locked.id, before=before, after=facts(locked))
    return True


def duplicate(acting: Actor, preset: Preset) -> Preset:
    """A draft of one's own with the same words and settings, for the same people."""
    draft = draft_of(preset)
    name = tell_apart(f"{draft.name[: NAME_MAX - len(COPY)]}{COPY}", names_of(acting))
    cover = "" if covers.is_drawn(preset) else preset.cover
    return add(acting, replace(draft, name=name), sharing=Sharing.of(preset), cover=cover)


def put_away(acting: Actor, preset: Preset, *, away: bool) -> None:
    """Take a preset out of the lists, or back; what was made with it stays. Raises :class:`Locked`."""
    check_lock(acting, preset)
    if bool(preset.archived_at) == away:
        return
    with transaction.atomic():
        change(preset, archived_at=timezone.now() if away else None)
        record(acting, "preset.archived" if away else "preset.restored", preset.id)


def set_label(acting: Actor, preset: Preset, label: Preset.Label) -> None:
    """Approve a preset, which locks it, or make it a draft again."""
    acting.require(Role.ADMIN)
    if preset.label == label:
        return
    before = {"label": preset.label}
    with transaction.atomic():
        change(preset, label=label.value)
        record(acting, "preset.labelled", preset.id, before=before, after={"label": label.value})


def choose_cover(acting: Actor, preset: Preset, image: Image) -> None:
    """Show the preset by one of the team's pictures. Raises :class:`Locked`."""
    check_lock(acting, preset)
    before = {"cover": preset.cover}
    with transaction.atomic():
        # Locked: whatever removes old pictures looks at the covers only then.
        access.find(acting, Image.objects.with_thumbnail().select_for_update(), pk=image.pk)
        change(preset, cover=image.thumbnail)
        record(acting, "preset.cover_chosen", preset.id, before=before, after={"cover": preset.cover})


def lock(preset: Preset) -> Preset:
    """The preset as it is now, for the rest of the transaction."""
    return Preset.objects.select_for_update(of=("self",)).select_related("current__created_by").get(pk=preset.pk)


def change(preset: Preset, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(preset, name, value)
    preset.save(update_fields=list(fields))


def write_version(preset: Preset, draft: Draft, *, acting: Actor | None) -> None:
    """Add the next version; one without an ``acting`` came from the provider."""
    number = preset.current.number + 1 if preset.current else 1
    author = person(acting) if acting else None
    version = PresetVersion.objects.create(preset=preset, number=number, created_by=author, **draft.versioned)
    change(preset, current=version, **({"cover": ""} if covers.is_drawn(preset) else {}))  # another one is drawn


def facts(preset: Preset) -> dict[str, Any]:
    """What can be edited, by the names of the form's fields; and the variables."""
    return draft_of(preset).as_json() | Sharing.of(preset).facts()
