"""What keeps a row of a file from becoming a product, in plain sentences."""

from collections.abc import Mapping

from dashboard.accounts.models import Team
from dashboard.projects.forms import TAG_LENGTH, TAGS_MAX
from dashboard.projects.models import Product
from dashboard.projects.sheets import SheetRow
from generation.media.folder_storage import own_links
from generation.network import addresses

NAME_LENGTH = 120
SKU_LENGTH = 60
URL_LENGTH = 2000


def problems(rows: list[SheetRow], *, library: Mapping[str, str]) -> dict[int, str]:
    """What is wrong, by line. ``library`` names the team's products by their SKU in lower case."""
    seen: dict[str, int] = {}
    found = {}
    for row in rows:
        sku = row.sku.lower()
        said = [*_of_texts(row), *_of_sku(row.sku, taken=library.get(sku), line=seen.get(sku))]
        if said:
            found[row.line] = " ".join(said)[:300]
        if sku:
            seen.setdefault(sku, row.line)
    return found


def library_of(team: Team) -> dict[str, str]:
    rows = Product.objects.filter(team=team, archived_at=None).exclude(sku="").values_list("sku", "name")
    return {sku.lower(): name for sku, name in rows}


def _of_sku(sku: str, *, taken: str | None, line: int | None) -> list[str]:
    if not sku:
        return []
    if taken is not None:
        return [f"{taken} has the SKU {sku} already."]
    return [f"Line {line} has the SKU {sku} too."] if line is not None else []


def _of_texts(row: SheetRow) -> list[str]:
    said = [] if row.name else ["The name is missing."]
    for label, text, longest in (("name", row.name, NAME_LENGTH), ("SKU", row.sku, SKU_LENGTH)):
        if len(text) > longest:
            said.append(f"The {label} has {len(text)} characters; at most {longest} fit.")
    if len(row.tags) > TAGS_MAX or any(len(tag) > TAG_LENGTH for tag in row.tags):
        said.append(f"A product has at most {TAGS_MAX} tags of {TAG_LENGTH} characters each.")
    return [*said, *_of_url(row.url)]


def _of_url(url: str) -> list[str]:
    return [problem] if (problem := wrong_with_address(url)) else []


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
        return "The image URL is not a whole web address; it begins with https://."
    return ""
