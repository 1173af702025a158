"""What keeps a row of a file from becoming a product, in plain sentences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.accounts.models import Team
from dashboard.projects import details, photo_addresses
from dashboard.projects.models import Product
from dashboard.projects.sheets import SheetRow
from generation.media.folder_storage import own_links
from generation.network import addresses
from generation.text import fold_for_uniqueness as fold

URL_LENGTH = 2000
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d{2,}", re.IGNORECASE)
"""A long number as spreadsheets write it once they have taken it for one."""


@dataclass(frozen=True)
class Known:
    """A product of the library, as far as a sheet may name it again."""

    id: str
    name: str
    sku_key: str


class Library:
    """The team's products, to be found by what a sheet says of them."""

    def __init__(self, team: Team) -> None:
        rows = Product.objects.filter(team=team, archived_at=None).values_list("pk", "name", "sku_key")
        self._by_id = {pk: Known(pk, name, sku_key) for pk, name, sku_key in rows}
        self._by_sku = {known.sku_key: known for known in self._by_id.values() if known.sku_key}
        self._by_name: dict[str, list[Known]] = {}
        for known in self._by_id.values():
            if not known.sku_key:
                self._by_name.setdefault(fold(known.name), []).append(known)

    def with_sku(self, sku: str) -> Known | None:
        return self._by_sku.get(fold(sku)) if sku else None

    def same(self, row: SheetRow) -> list[Known]:
        """What the row may be: the product that it names, the one of its SKU and name, or those of its name alone."""
        if row.product in self._by_id:
            return [self._by_id[row.product]]
        if row.sku:
            known = self.with_sku(row.sku)
            return [known] if known and fold(known.name) == fold(row.name) else []
        return self._by_name.get(fold(row.name), [])


def problems(rows: Iterable[SheetRow], *, library: Library) -> dict[int, str]:
    """What keeps rows from becoming products, by line; what is wrong with single photos is not among it."""
    seen: dict[str, int] = {}
    found = {}
    for row in rows:
        sku = fold(row.sku)
        said = [*_of_texts(row), *_of_sku(row, taken=library.with_sku(row.sku), line=seen.get(sku))]
        if said:
            found[row.line] = " ".join(said)[:300]
        if sku:
            seen.setdefault(sku, row.line)
    return found


def _of_sku(row: SheetRow, *, taken: Known | None, line: int | None) -> list[str]:
    if not row.sku:
        return []
    if line is not None:
        return [f"Line {line} has the SKU {row.sku} too."]
    if taken is not None and taken.id != row.product and fold(taken.name) != fold(row.name):
        return [details.taken(taken.name, row.sku)]
    if _ROUNDED.fullmatch(row.sku):
        return [f"A spreadsheet has rounded the SKU to {row.sku}. Format the column as text and put the SKU in again."]
    return []


def _of_texts(row: SheetRow) -> list[str]:
    said = list(details.faults(details.Details(name=row.name, sku=row.sku, tags=row.tags)).values())
    if not row.photos:
        said.append("The image URL is missing.")
    elif not any(not wrong_with_address(photo.url) for photo in row.photos):
        said.append(wrong_with_address(row.photos[0].url))
    return said


def wrong_with_address(url: str) -> str:
    """Why nothing can be fetched from an address, as far as it shows; nothing where it is worth a try."""
    if not url:
        return "The image URL is missing."
    if len(url) > URL_LENGTH:
        return f"The image URL has {len(url)} characters; at most {URL_LENGTH} fit."
    try:
        addresses.check(url, trusted=own_links())
    except addresses.NotPublic:
        return "The image URL is not on the public internet."
    except addresses.AddressRefused:
        return photo_addresses.why_not_whole(url)
    return ""
