from typing import Any

from django import forms

from dashboard.accounts.models import Team
from dashboard.accounts.order_tokens import MISSING, token_in
from dashboard.spend.fields import WholeNumber
from dashboard.ui.fields import LineField
from generation.credits.caps import MOST
from generation.models import Job, LedgerEntry

_WHY = LedgerEntry._meta.get_field("reason").max_length


def _credits(**options: Any) -> WholeNumber:
    most = f"That is more than the {MOST:,} credits that one entry may change."
    errors = {
        "required": "Say how many credits.",
        "invalid": "Give a whole number of credits.",
        "max_value": most,
        "min_value": most,
    }
    return WholeNumber(
        label="Credits",
        max_value=MOST,
        error_messages=errors | options.pop("error_messages", {}),
        widget=forms.NumberInput(attrs={"autocomplete": "off"}),
        **options,
    )


class _Correction(forms.Form):
    reason = LineField(
        max_length=_WHY,
        help_text="Everybody who reads the ledger reads this.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Say why, so that everybody can read it in the ledger.",
            "max_length": f"A reason has up to {_WHY} characters.",
        },
    )

    def clean(self) -> dict[str, Any]:
        if not token_in(self.data):
            raise forms.ValidationError(MISSING)
        return self.cleaned_data


class RefundForm(_Correction):
    credits = _credits(min_value=1, error_messages={"min_value": "A refund gives back at least one credit."})
    field_order = ("credits", "reason")


class AdjustForm(_Correction):
    figure = forms.ChoiceField(
        label="What to put right",
        choices=[("spent", "What was spent"), ("granted", "What was granted")],
        initial="spent",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what to put right.", "invalid_choice": "Choose what to put right."},
    )
    credits = _credits(min_value=-MOST, help_text="A minus makes it less.")
    job = LineField(
        required=False,
        max_length=60,
        help_text="Its id, where the correction belongs to one.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "job_…"}),
        error_messages={"max_length": "This is not a job of your team."},
    )
    field_order = ("figure", "credits", "job", "reason")

    def __init__(self, data: Any = None, *, team: Team, **options: Any) -> None:
        self._team = team
        super().__init__(data, **options)

    def clean_credits(self) -> int:
        credits: int = self.cleaned_data["credits"]
        if not credits:
            raise forms.ValidationError("Nothing would change. Give a number other than 0.")
        return credits

    def clean_job(self) -> Job | None:
        given = self.cleaned_data["job"]
        found = Job.objects.filter(team=self._team, pk=given).first() if given else None
        if given and not found:
            raise forms.ValidationError("This is not a job of your team.")
        return found

    @property
    def amounts(self) -> dict[str, int]:
        """``spent`` and ``granted``, one of them 0."""
        return {
            name: self.cleaned_data["credits"] * (name == self.cleaned_data["figure"]) for name in ("spent", "granted")
        }
