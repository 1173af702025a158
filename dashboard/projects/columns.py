"""Which column of a table holds what: recognised by its header, or as somebody of the team said once."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from dashboard.projects import photo_addresses
from dashboard.projects.shops import FURTHER, PLAIN, SHOPS, Shop, key
from dashboard.projects.tables import Row, Table

PROBLEM = "problem"
"""The column of our own files that says why a row was left out."""
PRODUCT = "product"
"""The column of our own files that names a product which is in the library already."""
_HEADER_WITHIN = 6
"""Rows in which a header is looked for: templates begin with lines of their own."""
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//\S+\.\S", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The places of what a product needs, counted from 0; ``None`` and ``()`` where a file does not have it."""

    header: int
    """The header's place among the rows that hold anything; -1 for a file without one."""
    title: int | None = None
    sku: int | None = None
    photos: tuple[int, ...] = ()
    tags: int | None = None
    group: int | None = None
    parent: int | None = None
    id: int | None = None
    product: int | None = None
    variant: tuple[int, ...] = ()
    variant_photos: tuple[int, ...] = ()
    alt: int | None = None
    shop: str = ""
    media: str = ""
    follows: bool = False
    ours: bool = False
    """Whether it is a file of rows that we left out, mended."""

    @property
    def complete(self) -> bool:
        return self.title is not None and bool(self.photos)

    def as_json(self) -> dict[str, Any]:
        values = ((one, getattr(self, one.name)) for one in fields(self))
        return {one.name: value for one, value in values if value != one.default}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        values: dict[str, Any] = {name: tuple(it) if isinstance(it, list) else it for name, it in kept.items()}
        return cls(**values)


def fingerprint(header: Iterable[str]) -> str:
    """The same for the same columns in the same order."""
    return hashlib.sha256("\n".join(key(cell) for cell in header).encode(errors="replace")).hexdigest()


def recognise(table: Table) -> Columns | None:
    """What a known header says; ``None`` if there is none."""
    found = [columns for place, row in enumerate(table.head[:_HEADER_WITHIN]) if (columns := _known(place, row))]
    return max(found, key=lambda columns: (columns.ours, bool(columns.shop)), default=None)


def _known(place: int, row: Row) -> Columns | None:
    keys = [key(cell) for cell in row[1]]
    if PROBLEM in keys and (ours := _plain(place, keys)):
        return replace(ours, ours=True, product=_place(keys, (PRODUCT,)))
    fitting = [shop for shop in SHOPS if set(shop.signature) <= set(_without_numbers(keys, shop))]
    if fitting:
        return _of_shop(place, keys, max(fitting, key=lambda shop: len(shop.signature)))
    return _plain(place, keys)


def _without_numbers(keys: list[str], shop: Shop) -> list[str]:
    return [*keys, *(re.sub(r"\d+$", "", one) for one in keys if re.sub(r"\d+$", "", one) in shop.photos)]


def _of_shop(place: int, keys: list[str], shop: Shop) -> Columns:
    return Columns(
        header=place,
        title=_place(keys, shop.title),
        sku=_place(keys, shop.sku),
        photos=_places(keys, shop.photos),
        tags=_place(keys, shop.tags),
        group=_place(keys, shop.group),
        parent=_place(keys, shop.parent),
        id=_place(keys, shop.id),
        variant=_places(keys, shop.variant),
        variant_photos=_places(keys, shop.variant_photos),
        alt=_place(keys, shop.alt),
        shop=shop.name,
        media=shop.media,
        follows=shop.follows,
    )


def _plain(place: int, keys: list[str]) -> Columns | None:
    """A list that people keep themselves."""
    photos = next((found for name in PLAIN["photos"] if (found := _places(keys, (name,)))), ())
    columns = Columns(
        header=place,
        title=_place(keys, PLAIN["title"]),
        sku=_place(keys, PLAIN["sku"]),
        photos=photos + _places(keys, FURTHER),
        tags=_place(keys, PLAIN["tags"]),
    )
    return columns if columns.complete else None


def _place(keys: list[str], names: tuple[str, ...]) -> int | None:
    """Of the first name that is there; a header that comes twice counts where it stands first."""
    return next((keys.index(name) for name in names if name in keys), None)


def _places(keys: list[str], names: tuple[str, ...]) -> tuple[int, ...]:
    """Of every name that is there, with its numbers."""
    return tuple(
        place for name in names for place, one in enumerate(keys) if re.fullmatch(rf"{re.escape(name)}\d*", one)
    )


def guess(table: Table) -> Columns:
    """What columns of an unknown header probably are, as a beginning for whoever says it."""
    head = table.head
    if not head or _has_address(head[0][1]):
        header, rows = -1, head
    else:
        header = next((place for place, (_, cells) in enumerate(head) if sum(map(bool, cells)) > 1), 0)
        rows = head[header + 1 :]
    keys = [key(cell) for cell in head[header][1]] if header >= 0 else []
    width = max((len(cells) for _, cells in head), default=0)
    photos = addressed(rows, width)
    title = _place(keys, PLAIN["title"])
    if title is None:
        title = next((place for place in range(width) if place not in photos), None)
    sku, tags = _place(keys, PLAIN["sku"]), _place(keys, PLAIN["tags"])
    pictures = tuple(
        place for place in photos if any(_PICTURE.search("".join(cells[place : place + 1])) for _, cells in rows)
    )
    return Columns(header=header, title=title, sku=sku, tags=tags, photos=pictures or tuple(photos[:1]))


def addressed(rows: Iterable[Row], width: int) -> list[int]:
    """The places of columns that hold web addresses."""
    return [place for place in range(width) if any(_has_address(cells[place : place + 1]) for _, cells in rows)]


def _has_address(cells: list[str]) -> bool:
    return any(_ADDRESS.match(one) for cell in cells for one in photo_addresses.split(cell))
