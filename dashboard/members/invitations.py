"""Ways into a team: made by admins, accepted once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import INVITATION_DAYS, Invitation, Membership, Role, Team, User
from dashboard.audit.record import record
from dashboard.members.actions import MemberRefused

IN_SESSION = "invitation"
"""Where a visitor's session keeps the id of the invitation whose link was opened."""
LATELY = ((timedelta(hours=1), 60, "an hour"), (timedelta(days=1), 200, "a day"))
"""Invitations that one person may make within a time: anybody may make a team, and each one may send a mail."""
OPEN = 200
"""Invitations of one team that nobody has accepted or taken back."""


def invite(acting: Actor, *, email: str, role: Role, days: int = INVITATION_DAYS) -> tuple[Invitation, str]:
    """Make an invitation, in place of an open one for the same address. Raises :class:`MemberRefused`.

    An empty ``email`` invites whoever has the link. The second value is the token, which cannot be had again.
    """
    acting.require(Role.ADMIN)
    if acting.user is None or role >= Role.OWNER:
        raise MemberRefused("People are invited as viewer, creator or admin.")
    email = email.strip().lower()
    _refuse_member(acting, email)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        # Others of the same person or team wait, so that they are counted.
        User.objects.select_for_update().get(pk=acting.user.pk)
        Team.objects.select_for_update().get(pk=acting.team.pk)
        for former in pending(acting).filter(email=email) if email else ():
            revoke(acting, former)
        _refuse_flood(acting, acting.user)
        row = Invitation.objects.create(
            team=acting.team,
            email=email,
            role=role,
            digest=_digest(token),
            created_by=acting.user,
            expires_at=timezone.now() + timedelta(days=days),
        )
        after = {"email": email, "role": role.label, "days": days}
        record(acting, "invitation.made", row.id, after=after)
    return row, token


def _refuse_member(acting: Actor, email: str) -> None:
    if acting.user and email == acting.user.email.lower():
        raise MemberRefused("You are in this team already.")
    member = Membership.objects.filter(team=acting.team, user__email__iexact=email).select_related("user").first()
    if email and member:
        raise MemberRefused(f"{member.user} is in this team already, as {Role(member.role).label.lower()}.")


def _refuse_flood(acting: Actor, inviter: User) -> None:
    now = timezone.now()
    for time, most, words in LATELY:
        if Invitation.objects.filter(created_by=inviter, created_at__range=(now - time, now)).count() >= most:
            raise MemberRefused(f"You made {most} invitations within {words}. Go on in {words}.")
    if pending(acting).count() >= OPEN:
        raise MemberRefused(f"{OPEN} invitations of this team are open. Withdraw those that nobody will use.")


def pending(acting: Actor) -> QuerySet[Invitation]:
    """What was neither accepted nor revoked, newest first; some of it may have expired."""
    rows = Invitation.objects.filter(team=acting.team, accepted_at=None, revoked_at=None)
    return rows.select_related("created_by").order_by("-id")


def revoke(acting: Actor, invitation: Invitation) -> bool:
    """``False`` when it was revoked or accepted before."""
    acting.require(Role.ADMIN)
    with transaction.atomic():
        if not _unused(invitation).update(revoked_at=timezone.now()):
            return False
        about = {"email": invitation.email, "role": Role(invitation.role).label}
        record(acting, "invitation.revoked", invitation.id, before=about)
    return True


def link(token: str) -> str:
    return settings.PUBLIC_URL + reverse("invitation", args=[token])


def opened(request: HttpRequest, token: str) -> Invitation | None:
    """The invitation of a link; the session remembers it until somebody has signed up."""
    invitation = _rows().filter(digest=_digest(token)).first()
    if invitation:
        request.session[IN_SESSION] = invitation.id
    return invitation


def remembered(request: HttpRequest) -> Invitation | None:
    """The invitation that this visitor opened, while it can be accepted."""
    found = _rows().filter(pk=request.session.get(IN_SESSION)).first()
    return found if found and not fault(found) else None


def newest_for(email: str) -> Invitation | None:
    """The newest open invitation of an address, by whichever team."""
    rows = _rows().filter(email=email.strip().lower(), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return rows.order_by("-id").first() if email else None


def fault(invitation: Invitation) -> str:
    """Why nobody can accept it; empty while somebody can."""
    ask = f"Ask {invitation.created_by} for a new one."
    if invitation.accepted_at:
        return f"This invitation was used already, and each works once. {ask}"
    if invitation.revoked_at:
        return f"This invitation was taken back. {ask}"
    return f"This invitation has expired. {ask}" if invitation.is_expired else ""


def is_for(invitation: Invitation, email: str) -> bool:
    return invitation.email in {"", email.strip().lower()}


def accept(invitation: Invitation, *, user: User, address: str | None) -> Membership:
    """Make the user a member. Raises :class:`MemberRefused`, and then the invitation stays as it was."""
    if not is_for(invitation, user.email):
        raise MemberRefused(f"This invitation is for {invitation.email}, and you are signed in as {user.email}.")
    with transaction.atomic():
        now = timezone.now()
        if not _unused(invitation, now=now).update(accepted_at=now, accepted_by=user):
            invitation.refresh_from_db()
            raise MemberRefused(fault(invitation))
        role = Role(invitation.role)
        member, is_new = Membership.objects.get_or_create(team=invitation.team, user=user, defaults={"role": role})
        if not is_new:
            raise MemberRefused(f"You are in {invitation.team} already.")
        after = {"member": user.email, "role": role.label, "invited_by": invitation.created_by.email}
        record(
            Actor(invitation.team, role, user=user, address=address), "invitation.accepted", invitation.id, after=after
        )
    return member


def _rows() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("team", "created_by")


def _unused(invitation: Invitation, *, now: datetime | None = None) -> QuerySet[Invitation]:
    in_time = Q(expires_at__gt=now) if now else Q()
    return Invitation.objects.filter(in_time, pk=invitation.pk, accepted_at=None, revoked_at=None)


def _digest(token: str) -> str:
    """SHA-256 suffices, as for API keys: a token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
