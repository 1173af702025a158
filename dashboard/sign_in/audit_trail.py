"""How a person signs in, and changes of that, written into the audit log of each of their teams.

allauth makes these changes in its own views and tells of them by its signals only. Whoever is in no team is in no
team's log. A sign-in that fails changes nothing and is nobody's yet: the throttle stops it, and a stranger writes into
no team's chain.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib import messages
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from dashboard.accounts.access import Actor, memberships
from dashboard.accounts.models import Role, User
from dashboard.audit.record import record
from dashboard.sign_in.devices import device

Type = Authenticator.Type
ADDED = {Type.TOTP: "two_factor.switched_on", Type.WEBAUTHN: "passkey.added"}
REMOVED = {Type.TOTP: "two_factor.switched_off", Type.WEBAUTHN: "passkey.removed"}
"""Recovery codes come and go with them: only codes made anew are told of."""
TIED = "From now on you sign in with {name}. Your password here has ended, since your address was never confirmed."


def note(
    request: HttpRequest,
    user: User,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Record an action of the person about themselves, once for each team that they are in."""
    who, address = {"member": user.email}, request.META.get("REMOTE_ADDR") or None
    for member in memberships(user):
        acting = Actor(member.team, Role(member.role), user=user, address=address)
        # One at a time: each event waits for its own team's chain, and holds no other team's up.
        with transaction.atomic():
            record(acting, action, str(member.pk), before=who | (before or {}), after=who | (after or {}))


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    by = [str(one.get("type") or one["method"]) for one in get_authentication_records(request, user)]
    note(request, user, "person.signed_in", after={"by": by, "browser": device(request.headers.get("User-Agent", ""))})


@receiver(authenticator_added)
def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if action := ADDED.get(authenticator.type):
        note(request, user, action, after=_name_of(authenticator))


@receiver(authenticator_removed)
def _removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if action := REMOVED.get(authenticator.type):
        note(request, user, action, before=_name_of(authenticator))


@receiver(authenticator_reset)
def _renewed(request: HttpRequest, user: User, **_: Any) -> None:
    note(request, user, "recovery_codes.renewed")


@receiver(social_account_added)
def _tied(request: HttpRequest, sociallogin: Any, **_: Any) -> None:
    note(request, sociallogin.user, "single_sign_on.tied")
    if not sociallogin.user.has_usable_password():
        messages.warning(request, TIED.format(name=sociallogin.provider.name))


@receiver(social_account_removed)
def _untied(request: HttpRequest, socialaccount: Any, **_: Any) -> None:
    note(request, socialaccount.user, "single_sign_on.untied")


@receiver([password_changed, password_reset, password_set])
def _password(request: HttpRequest, user: User, **_: Any) -> None:
    note(request, user, "password.changed")


def _name_of(authenticator: Authenticator) -> dict[str, str]:
    return {"name": authenticator.wrap().name} if authenticator.type == Type.WEBAUTHN else {}
