"""A list's filters as its address holds them: one value each, and empty means all."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.validators import slug_re
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from generation.database.folded_columns import by_text
from generation.text import fold_for_search

Key = TypeVar("Key")
VALUE_MAX = 200
CHOICES_MAX = 200
"""Values that a menu offers."""
NUMBER_MAX = 10**15
_SHORT = "%-d %b %Y"


def identifier(text: str) -> str:
    """``text`` if it can be an id at all, else nothing: PostgreSQL refuses to compare some characters."""
    return text if len(text) <= VALUE_MAX and slug_re.match(text) else ""


def whole_number(text: str, *, at_most: int = NUMBER_MAX) -> int | None:
    """The number in plain digits, if every database can compare it."""
    is_plain = text.isascii() and text.isdecimal() and len(text) <= len(str(at_most))
    return int(text) if is_plain and int(text) <= at_most else None


def read_day(text: str) -> date | None:
    """An ISO day that one may still count some years from, in either direction."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 1980 <= found.year < 9990 else None


def midnight(day: date, zone: ZoneInfo | None = None) -> datetime:
    """The moment at which a day begins in ``zone``, or in the present one."""
    return timezone.make_aware(datetime.combine(day, time()), zone)


def created_between(since: str, until: str, *, zone: ZoneInfo | None = None) -> dict[str, datetime]:
    """What narrows rows to those of the days from ``since`` to ``until``, both included; each may be empty."""
    bounds: dict[str, datetime] = {}
    if first := read_day(since):
        bounds["created_at__gte"] = midnight(first, zone)
    if last := read_day(until):
        bounds["created_at__lt"] = midnight(last + timedelta(days=1), zone)
    return bounds


def days_in_words(since: str, until: str) -> str:
    """As in "5 Nov 2026", "5 Nov 2026 to 7 Nov 2026", "Since 5 Nov 2026" or "Until 7 Nov 2026"."""
    first, last = read_day(since), read_day(until)
    if first and last:
        return f"{first:{_SHORT}}" if first == last else f"{first:{_SHORT}} to {last:{_SHORT}}"
    return f"Since {first:{_SHORT}}" if first else f"Until {last:{_SHORT}}" if last else ""


@dataclass(frozen=True, kw_only=True)
class AddressFilters:
    """Subclasses are dataclasses whose fields are the names in the address."""

    def __bool__(self) -> bool:
        return any(vars(self).values())

    @classmethod
    def given(cls, address: QueryDict) -> dict[str, str]:
        """What an address says of each filter, short and without what no database takes."""
        return {field.name: address.get(field.name, "").replace("\0", "").strip()[:VALUE_MAX] for field in fields(cls)}

    def address(self, path: str = "", **changes: str) -> str:
        """``path``, or the present page, with these filters, some of them changed."""
        values = {name: value for name, value in {**vars(self), **changes}.items() if value}
        return f"{path}?{urlencode(values)}" if values else path or "?"


@dataclass(frozen=True)
class FilterMenu:
    """A filter with the values that it may take."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    """Value and label."""
    chosen: str = ""

    @property
    def shown(self) -> str:
        """What the chip says: the chosen value's name, else the filter's."""
        return dict(self.choices).get(self.chosen, self.label)

    def drawn(self, filters: AddressFilters, home: str = "") -> dict[str, Any]:
        """As ``ui/_filter.html`` draws it on the page at ``home``."""
        return {
            "menu": self,
            "clear_url": filters.address(home, **{self.name: ""}),
            "links": [(label, filters.address(home, **{self.name: value}), value) for value, label in self.choices],
        }


def by_label(choices: Iterable[tuple[Key, str]]) -> list[tuple[Key, str]]:
    """A menu's values and labels in the order of the labels, as people sort."""
    return sorted(choices, key=lambda choice: fold_for_search(choice[1]))


def named(rows: QuerySet[Any], chosen: str) -> list[tuple[str, str]]:
    """The choices of a menu by name, as people sort; with the chosen one even where there are more than it takes."""
    has_text = any(field.name == "search_text" for field in rows.model._meta.concrete_fields)
    ordered = rows.order_by(by_text() if has_text else "name", "pk")
    choices = by_label(ordered.values_list("pk", "name")[:CHOICES_MAX])
    if chosen and len(choices) == CHOICES_MAX and chosen not in dict(choices):
        choices += rows.filter(pk=chosen).values_list("pk", "name")
    return choices
