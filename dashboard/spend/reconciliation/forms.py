from typing import Any

from django import forms

from dashboard.ui.fields import LineField
from generation.models import Reconciliation
from generation.plurals import counted

Verdict = Reconciliation.Verdict
_REASON = Reconciliation._meta.get_field("reason").max_length
_CHOOSE = "Choose what it was."


class SettleForm(forms.Form):
    """A person's answer to a drift."""

    verdict = forms.ChoiceField(
        label="What was it?",
        widget=forms.RadioSelect,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )
    grant = forms.BooleanField(required=False)
    reason = LineField(
        max_length=_REASON,
        help_text="Kept with the reading and in the audit log.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Say why, so that everybody can read it later.",
            "max_length": f"A reason has up to {_REASON} characters.",
        },
    )

    def __init__(self, data: Any = None, *, reading: Reconciliation) -> None:
        super().__init__(data, auto_id=f"id_{reading.pk}_%s")
        more = "more" if reading.drift > 0 else "less"
        amount = counted(abs(reading.drift), "credit")
        choices = [(Verdict.ADJUSTED.value, f"The team spent {amount} {more}: adjust")]
        if reading.drift < 0:
            choices.append((Verdict.TOP_UP.value, "A top-up"))
            self.fields["grant"].label = f"After a top-up, also grant the team {amount}"
        else:
            del self.fields["grant"]
        verdict = self.fields["verdict"]
        assert isinstance(verdict, forms.ChoiceField)  # noqa: S101 narrows the type
        verdict.choices = [*choices, (Verdict.EXPLAINED.value, "Something else, and all is well")]
