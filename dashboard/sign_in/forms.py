from typing import Any

from django import forms

from dashboard.accounts.models import User
from dashboard.ui.fields import LineField, MailAddressField


class NameForm(forms.Form):
    name = LineField(
        label="Your name",
        required=False,
        max_length=100,
        help_text="As your team knows you.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": "A name has up to 100 characters."},
    )


class AddressForm(forms.Form):
    email = MailAddressField(
        label="New mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Enter the new address.", "invalid": "This is not a mail address."},
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NameAtSignUp(NameForm):
    """What the sign-up form asks for beyond allauth's address and password."""

    field_order = ["name", "email", "password1"]

    def signup(self, request: Any, user: User) -> None:
        """Nothing is left to do: the adapter saves the name with the user."""
