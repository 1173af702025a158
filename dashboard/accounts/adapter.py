"""How allauth behaves here."""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import Form, ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect, render

from dashboard.accounts import access, invitations
from dashboard.accounts.members import Refused
from dashboard.accounts.models import User

log = logging.getLogger(__name__)
TAKEN = "This address has an account already. Sign in with it instead."
TOO_MANY = "There were too many failed attempts. Wait five minutes, or choose a new password by mail."


class TeamsOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: people come in through a team's invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_MANY,
        "email_taken": TAKEN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitations.remembered(request) is not None

    def validate_unique_email(self, email: str) -> str:
        """Asked of who signs up by a form."""
        invitation = invitations.remembered(self.request)
        if invitation and not invitations.is_for(invitation, email):
            raise ValidationError(f"This invitation is for {invitation.email}. Use that address, or ask for another.")
        return email

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Make the account and the membership, or neither."""
        invitation = invitations.remembered(request)
        user.name = form.cleaned_data.get("name", "")
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, commit)
                if invitation is None:
                    raise Refused("This invitation can no longer be used. Ask for a new one.")
                member = invitations.accept(invitation, user=saved, address=request.META.get("REMOTE_ADDR") or None)
        except (Refused, IntegrityError) as error:
            messages.error(request, str(error) if isinstance(error, Refused) else TAKEN)
            raise ImmediateHttpResponse(redirect("account_login")) from error
        request.session[access.TEAM_IN_SESSION] = member.team_id
        messages.success(request, f"Welcome to {member.team}.")
        return saved

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Below the configured address: the request's ``Host`` is whatever somebody wrote into it."""
        link: str = super().get_reset_password_from_key_url(key)
        return settings.PUBLIC_URL + urlsplit(link).path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            log.warning("%s could not be mailed: %s", template_prefix, error)
            raise ImmediateHttpResponse(render(self.request, "account/no_mail.html", status=503)) from error
