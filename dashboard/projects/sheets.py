"""Sheets of products, as people and shops have them: a table's rows in, products with their photos out.

A product of a shop is one product here. Rows of its variants and of its further pictures add photos to it; it keeps the
SKU of its first row, and a variant's photo says which variant it shows, its own SKU included.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dashboard.projects import photo_addresses
from dashboard.projects.columns import PROBLEM, PRODUCT, Columns
from dashboard.projects.forms import PHOTOS_MAX
from dashboard.projects.tables import Row, SheetRefused, Table
from dashboard.ui.csv import MARK, line, unguarded
from generation.plurals import counted
from generation.text import distinct, normalise
from generation.text import fold_for_uniqueness as fold

PHOTOS_IN_FILE = 20_000
NOTE_LENGTH = 120
_NO_VARIANT = {"", "default title", "default"}


@dataclass(frozen=True)
class SheetPhoto:
    url: str
    note: str = ""
    """What tells it from the product's others."""


@dataclass(frozen=True)
class SheetRow:
    """One product as the file names it: texts on one line, not yet checked."""

    line: int
    """Where it begins in the file; the first is line 1."""
    name: str = ""
    sku: str = ""
    photos: tuple[SheetPhoto, ...] = ()
    tags: tuple[str, ...] = ()
    product: str = ""
    """The id of a product in the library, in a file of ours."""


@dataclass(frozen=True)
class Sheet:
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]
    """What is not imported without being an error, a sentence each."""


def read(table: Table, columns: Columns) -> Sheet:
    """A table's products. Raises :class:`SheetRefused`."""
    builder = _Builder(columns)
    for row in _below(table, columns):
        builder.take(row)
    if not builder.drafts:
        raise SheetRefused("The file has a header, but no rows below it.")
    rows = tuple(draft.finished() for draft in builder.drafts)
    if sum(len(row.photos) for row in rows) > PHOTOS_IN_FILE:
        raise SheetRefused(
            f"The file names more than {PHOTOS_IN_FILE:,} photos. Split it and import the parts in turn."
        )
    return Sheet(rows, tuple(builder.notes()))


def _below(table: Table, columns: Columns) -> Iterator[Row]:
    for place, row in enumerate(table.rows()):
        if place > columns.header:
            yield row


@dataclass
class _Draft:
    """A product while its rows are read."""

    line: int
    name: str = ""
    sku: str = ""
    tags: list[str] = field(default_factory=list)
    photos: dict[str, str] = field(default_factory=dict)
    """What each shows, by its address."""
    variants: dict[str, set[str]] = field(default_factory=dict)
    """Which variants a photo is of."""
    product: str = ""

    def finished(self) -> SheetRow:
        photos = tuple(SheetPhoto(url, self._note(url)) for url in list(self.photos)[:PHOTOS_MAX])
        return SheetRow(self.line, self.name, self.sku, photos, tuple(distinct(self.tags)), self.product)

    def _note(self, url: str) -> str:
        """The variant that a photo shows, where it shows one alone; else what the sheet says of it."""
        variants = self.variants.get(url, set())
        note = next(iter(variants)) if len(variants) == 1 else self.photos[url]
        return "" if fold(note) == fold(self.name) else note[:NOTE_LENGTH]


class _Builder:
    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.drafts: list[_Draft] = []
        self._by_name: dict[str, _Draft] = {}
        """Under what further rows may call a product: its group, SKU or id."""
        self._variants = 0

    def take(self, row: Row) -> None:
        at, cells = row
        one = _Cells(cells, self.columns)
        draft = self._owner(one)
        if draft is None:
            draft = _Draft(at, product=one.text(self.columns.product))
            self.drafts.append(draft)
            self._by_name.update(dict.fromkeys(self._names(one), draft))
        elif one.sku and fold(one.sku) != fold(draft.sku):
            self._variants += bool(draft.sku)
        draft.name = draft.name or one.name
        draft.sku = draft.sku or one.sku
        draft.tags += one.tags
        for url, shows_variant in one.photos():
            draft.photos.setdefault(url, "" if shows_variant else one.alt)
            if shows_variant and (variant := one.variant(of=draft)):
                draft.variants.setdefault(url, set()).add(variant)

    def _owner(self, one: "_Cells") -> _Draft | None:
        """The product that a row adds to; ``None`` for one of its own."""
        if parent := one.text(self.columns.parent):
            return self._by_name.get(fold(parent))
        if group := one.text(self.columns.group):
            return self._by_name.get(f"group {fold(group)}")
        return self.drafts[-1] if self.columns.follows and not one.name and self.drafts else None

    def _names(self, one: "_Cells") -> Iterator[str]:
        if group := one.text(self.columns.group):
            yield f"group {fold(group)}"
        if self.columns.parent is not None:
            yield fold(one.sku)
            yield f"id:{one.text(self.columns.id)}"

    def notes(self) -> Iterator[str]:
        if self._variants:
            have = "has" if self._variants == 1 else "have"
            yield (
                f"{counted(self._variants, 'variant')} {have} an own SKU: a variant’s photos go to its product, which "
                "keeps the SKU of its first row."
            )
        more = sum(max(0, len(draft.photos) - PHOTOS_MAX) for draft in self.drafts)
        if more:
            yield f"{counted(more, 'photo')} left away: a product has at most {PHOTOS_MAX}."


class _Cells:
    """A row under the names of its columns."""

    def __init__(self, cells: list[str], columns: Columns) -> None:
        self._cells = cells
        self._columns = columns
        self.name = self.text(columns.title)
        skus = [sku for sku in self.text(columns.sku).split(",") if sku.strip()]
        # Etsy names all SKUs of a listing's variations in one cell.
        self.sku = skus[0].strip() if skus and columns.shop == "Etsy" else self.text(columns.sku)

    def text(self, place: int | None) -> str:
        return normalise(self._raw(place))

    def _raw(self, place: int | None) -> str:
        found = self._cells[place] if place is not None and place < len(self._cells) else ""
        # An apostrophe that somebody else wrote is part of the text.
        return unguarded(found) if self._columns.ours else found

    @property
    def tags(self) -> list[str]:
        words = map(normalise, re.split(r"[,;|]", self._raw(self._columns.tags)))
        return [word for word in words if word]

    @property
    def alt(self) -> str:
        return self.text(self._columns.alt)

    def photos(self) -> Iterator[tuple[str, bool]]:
        """Addresses, and whether each is of the row's variant."""
        of_variant = bool(self.text(self._columns.parent))
        for place in self._columns.photos:
            for url in photo_addresses.split(self._raw(place), media=self._columns.media):
                yield url, of_variant or place in self._columns.variant_photos

    def variant(self, *, of: _Draft) -> str:
        values = [self.text(place) for place in self._columns.variant]
        own = [self.sku] if fold(self.sku) != fold(of.sku) else []
        return " · ".join([*(value for value in values if fold(value) not in _NO_VARIANT), *own])


def write(rows: Iterable[tuple[SheetRow, str]]) -> str:
    """Rows and what is wrong with each, as a file that is read again when it is mended."""
    head = line(["name", "SKU", "image URL", "further image URLs", "tags", PRODUCT, "line", PROBLEM])
    lines = (
        line(
            [
                row.name,
                row.sku,
                row.photos[0].url if row.photos else "",
                " ".join(photo.url for photo in row.photos[1:]),
                ", ".join(row.tags),
                row.product,
                row.line,
                problem,
            ]
        )
        for row, problem in rows
    )
    return MARK + head + "".join(lines)
