"""Which presets the list shows: what the address bar says, and the chips that change it."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet
from django.http import QueryDict

from dashboard.presets.models import Preset
from dashboard.ui.filters import AddressFilters
from dashboard.ui.search import Search
from generation.database.folded_columns import tag_key


@dataclass(frozen=True, kw_only=True)
class PresetFilters(AddressFilters):
    """One value each; empty means all."""

    q: str = ""
    """Words that are in the name, the description, a tag or the prompt."""
    category: str = ""
    label: str = ""
    visibility: str = ""
    tag: str = ""
    archived: str = ""

    @classmethod
    def of(cls, address: QueryDict) -> Self:
        """The filters that an address names; ``?archived`` needs no value."""
        given = cls.given(address)
        return cls(**given | {"archived": "yes" if "archived" in address else ""})

    @property
    def search(self) -> Search:
        return Search.of(self.q)

    def narrow(self, presets: QuerySet[Preset]) -> QuerySet[Preset]:
        exact = {name: getattr(self, name) for name in ("category", "label", "visibility") if getattr(self, name)}
        rows = presets.filter(archived_at__isnull=not self.archived, current__isnull=False, **exact)
        if self.tag:
            rows = rows.filter(tag_keys__contains=tag_key(self.tag))
        return self.search.narrow(rows)


def menus(filters: PresetFilters, tags: list[str]) -> list[dict[str, Any]]:
    """The filters that open a menu, with their links."""
    offered = {
        "category": ("Category", Preset.Category.choices),
        "label": ("Label", Preset.Label.choices),
        "visibility": ("Visible to", Preset.Visibility.choices),
        "tag": ("Tag", [(tag, tag) for tag in tags]),
    }
    return [
        {
            "menu": {"name": name, "label": label, "chosen": chosen, "shown": dict(choices).get(chosen, chosen)},
            "links": [(shown, filters.address(**{name: value}), value) for value, shown in choices],
            "clear_url": filters.address(**{name: ""}),
        }
        for name, (label, choices) in offered.items()
        if (chosen := getattr(filters, name)) or choices
    ]
