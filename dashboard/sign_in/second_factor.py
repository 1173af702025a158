"""Two-factor sign-in: how allauth keeps its secrets here, names passkeys, and asks for codes."""

from dataclasses import dataclass
from typing import Any

import qrcode
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.db import transaction
from qrcode.image.svg import SvgPathImage

from dashboard.accounts.models import User
from dashboard.sign_in import throttle
from dashboard.sign_in.audit_trail import note
from dashboard.sign_in.devices import device
from dashboard.ui.fields import LineField
from generation.database.encryption import cipher

WRONG = "This code is not right. Enter the one that your app shows now, or a recovery code that you have not used."
RIGHT_FOR = 90
"""Seconds that a code is accepted: its own half minute, and one for clocks that are ahead or behind."""
CREDENTIAL_MAX = 64 * 1024
"""Characters; a certificate that comes with a passkey has a few thousand."""
UNREADABLE = "What the passkey answered cannot be read. Try again, or sign in another way."
TOO_MANY = "There were too many wrong codes. Wait {wait}, then try again."


@dataclass(frozen=True)
class Factors:
    """What somebody has beside the password."""

    app: Authenticator | None
    passkeys: list[Authenticator]
    codes_left: int | None

    @property
    def are_on(self) -> bool:
        return bool(self.app or self.passkeys)


def second_factors(user: User) -> Factors:
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    one_of = {row.type: row for row in found}
    codes = one_of.get(Authenticator.Type.RECOVERY_CODES)
    return Factors(
        app=one_of.get(Authenticator.Type.TOTP),
        passkeys=[row for row in found if row.type == Authenticator.Type.WEBAUTHN],
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
    )


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG}

    def get_totp_issuer(self) -> str:
        return "Packshot"

    def build_totp_svg(self, url: str) -> str:
        """A drawing to put into the page itself."""
        return str(qrcode.make(url, image_factory=SvgPathImage, border=0).to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return device(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Packshot"}


def _code(help_text: str) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    missing = {"required": "Enter the code."}
    widget = forms.TextInput(attrs=attributes)
    return forms.CharField(label="Code", max_length=20, help_text=help_text, widget=widget, error_messages=missing)


class _Guessed:
    """Counts wrong codes, and says of too many what helps against them: a new password does not."""

    user: User

    def clean_code(self) -> str:
        try:
            attempt = throttle.attempt(context.request, "code", address=self.user.email)
        except throttle.TooManyFailures as error:
            raise forms.ValidationError(TOO_MANY.format(wait=error.wait_in_words)) from error
        code = str(super().clean_code())  # type: ignore[misc]
        attempt.give_back()
        return code


class _Once(_Guessed):
    """Takes a code once for as long as it could be right: allauth remembers it for half a minute only."""

    def clean_code(self) -> str:
        code = super().clean_code()
        digits = "".join(filter(str.isdigit, code))
        if not cache.add(f"second-factor-used:{self.user.pk}:{digits}", True, timeout=RIGHT_FOR):
            raise forms.ValidationError(WRONG)
        return code


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    code = _code("From your authenticator app, or one of your recovery codes.")


class CodeAgainForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    code = _code("From your authenticator app, or one of your recovery codes.")


class FirstCodeForm(_Guessed, ActivateTOTPForm):  # type: ignore[misc]
    code = _code("The six digits that the app shows now.")


def _name(**options: Any) -> LineField:
    help_text = "So that you know it again, e.g. by the device that keeps it."
    return LineField(label="Name", max_length=60, help_text=help_text, **options)


class _Credential(forms.JSONField):
    """What a browser says for a passkey."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)
        self.max_length = CREDENTIAL_MAX

    def to_python(self, value: Any) -> Any:
        if len(str(value)) > CREDENTIAL_MAX:  # before it is read, so no validator of what came out
            raise forms.ValidationError(UNREADABLE)
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:  # a number of thousands of digits
            raise forms.ValidationError(UNREADABLE) from error


class PasskeySecondForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = _Credential()


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    credential = _Credential()


class PasskeyAgainForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = _Credential()


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    credential = _Credential()
    name = _name(required=False)
    passwordless = forms.BooleanField(
        label="Sign in with it alone, without the password",
        required=False,
        initial=True,
        help_text="The device then asks for your finger, your face or its code. "
        "Leave it off for a security key that cannot: it serves as the second step.",
    )


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    name = _name(error_messages={"required": "Give the passkey a name."})

    @transaction.atomic
    def save(self) -> Authenticator:
        before = self.instance.wrap().name
        passkey: Authenticator = super().save()
        facts = {"before": {"name": before}, "after": {"name": self.cleaned_data["name"]}}
        note(context.request, passkey.user, "passkey.renamed", **facts)
        return passkey
