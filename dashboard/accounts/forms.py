from typing import Any

from django import forms

from dashboard.accounts.models import INVITATION_DAYS, Role, User
from dashboard.accounts.names import one_line

INVITED_AS = [(role.value, str(role.label)) for role in (Role.VIEWER, Role.CREATOR, Role.ADMIN)]
INVITED_FOR = [(1, "1 day"), (7, "7 days"), (30, "30 days")]
WRONG_ROLE = {"invalid_choice": "Choose one of the roles shown.", "required": "Choose a role."}


def _role(choices: list[tuple[int, str]], **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=choices,
        coerce=lambda value: Role(int(value)),
        widget=forms.RadioSelect,
        error_messages=WRONG_ROLE,
        **options,
    )


class TeamNameForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Give the team a name.",
            "max_length": "A team's name has 1 to 80 characters.",
        },
    )

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Give the team a name.")
        return name


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="Email",
        required=False,
        help_text="Leave empty for a link that the first person who has it may use.",
        error_messages={"invalid": "This is not a mail address."},
    )
    role = _role(INVITED_AS, initial=Role.CREATOR.value)
    days = forms.TypedChoiceField(
        label="Works for",
        choices=INVITED_FOR,
        coerce=int,
        empty_value=INVITATION_DAYS,  # type: ignore[arg-type]  # the stubs know of texts only
        initial=INVITATION_DAYS,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the times shown."},
    )


class RoleForm(forms.Form):
    role = _role([])

    def __init__(self, data: Any = None, *, choices: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 narrows the type
        field.choices = choices


class NameForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        required=False,
        max_length=100,
        help_text="As your team knows you.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": "A name has up to 100 characters."},
    )

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class AddressForm(forms.Form):
    email = forms.EmailField(
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
