"""What a template leaves open, and what may be filled in: text, one of a few choices, a number, a colour."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from PIL import ImageColor

from generation.errors import UserFacingError
from generation.text import normalise

Kind = Literal["text", "choice", "number", "colour"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PRODUCT = "product"
"""The one name that every template knows: the product's name."""

VARIABLES_MAX = 20
CHOICES_MAX = 30
NAME_MAX = 30
LABEL_MAX = 60
HELP_MAX = 200
VALUE_MAX = 300
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?\Z", re.ASCII)
_COLOUR = re.compile(r"(?:[^#()]{1,60} \()?#(?:[0-9a-f]{3}|[0-9a-f]{6})\)?\Z", re.IGNORECASE)


class BadVariable(UserFacingError):
    """A description that is no variable."""


class BadValues(UserFacingError):
    """Values that do not fit. ``errors`` has one sentence for each variable that is wrong, under its name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Variable:
    name: str
    kind: Kind
    label: str
    default: str = ""
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    """Only of kind ``choice``: what may be chosen."""

    def __post_init__(self) -> None:
        """Raises :class:`BadVariable`."""
        for fault in (_name_fault(self.name), _length_fault(self), _choice_fault(self)):
            if fault:
                raise BadVariable(fault)
        if self.default and (fault := _value_fault(self, self.default)):
            raise BadVariable(f"The default of {self.label} does not fit: {fault}")


def _name_fault(name: str) -> str:
    if not name:
        return "Give each variable a name."
    if not _NAME.match(name):
        return (
            f"“{name[:NAME_MAX]}” cannot be a variable's name. "
            "A name has small letters, digits and _ only, and begins with a letter."
        )
    if name == PRODUCT:
        return "“product” is taken: it always stands for the product's name."
    return f"The name {name[:NAME_MAX]}… is too long; at most {NAME_MAX} letters." if len(name) > NAME_MAX else ""


def _length_fault(variable: Variable) -> str:
    if variable.kind not in KINDS:
        return f"“{str(variable.kind)[:20]}” is no kind of variable; choose one of {', '.join(KINDS)}."
    if not 0 < len(variable.label) <= LABEL_MAX:
        return f"Give {variable.name} a label of 1 to {LABEL_MAX} letters."
    too_long = len(variable.help) > HELP_MAX
    return f"The help of {variable.label} has more than {HELP_MAX} letters. Say it shorter." if too_long else ""


def _choice_fault(variable: Variable) -> str:
    choices = variable.choices
    if variable.kind != "choice":
        return f"{variable.label} is not a choice and cannot have choices." if choices else ""
    if not 2 <= len(choices) <= CHOICES_MAX:
        return f"Give {variable.label} 2 to {CHOICES_MAX} choices."
    if len(set(choices)) < len(choices):
        return f"{variable.label} offers the same choice twice."
    fits = all(choice and not _text_fault(variable.label, choice) for choice in choices)
    return "" if fits else f"Each choice of {variable.label} has 1 to {VALUE_MAX} letters."


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Variable, ...]:
    """Variables as :func:`as_json` wrote them. Raises :class:`BadVariable`."""
    return check_all([read_one(row) for row in rows])


def check_all(variables: Sequence[Variable]) -> tuple[Variable, ...]:
    """The variables of one preset. Raises :class:`BadVariable` when they do not go together."""
    if len(variables) > VARIABLES_MAX:
        raise BadVariable(f"A preset has at most {VARIABLES_MAX} variables; these are {len(variables)}.")
    names = [variable.name for variable in variables]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadVariable(f"There are two variables called {twice}. Give each its own name.")
    return tuple(variables)


def read_one(row: Mapping[str, Any]) -> Variable:
    """A variable without a label is labelled by its name. Raises :class:`BadVariable`."""
    text = {name: normalise(str(row.get(name) or "")) for name in ("name", "kind", "label", "default", "help")}
    text["label"] = text["label"] or text["name"].replace("_", " ").capitalize()
    choices = tuple(normalise(str(choice)) for choice in row.get("choices") or ())
    kind: Any = text.pop("kind")
    return Variable(kind=kind, required=bool(row.get("required")), choices=choices, **text)


def as_json(variables: Iterable[Variable]) -> list[dict[str, Any]]:
    """For ``PresetVersion.variables``; what says nothing is left out."""
    return [_as_row(variable) for variable in variables]


def _as_row(variable: Variable) -> dict[str, Any]:
    row = asdict(variable) | {"choices": list(variable.choices)}
    return {field.name: row[field.name] for field in fields(variable) if row[field.name]}


def fill(variables: Iterable[Variable], given: Mapping[str, str]) -> dict[str, str]:
    """A value for each variable: what was given, else its default, else nothing. Raises :class:`BadValues`."""
    known = {variable.name: variable for variable in variables}
    errors = {name: f"This preset has no variable called “{name[:NAME_MAX]}”." for name in given if name not in known}
    values = {name: normalise(str(given.get(name) or "")) or variable.default for name, variable in known.items()}
    faults = {name: _fault(variable, values[name]) for name, variable in known.items()}
    errors |= {name: fault for name, fault in faults.items() if fault}
    if errors:
        raise BadValues(errors)
    return values


def _fault(variable: Variable, value: str) -> str:
    if not value:
        return f"Fill in {variable.label}." if variable.required else ""
    return _value_fault(variable, value)


def _value_fault(variable: Variable, value: str) -> str:
    label = variable.label
    shown = value if len(value) <= NAME_MAX else f"{value[:NAME_MAX]}…"
    match variable.kind:
        case "choice" if value not in variable.choices:
            return f"{label} cannot be “{shown}”; choose one of {', '.join(variable.choices)}."
        case "number" if not _NUMBER.match(value):
            return f"{label} must be a number such as 3 or 1.5, not “{shown}”."
        case "colour" if not is_colour(value):
            return f"{label} must be a colour such as #8aa887 or coral, not “{shown}”."
    return _text_fault(label, value)


def _text_fault(label: str, value: str) -> str:
    return f"{label} has {len(value):,} letters; at most {VALUE_MAX} fit." if len(value) > VALUE_MAX else ""


def is_colour(value: str) -> bool:
    """``#8aa887``, ``#8a8``, a colour's plain English name, or one of a palette: ``Sage (#8aa887)``."""
    return (bool(_COLOUR.match(value)) and value.count("(") == value.count(")")) or value.lower() in ImageColor.colormap
