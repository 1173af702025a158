"""A new password by mail. Nobody learns from it whether an address has an account."""

from typing import Any

from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm
from allauth.account.views import PasswordResetFromKeyView
from django.core.mail import get_connection
from django.http import HttpRequest, HttpResponse

from dashboard.sign_in import known_browsers, throttle
from dashboard.sign_in.adapter import mail_or_apology


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    def save(self, request: HttpRequest, **options: Any) -> str:
        if not self.users:
            # A mail server that is slow or away is so for everybody.
            with mail_or_apology(request, "the answer to an unknown address"), get_connection():
                pass
        email: str = super().save(request, **options)
        return email


class NewPassword(PasswordResetFromKeyView):  # type: ignore[misc]
    """Where the mail's link leads: whoever reads the person's mail is no stranger, whatever others have tried."""

    def form_valid(self, form: ResetPasswordKeyForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        throttle.forgive(self.reset_user.email)
        known_browsers.remember(self.request, response, self.reset_user)
        return response
