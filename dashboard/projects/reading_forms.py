"""How a sheet is to be read: in which encoding, from which worksheet, and which column is which."""

from dataclasses import replace
from typing import Any

from django import forms

from dashboard.projects.columns import Columns, addressed, guess, recognise
from dashboard.projects.encodings import KNOWN, Reading
from dashboard.projects.tables import Table
from dashboard.ui.filters import VALUE_MAX

SHOWN_ROWS = 5
_SINGLE = ("title", "sku", "tags", "group")
_SAMPLE = 24
NOT_THERE = {"invalid_choice": "The file has no such column; choose another."}


class EncodingForm(forms.Form):
    """Each choice shows how names of the file read in it."""

    encoding = forms.ChoiceField(
        label="How do these names read rightly?",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how the file is read."),
    )

    def __init__(self, *args: Any, readings: tuple[Reading, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["encoding"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 narrows the type
        choice.choices = [(one.encoding, f"{' · '.join(one.samples)} — {KNOWN[one.encoding]}") for one in readings]


class ColumnsForm(forms.Form):
    """Which column of a table holds what."""

    sheet = forms.CharField(max_length=VALUE_MAX, required=False, widget=forms.HiddenInput)
    title = forms.ChoiceField(
        label="Name", error_messages={"required": "Choose the column with the products’ names.", **NOT_THERE}
    )
    photos = forms.MultipleChoiceField(
        label="Addresses of photos",
        widget=forms.CheckboxSelectMultiple,
        help_text="The first is the main photo. A cell may hold several addresses.",
        error_messages={
            "required": "Choose at least one column with addresses of photos.",
            "invalid_choice": NOT_THERE["invalid_choice"],
        },
    )
    sku = forms.ChoiceField(label="SKU", required=False, error_messages=NOT_THERE)
    tags = forms.ChoiceField(required=False, error_messages=NOT_THERE)
    group = forms.ChoiceField(
        label="Rows of one product share",
        required=False,
        help_text="Where a product has several rows, such as a handle: their photos become its photos.",
        error_messages=NOT_THERE,
    )

    def __init__(self, data: Any = None, *, table: Table) -> None:
        self.columns = recognise(table) or guess(table)
        super().__init__(data, initial=self._beginning(table))
        self.table = table
        choices = [(str(place), label) for place, label in self.labels().items()]
        below = table.head[self.columns.header + 1 :]
        offered = {*addressed(below, self.width), *self.columns.photos} or set(self.labels())
        for name in (*_SINGLE, "photos"):
            choice = self.fields[name]
            assert isinstance(choice, forms.ChoiceField)  # noqa: S101 narrows the type
            choice.choices = choices if choice.required else [("", "None"), *choices]
            if name == "photos":
                choice.choices = [(place, label) for place, label in choices if int(place) in offered]

    def _beginning(self, table: Table) -> dict[str, Any]:
        told = {name: getattr(self.columns, name) for name in _SINGLE}
        return {**told, "photos": list(self.columns.photos), "sheet": table.name}

    def labels(self) -> dict[int, str]:
        """The columns that hold anything: their header, and what stands below it first."""
        header = self.header
        found = {}
        for place in range(self.width):
            sample = next((cells[place] for cells in self.rows if place < len(cells) and cells[place].strip()), "")
            title = " ".join(header[place].split()) if place < len(header) else ""
            if title or sample:
                shown = " ".join(sample.split())
                # The end of an address says more than its server.
                short = f"…{shown[1 - _SAMPLE :]}" if "//" in shown and len(shown) > _SAMPLE else shown[:_SAMPLE]
                found[place] = f"{(title or f'Column {place + 1}')[:_SAMPLE]}{f' · {short}' if short else ''}"
        return found

    @property
    def header(self) -> list[str]:
        return self.table.head[self.columns.header][1] if self.columns.header >= 0 else []

    @property
    def rows(self) -> list[list[str]]:
        """The first rows below the header."""
        return [cells for _, cells in self.table.head[self.columns.header + 1 :]][:SHOWN_ROWS]

    @property
    def width(self) -> int:
        return max(len(cells) for _, cells in self.table.head)

    def told(self) -> Columns:
        """What was chosen. What the header tells besides stays, if it is a known one."""
        given = self.cleaned_data
        places: dict[str, Any] = {name: int(given[name]) if given[name] else None for name in _SINGLE}
        return replace(self.columns, photos=tuple(map(int, given["photos"])), **places)
