"""What an admin does with caps. One transaction each: the caps change under the lock of the team's account."""

from datetime import datetime
from typing import Any

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, User
from dashboard.audit.record import record
from dashboard.projects.models import Project
from dashboard.spend.caps import labels
from dashboard.ui.edits import check
from generation.credits import caps
from generation.errors import UserFacingError
from generation.models import Cap


class CapRefused(UserFacingError):
    """What was asked for cannot be."""


def add(acting: Actor, *, project: Project | None, member: User | None, period: str, credits: int, warn_at: int) -> Cap:
    """Bound a project, a member, or without both the team. Raises :class:`CapRefused` for a second of its kind."""
    acting.require(Role.ADMIN)
    with transaction.atomic():
        caps.lock(acting.team.id)
        same = Cap.objects.filter(team=acting.team, project=project, member=member, period=period)
        if (found := same.select_related("team", "project", "member").first()) is not None:
            there_is = f"The {labels.label_of(found)} is there already: {found.credits:,} credits."
            raise CapRefused(f"{there_is} Change that one.")
        bounds: dict[str, Any] = {"project": project, "member": member, "period": period}
        cap = Cap(team=acting.team, credits=credits, warn_at=warn_at, created_by=acting.user, **bounds)
        caps.save(cap)
        record(acting, "cap.set", cap.id, after=_facts(cap))
    return cap


def change(acting: Actor, cap: Cap, *, credits: int, warn_at: int, seen: str = "") -> Cap:
    """Raises ``ChangedMeanwhile``."""
    return _change(acting, cap, "cap.changed", seen=seen, credits=credits, warn_at=warn_at)


def raise_for_a_while(acting: Actor, cap: Cap, *, credits: int, until: datetime, seen: str = "") -> Cap:
    """Allow ``credits`` on top up to a moment; it ends by itself, and takes the place of an earlier raise.

    Raises ``ChangedMeanwhile``.
    """
    return _change(acting, cap, "cap.raised", seen=seen, raised_by=credits, raised_until=until)


def amount_of(cap: Cap) -> dict[str, Any]:
    return {"credits": cap.credits, "warn_at": cap.warn_at}


def raise_of(cap: Cap) -> dict[str, Any]:
    return {"raised_by": cap.raised_by, "raised_until": cap.raised_until}


def end_raise(acting: Actor, cap: Cap) -> Cap:
    return _change(acting, cap, "cap.raise_ended", raised_by=0, raised_until=None)


def _change(acting: Actor, cap: Cap, action: str, *, seen: str = "", **changes: Any) -> Cap:
    acting.require(Role.ADMIN)
    with transaction.atomic():
        present = _present(acting, cap)
        check(seen, present=amount_of(present) | raise_of(present), wanted=changes)
        before = _facts(present)
        for name, value in changes.items():
            setattr(present, name, value)
        if _facts(present) != before:
            caps.save(present)
            record(acting, action, present.id, before=before, after=_facts(present))
    return present


def remove(acting: Actor, cap: Cap) -> None:
    acting.require(Role.ADMIN)
    with transaction.atomic():
        present = _present(acting, cap)
        cap_id, before = present.id, _facts(present)
        caps.remove(present)
        record(acting, "cap.removed", cap_id, before=before)


def _present(acting: Actor, cap: Cap) -> Cap:
    """The cap as it is now, with others' changes of the team's caps waiting."""
    caps.lock(acting.team.id)
    rows = Cap.objects.select_related("team", "project", "member", "created_by")
    found = rows.filter(team=acting.team, pk=cap.pk).first()
    if found is None:
        raise CapRefused("This cap has been removed in the meantime.")
    return found


def _facts(cap: Cap) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": labels.label_of(cap), "credits": cap.credits, "warn_at": cap.warn_at}
    if cap.raised_until:
        facts |= {"raised_by": cap.raised_by, "raised_until": cap.raised_until}
    return facts
