"""What the chosen presets leave open: each variable is asked once, and may differ for single products."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django import forms

from dashboard.presets.models import Preset
from dashboard.presets.variables import Variable, read
from dashboard.ui.fields import LineField

PALETTE = "palette"
"""Id of the page's list of the team's colours."""


@dataclass(frozen=True)
class Question:
    """A variable of one or more presets; those of the same name, kind and choices share the answer."""

    key: str
    variable: Variable
    presets: tuple[str, ...]

    @property
    def field(self) -> str:
        """The form's name for the answer that holds for every product."""
        return f"var.{self.key}"

    def field_of(self, product_id: str) -> str:
        """The form's name for the answer that holds for one product only."""
        return f"{self.field}.{product_id}"


def questions(presets: Iterable[Preset]) -> list[Question]:
    """Everything to ask, in the order of the presets."""
    uses: dict[tuple[object, ...], list[tuple[Preset, Variable]]] = {}
    for preset in presets:
        for variable in variables(preset):
            uses.setdefault((variable.name, variable.kind, variable.choices), []).append((preset, variable))
    by_key: dict[str, Question] = {}
    for same in uses.values():
        preset, first = same[0]
        variable = replace(first, required=any(other.required for _, other in same))
        key = variable.name
        if key in by_key:
            key = f"{variable.name}-{preset.pk}"
            variable = replace(variable, label=f"{variable.label} ({preset.name})"[:60])
        by_key[key] = Question(key, variable, tuple(user.pk for user, _ in same))
    return list(by_key.values())


def variables(preset: Preset) -> tuple[Variable, ...]:
    return read(preset.current.variables) if preset.current else ()


def field(question: Question, *, single: bool = False) -> forms.Field:
    """The field that asks; what it accepts is for ``dashboard.presets.variables.fill`` to say.

    With ``single`` it asks for one product's own answer, where nothing means the common one.
    """
    variable = question.variable
    return LineField(
        label=variable.label,
        help_text="" if single else variable.help,
        required=variable.required and not single,
        error_messages={"required": f"Fill in {variable.label}."},
        initial="" if single else variable.default,
        widget=_widget(variable, single=single),
    )


def _widget(variable: Variable, *, single: bool) -> forms.Widget:
    # The browser's own checks would speak another language than our sentences.
    attributes = {"placeholder": "Same as above"} if single else {}
    match variable.kind:
        case "choice":
            empty = [("", "Same as above")] if single else [] if variable.default else [("", "Choose…")]
            return forms.Select(choices=[*empty, *((choice, choice) for choice in variable.choices)])
        case "number":
            return forms.TextInput(attributes | {"inputmode": "decimal"})
        case "colour":
            return forms.TextInput(attributes | {"list": PALETTE})
    return forms.TextInput(attributes)
