"""What the page of the brand kit asks for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from dashboard.presets.brand import COLOURS_MAX, WORD_LENGTH, WORDS_MAX, BrandColour
from dashboard.presets.prompts import find_banned
from dashboard.ui.fields import LineField, LinesField
from generation.text import distinct, fold_for_uniqueness

_INDEX = re.compile(r"c-(\d{1,3})-name\Z", re.ASCII)
_HEX = re.compile(r"#[0-9a-f]{6}\Z", re.IGNORECASE | re.ASCII)
_AREA = {"rows": 3}
Row = Mapping[str, Any]


class WordsField(LinesField):
    """Words, one on each line."""

    def prepare_value(self, value: object) -> object:
        return "\n".join(value) if isinstance(value, list) else value


class BrandForm(forms.Form):
    prefix = LineField(  # type: ignore[assignment]  # a field; the form's own prefix stays None
        label="Before every prompt",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs=_AREA),
        help_text="For example: Premium product photograph, true colours.",
    )
    suffix = LineField(
        label="After every prompt",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs=_AREA),
        help_text="For example: Keep the label sharp and the shape exactly as it is.",
    )
    banned_words = WordsField(
        label="Banned words",
        max_length=2 * WORDS_MAX * WORD_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One on each line. A prompt with one of them is not sent, and says which.",
    )

    def clean_banned_words(self) -> list[str]:
        words = distinct(str(self.cleaned_data["banned_words"]).splitlines())
        if len(words) > WORDS_MAX:
            raise forms.ValidationError(f"At most {WORDS_MAX} words can be banned; these are {len(words)}.")
        long = next((word for word in words if len(word) > WORD_LENGTH), None)
        if long:
            raise forms.ValidationError(f"“{long[:WORD_LENGTH]}…” is longer than {WORD_LENGTH} letters.")
        return words

    def clean(self) -> dict[str, Any]:
        banned = self.cleaned_data.get("banned_words", [])
        for name in ("prefix", "suffix"):
            word = find_banned(self.cleaned_data.get(name, ""), banned)
            if word:
                self.add_error(name, f"“{word}” is among the banned words below. Say it in other words.")
        return self.cleaned_data


class ColourForm(forms.Form):
    name = LineField(max_length=40, error_messages={"required": "Give the colour a name, or remove it."})
    value = LineField(max_length=40, widget=forms.TextInput(attrs={"type": "color"}), label="BrandColour")

    use_required_attribute = False

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if set(name) & set("#()"):
            raise forms.ValidationError("A colour's name has no # and no brackets.")
        return name

    def clean_value(self) -> str:
        value = str(self.cleaned_data["value"])
        if not _HEX.match(value):
            raise forms.ValidationError("Write the colour as # and six digits, for example #8aa887.")
        return value.lower()


class Colours:
    """The rows of the palette."""

    def __init__(self, rows: Sequence[Row], *, bound: bool) -> None:
        """``bound`` rows say what is wrong with them."""
        self.forms = [ColourForm(prefix=f"c-{at}", **_given(at, row, bound=bound)) for at, row in enumerate(rows)]
        self.error = ""

    def read(self) -> list[BrandColour] | None:
        """The colours, or nothing and an error where it belongs."""
        whole = [BrandColour(**form.cleaned_data) for form in self.forms if form.is_valid()]
        names = [fold_for_uniqueness(colour.name) for colour in whole]
        if len(whole) > COLOURS_MAX:
            self.error = f"A palette has at most {COLOURS_MAX} colours; these are {len(whole)}."
        elif len(set(names)) < len(names):
            self.error = "Two colours have the same name. Give each its own."
        return None if self.error or len(whole) < len(self.forms) else whole


def _given(at: int, row: Row, *, bound: bool) -> dict[str, Any]:
    return {"data": {f"c-{at}-{name}": value for name, value in row.items()}} if bound else {"initial": row}


def posted(data: Mapping[str, str]) -> list[Row]:
    """The rows of a sent form, in their order on the page."""
    indexes = sorted(int(match[1]) for key in data if (match := _INDEX.match(key)))[: COLOURS_MAX + 1]
    return [{name: data.get(f"c-{at}-{name}", "") for name in ("name", "value")} for at in indexes]


def changed(rows: list[Row], press: str) -> list[Row]:
    """The rows after a press of ``add`` or ``remove:NUMBER``, the first being 0."""
    what, _, which = press.partition(":")
    if what == "add" and len(rows) < COLOURS_MAX:
        return [*rows, {"name": "", "value": "#8aa887"}]
    if what == "remove" and which.isdecimal():
        return [row for at, row in enumerate(rows) if at != int(which)]
    return rows
