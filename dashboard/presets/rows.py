"""The editor's rows of variables. Any row may be added or taken out, with and without JavaScript."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from dashboard.presets import variables
from dashboard.presets.variables import BadVariable, Variable
from dashboard.ui.fields import LineField, LinesField

Row = Mapping[str, Any]
"""What the fields of one row hold, as they were written."""
_INDEX = re.compile(r"v-(\d{1,3})-name\Z", re.ASCII)
KINDS = [("text", "Text"), ("choice", "Choice"), ("number", "Number"), ("colour", "Colour")]


class VariableForm(forms.Form):
    """One variable; whether its parts fit together is said by :class:`Variable` itself."""

    name = LineField(
        max_length=variables.NAME_MAX,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "placeholder": "season"}),
        error_messages={"required": "Give the variable a name, or remove it."},
    )
    kind = forms.ChoiceField(choices=KINDS)
    label = LineField(max_length=variables.LABEL_MAX, required=False, label="Label")
    default = LineField(max_length=variables.VALUE_MAX, required=False, label="Default")
    choices = LinesField(
        max_length=variables.CHOICES_MAX * (variables.VALUE_MAX + 2),
        required=False,
        label="Choices",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on each line.",
    )
    help = LineField(max_length=variables.HELP_MAX, required=False, label="Help")
    required = forms.BooleanField(required=False, label="Must be filled in")

    use_required_attribute = False

    def variable(self) -> Variable | None:
        """The row as a variable, or nothing and an error in the row."""
        if not self.is_valid():
            return None
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines()]
        offered = [line for line in lines if line] if self.cleaned_data["kind"] == "choice" else []
        try:
            return variables.read_one(self.cleaned_data | {"choices": offered})
        except BadVariable as error:
            self.add_error(None, str(error))
            return None


class VariableRows:
    """All rows of an editor."""

    def __init__(self, rows: Sequence[Row], *, bound: bool) -> None:
        """``bound`` rows say what is wrong with them."""
        self.given = rows
        self.forms = [VariableForm(prefix=f"v-{at}", **_given(at, row, bound=bound)) for at, row in enumerate(rows)]
        self.error = ""
        """What is wrong with all of them together."""

    def read(self) -> tuple[Variable, ...] | None:
        """The variables, or nothing and an error where it belongs."""
        read = [form.variable() for form in self.forms]
        whole = [variable for variable in read if variable]
        if len(whole) < len(read):
            return None
        try:
            return variables.check_all(whole)
        except BadVariable as error:
            self.error = str(error)
            return None


def _given(at: int, row: Row, *, bound: bool) -> dict[str, Any]:
    return {"data": {f"v-{at}-{name}": value for name, value in row.items()}} if bound else {"initial": row}


def posted(data: Mapping[str, str]) -> list[Row]:
    """The rows of a sent form, in their order on the page."""
    indexes = sorted(int(match[1]) for key in data if (match := _INDEX.match(key)))[: variables.VARIABLES_MAX + 1]
    return [
        {name: data.get(f"v-{at}-{name}", "") for name in VariableForm.base_fields if f"v-{at}-{name}" in data}
        for at in indexes
    ]


def stored(described: tuple[Variable, ...]) -> list[Row]:
    return [vars(variable) | {"choices": "\n".join(variable.choices)} for variable in described]


def changed(rows: list[Row], press: str) -> list[Row]:
    """The rows after a press of ``add``, ``add:NAME`` or ``remove:NUMBER``, the first being 0."""
    what, _, which = press.partition(":")
    if what == "add" and len(rows) < variables.VARIABLES_MAX:
        return [*rows, {"name": which, "kind": "text"}]
    if what == "remove" and which.isdecimal():
        return [row for at, row in enumerate(rows) if at != int(which)]
    return rows


def readable(given: Iterable[Row]) -> tuple[Variable, ...]:
    """Those rows that are variables already."""
    whole = [variable for row in given if (variable := VariableForm(row).variable())]
    return tuple({variable.name: variable for variable in whole}.values())
