"""Who is in a team, and as what. A team is never without an owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Invitation, Membership, Role, Team, User
from dashboard.audit.record import record
from dashboard.members import keys
from dashboard.ui.edits import check
from generation.errors import UserFacingError
from generation.pipeline import events


class MemberRefused(UserFacingError):
    """What was asked for cannot be."""


def rename(acting: Actor, *, name: str) -> None:
    acting.require(Role.ADMIN)
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=acting.team.pk)
        if team.name == name:
            return
        record(acting, "team.renamed", team.id, before={"name": team.name}, after={"name": name})
        team.name = name
        team.save(update_fields=["name"])


def change_role(acting: Actor, member: Membership, *, role: Role, seen: str = "") -> None:
    """Raises :class:`MemberRefused` for the last owner, ``PermissionDenied`` for what only owners may.

    Raises ``ChangedMeanwhile`` where somebody gave another role since the form was opened.
    """
    with _one_after_another(acting, member) as (judged, present):
        judged.require(Role.ADMIN)
        _require_owner_for(judged, present.role, role)
        check(seen, present={"role": present.role}, wanted={"role": role.value})
        if present.role == role:
            return
        if present.role == Role.OWNER:
            _require_another_owner(present)
        _set_role(judged, present, role)


def hand_over(acting: Actor, member: Membership) -> None:
    """Make somebody else the owner, and oneself an admin. Raises :class:`MemberRefused`."""
    with _one_after_another(acting, member) as (judged, present):
        judged.require(Role.OWNER)
        if present.user_id == _person(judged).pk:
            raise MemberRefused("You own this team already.")
        if not present.user.is_active:
            raise MemberRefused(f"{present.user} can no longer sign in, so the team cannot be theirs.")
        _set_role(judged, present, Role.OWNER)
        _set_role(judged, Membership.objects.get(team=judged.team, user=_person(judged)), Role.ADMIN)


def remove(acting: Actor, member: Membership) -> None:
    """Put somebody out: their jobs go on, their keys and open invitations stop. Raises :class:`MemberRefused`."""
    with _one_after_another(acting, member) as (judged, present):
        judged.require(Role.ADMIN)
        _require_owner_for(judged, present.role)
        _end(judged, present, "member.removed")


def leave(acting: Actor) -> None:
    """Raises :class:`MemberRefused` for the last owner."""
    own = Membership.objects.get(team=acting.team, user=acting.user)
    with _one_after_another(acting, own) as (judged, present):
        _end(judged, present, "member.left")


@contextmanager
def _one_after_another(acting: Actor, member: Membership) -> Iterator[tuple[Actor, Membership]]:
    """Let changes of a team's members wait for each other, so that each is judged by what the last one left.

    Gives the actor with the role held now, and the row of ``member`` as it is now.
    """
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=acting.team.pk)
        rows = {row.user_id: row for row in Membership.objects.filter(team=acting.team).select_related("user")}
        own, present = rows.get(_person(acting).pk), rows.get(member.user_id)
        if own is None:
            raise PermissionDenied("You are no longer in this team.")
        if present is None:
            raise MemberRefused(f"{member.user} is no longer in this team.")
        yield replace(acting, role=Role(own.role)), present


def _person(acting: Actor) -> User:
    if acting.user is None:
        raise PermissionDenied("Members are changed by people only.")
    return acting.user


def _require_owner_for(acting: Actor, *roles: int) -> None:
    if Role.OWNER in roles and not acting.may(Role.OWNER):
        raise PermissionDenied("Only an owner may make, change or remove an owner.")


def _require_another_owner(member: Membership) -> None:
    if not _other_owners(member).exists():
        raise MemberRefused("A team needs an owner: make somebody else an owner first.")


def owned_by_nobody_else(person: User) -> list[Team]:
    """The teams that would be without an owner if the person could no longer sign in."""
    owned = Membership.objects.filter(user=person, role=Role.OWNER).select_related("team")
    return [member.team for member in owned if not _other_owners(member).exists()]


def _other_owners(member: Membership) -> QuerySet[Membership]:
    """Those who can sign in."""
    owners = Membership.objects.filter(team=member.team_id, role=Role.OWNER, user__is_active=True)
    return owners.exclude(pk=member.pk)


def _set_role(acting: Actor, member: Membership, role: Role) -> None:
    before = Role(member.role)
    Membership.objects.filter(pk=member.pk).update(role=role)
    about = {"member": member.user.email}
    record(
        acting,
        "member.role_changed",
        str(member.pk),
        before=about | {"role": before.label},
        after=about | {"role": role.label},
    )
    settle_rights(acting, member.user, role=role)


def _end(acting: Actor, member: Membership, action: str) -> None:
    if member.role == Role.OWNER:
        _require_another_owner(member)
    record(acting, action, str(member.pk), before={"member": member.user.email, "role": Role(member.role).label})
    Membership.objects.filter(pk=member.pk).delete()
    settle_rights(acting, member.user, role=None)


def settle_rights(acting: Actor, person: User, *, role: int | None) -> None:
    """Stop what somebody made that a ``role`` no longer allows; ``None`` is somebody outside, whose pages go silent."""
    if role is None:
        events.members_changed(acting.team.pk)
    if role is None or role < Role.ADMIN:
        _take_back_invitations(acting, person)
    if role is None or role < Role.CREATOR:
        # A key may do what a creator may: nobody keeps one that can do more than they can.
        keys.revoke_all(acting, of=person)


def _take_back_invitations(acting: Actor, inviter: User) -> None:
    """What a member left open is no way back in for somebody who was put out."""
    still_open = Invitation.objects.filter(team=acting.team, created_by=inviter, accepted_at=None, revoked_at=None)
    for invitation in still_open:
        record(acting, "invitation.revoked", invitation.id, before={"email": invitation.email})
    still_open.update(revoked_at=timezone.now())
