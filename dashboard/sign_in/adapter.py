"""How allauth behaves here."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import Form, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dashboard.accounts import access
from dashboard.accounts.models import User
from dashboard.members import invitations
from dashboard.members.actions import MemberRefused
from dashboard.sign_in import known_browsers, throttle

log = logging.getLogger(__name__)
TAKEN = "This address has an account already. Sign in with it instead."
TOO_MANY = "There were too many failed attempts. Wait {wait}, or choose a new password by mail."


@contextmanager
def mail_or_apology(request: HttpRequest, what: str) -> Iterator[None]:
    """Answer with a sentence when the mail server does not take what the block sends."""
    try:
        yield
    except (OSError, SMTPException) as error:
        log.warning("%s could not be mailed: %s", what, error)
        raise ImmediateHttpResponse(render(request, "account/no_mail.html", status=503)) from error


class TeamsOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: people come in through a team's invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_taken": TAKEN,
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Asked of who signs in, and of who shows once more who they are."""
        address = credentials.get("email") or credentials.get("username", "")
        try:
            attempt = throttle.attempt(request, "password", address=address)
        except throttle.TooManyFailures as error:
            raise ValidationError(TOO_MANY.format(wait=error.wait_in_words)) from error
        user: User | None = super().authenticate(request, **credentials)
        if user:
            attempt.give_back()
        return user

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        """Every way in leads here, once all steps are done."""
        response: HttpResponse = super().post_login(request, user, **facts)
        known_browsers.remember(request, response, user)
        return response

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
                    raise MemberRefused("This invitation can no longer be used. Ask for a new one.")
                member = invitations.accept(invitation, user=saved, address=request.META.get("REMOTE_ADDR") or None)
        except (MemberRefused, IntegrityError) as error:
            messages.error(request, str(error) if isinstance(error, MemberRefused) else TAKEN)
            raise ImmediateHttpResponse(redirect("account_login")) from error
        request.session[access.TEAM_IN_SESSION] = member.team_id
        messages.success(request, f"Welcome to {member.team}.")
        return saved

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Below the configured address: the request's ``Host`` is whatever somebody wrote into it."""
        link: str = super().get_reset_password_from_key_url(key)
        return settings.PUBLIC_URL + urlsplit(link).path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        with mail_or_apology(self.request, template_prefix):
            super().send_mail(template_prefix, email, context)
