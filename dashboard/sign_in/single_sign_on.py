"""Single sign-on: who an identity provider's person is here.

Once tied, a person is known by the provider's own name for them. Before that only a mail address that the provider
says is verified ties them to an account, or to an open invitation for it. Nobody else comes in.
"""

from typing import Any, NoReturn

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from dashboard.accounts import access
from dashboard.accounts.models import Invitation, User
from dashboard.members import invitations
from dashboard.members.actions import MemberRefused
from generation.network import addresses
from generation.text import normalise


class ByInvitation(DefaultSocialAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": "You have no password here. Choose one by mail first (“Forgotten password”), so that you can "
        "still sign in.",
    }

    def get_requests_session(self) -> requests.Session:
        """For discovery, tokens, keys and claims. The operator's own provider may be on a private network."""
        return addresses.open_session(trusted=[addresses.parse(settings.OIDC_URL).origin])

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        # A link starts this, and a foreign page can follow a link: it may sign somebody in, never tie accounts.
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            _refuse(request, "Single sign-on starts on the sign-in page.")

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        address = verified_address(sociallogin)
        user = User.objects.filter(email__iexact=address).first() if address else None
        return (user, address) if user and not _is_tied(user, sociallogin) else None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        if why := _fault(request, sociallogin):
            _refuse(request, why)
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        for one in sociallogin.email_addresses:
            # Some providers send the claim as text, of which "false" would count as true.
            one.verified = str(one.verified).lower() == "true"
        user: User = super().populate_user(request, sociallogin, data)
        user.name = normalise(str(data.get("name") or ""))[:100]
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Make the account and the membership, or neither."""
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
                invitation = _invitation(request, user.email)
                if invitation is None:
                    raise MemberRefused("This invitation can no longer be used. Ask for a new one.")
                member = invitations.accept(invitation, user=user, address=request.META.get("REMOTE_ADDR") or None)
        except MemberRefused as error:
            _refuse(request, str(error))
        request.session[access.TEAM_IN_SESSION] = member.team_id
        messages.success(request, f"Welcome to {member.team}.")
        sociallogin.state.pop("next", None)  # it may be the invitation's page, which is done with by now
        return user


def verified_address(sociallogin: SocialLogin) -> str:
    """The address that the provider vouches for; empty without one."""
    return next((str(one.email).lower() for one in sociallogin.email_addresses if one.verified), "")


def _is_tied(user: User, sociallogin: SocialLogin) -> bool:
    """Whether the account belongs to another person of this provider, who may have had the address before."""
    return bool(SocialAccount.objects.filter(user=user, provider=sociallogin.account.provider).exists())


def _invitation(request: HttpRequest, address: str) -> Invitation | None:
    """The invitation whose link was opened, else the newest open one for the address."""
    opened = invitations.remembered(request)
    return opened if opened and invitations.is_for(opened, address) else invitations.newest_for(address)


def _fault(request: HttpRequest, sociallogin: SocialLogin) -> str:
    """Why the provider's person cannot have an account; empty when they can."""
    address, name = verified_address(sociallogin), sociallogin.provider.name
    if not address:
        return f"Your mail address is not confirmed at {name}. Confirm it there, or sign in with your password."
    if User.objects.filter(email__iexact=address).exists():
        return f"The account of {address} belongs to another person at {name}. Ask the person who runs Packshot."
    if _invitation(request, address) is None:
        return f"Nobody has invited {address} yet. Ask an admin of your team for an invitation."
    return ""


def _refuse(request: HttpRequest, why: str) -> NoReturn:
    raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", {"why": why}, status=403))
