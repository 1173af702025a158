from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership
from dashboard.projects.models import Project
from dashboard.spend.fields import WholeNumber
from generation.credits.caps import MOST
from generation.database.folded_columns import by_text
from generation.models import Cap

TEAM = "team"
LONGEST_RAISE = timedelta(days=366)
NOT_OURS = "Choose the team, one of its open projects or one of its members."


def _credits(*, least: int, below: str, label: str = "Credits", help_text: str = "") -> WholeNumber:
    return WholeNumber(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "Say how many credits.",
            "invalid": "Write the credits as a whole number without points or commas, such as 1500.",
            "min_value": below,
            "max_value": f"That is more than the {MOST:,} credits that a cap can hold.",
        },
    )


class AmountForm(forms.Form):
    """How much a cap allows, and when people hear that it is nearly used up."""

    credits = _credits(least=0, below="A cap cannot be less than nothing; 0 stops everything.")
    warn_at = WholeNumber(
        label="Warn at, in per cent",
        min_value=1,
        max_value=100,
        initial=80,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Of what is allowed. Admins and the member concerned are told once a period.",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Warn at a whole number from 1 to 100 per cent."
        ),
    )


class CapForm(AmountForm):
    """A new cap of the team, a project or a member."""

    whose = forms.ChoiceField(
        help_text="A member's cap also counts what their API keys spend.",
        error_messages={"required": NOT_OURS, "invalid_choice": NOT_OURS},
    )
    period = forms.ChoiceField(
        choices=Cap.Period.choices,
        initial=Cap.Period.MONTH,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose every month or in all."),
    )
    field_order = ["whose", "period", "credits", "warn_at"]

    def __init__(self, data: Any = None, *, acting: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        projects = Project.objects.filter(team=acting.team, archived_at=None).order_by(by_text(), "id")
        members = Membership.objects.filter(team=acting.team).select_related("user").order_by("user__email")
        self._projects = {f"project:{row.pk}": row for row in projects}
        self._members = {f"member:{row.user_id}": row.user for row in members}
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 narrows the type
        field.choices = [
            (TEAM, f"All of {acting.team}"),
            ("Projects", [(value, str(row)) for value, row in self._projects.items()]),
            ("Members", [(value, str(row)) for value, row in self._members.items()]),
        ]

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        whose = asked.pop("whose", "")
        return asked | {"project": self._projects.get(whose), "member": self._members.get(whose)}


class RaiseForm(forms.Form):
    """Credits on top, up to the end of a day where the team is."""

    credits = _credits(least=1, below="A raise adds at least 1 credit.", label="Credits on top")
    until = forms.DateField(
        label="Through",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="To the end of this day; then the cap is what it was.",
        error_messages=dict.fromkeys(("required", "invalid"), "Choose the last day of the raise."),
    )

    def __init__(self, data: Any = None, *, cap: Cap, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(data, auto_id="raise_%s", **options)
        self._cap, self._zone = cap, zone

    def clean_credits(self) -> int:
        credits: int = self.cleaned_data["credits"]
        if self._cap.credits + credits > MOST:
            raise forms.ValidationError(f"With the raise the cap would allow more than {MOST:,} credits.")
        return credits

    def clean_until(self) -> datetime:
        until: date = self.cleaned_data["until"]
        today = timezone.now().astimezone(self._zone).date()
        if until < today:
            raise forms.ValidationError("This day is over; choose today or a later one.")
        if until > today + LONGEST_RAISE:
            raise forms.ValidationError("A raise ends within a year. For longer, change the cap itself.")
        return datetime.combine(until + timedelta(days=1), time(), self._zone)
