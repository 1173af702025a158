from typing import Any

from django import forms

from dashboard.accounts.models import INVITATION_DAYS, Role
from dashboard.ui.fields import MailAddressField

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


class InvitationForm(forms.Form):
    email = MailAddressField(
        label="Email",
        required=False,
        help_text="Leave empty for a link that the first person who has it may use.",
        error_messages={"invalid": "This is not a mail address."},
    )
    role = _role(INVITED_AS, initial=Role.CREATOR.value)
    days = forms.TypedChoiceField(
        label="Valid for",
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
