"""Which pictures the gallery shows: what the address bar says, and the menus that change it."""

from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet
from django.http import QueryDict

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.presets.access import visible
from dashboard.presets.models import Preset
from dashboard.projects.models import Product, Project
from dashboard.ui.filters import AddressFilters
from generation.contract import CATALOGUE, AspectRatio
from generation.models import Image

CHOICES_MAX = 200
_BIGGEST_KEY = 10**15
_COLUMNS = {
    "q": "job__prompt__icontains",
    "project": "job__project",
    "product": "job__product",
    "preset": "job__preset_version__preset",
    "model": "job__model",
    "ratio": "job__aspect_ratio",
    "member": "job__member",
    "review": "review",
}
NOT_REVIEWED = "none"
_REVIEWS = {
    Image.Review.APPROVED.value: "Approved",
    Image.Review.REJECTED.value: "Rejected",
    NOT_REVIEWED: "Not reviewed",
}


@dataclass(frozen=True, kw_only=True)
class GalleryFilters(AddressFilters):
    """One value each; empty means all."""

    q: str = ""
    """Words that are in the prompt."""
    project: str = ""
    product: str = ""
    preset: str = ""
    model: str = ""
    ratio: str = ""
    member: str = ""
    review: str = ""

    @classmethod
    def of(cls, address: QueryDict) -> Self:
        """The filters that an address names; what cannot be a value is ignored."""
        given = cls.given(address)
        if not given["member"].isascii() or not given["member"].isdecimal() or int(given["member"]) > _BIGGEST_KEY:
            given["member"] = ""
        if given["review"] not in _REVIEWS:
            given["review"] = ""
        return cls(**given)

    def narrow(self, pictures: QuerySet[Image]) -> QuerySet[Image]:
        asked = {_COLUMNS[name]: value for name, value in vars(self).items() if value}
        if self.review == NOT_REVIEWED:
            asked["review"] = Image.Review.NONE
        return pictures.filter(**asked)


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


def menus(acting: Actor, filters: GalleryFilters) -> list[FilterMenu]:
    """The filters that offer a choice to this member."""
    team = acting.team
    offered = {
        "project": ("Project", _named(Project.objects.filter(team=team), filters.project)),
        "product": ("Product", _named(Product.objects.filter(team=team), filters.product)),
        "preset": ("Preset", _named(visible(acting), filters.preset)),
        "model": ("Model", [(name, name) for name in CATALOGUE]),
        "ratio": ("Shape", [(shape.value, shape.value) for shape in AspectRatio]),
        "member": ("Made by", _people(team)),
        "review": ("Review", list(_REVIEWS.items())),
    }
    return [
        FilterMenu(name, label, choices, chosen=getattr(filters, name))
        for name, (label, choices) in offered.items()
        if choices
    ]


def _named(rows: "QuerySet[Project] | QuerySet[Product] | QuerySet[Preset]", chosen: str) -> list[tuple[str, str]]:
    found = list(rows.order_by("name", "id").values_list("id", "name")[:CHOICES_MAX])
    if chosen and len(found) == CHOICES_MAX and chosen not in dict(found):
        found += rows.filter(pk=chosen).values_list("id", "name")
    return found


def _people(team: Team) -> list[tuple[str, str]]:
    members = User.objects.filter(memberships__team=team).order_by("name", "email")[:CHOICES_MAX]
    return [(str(member.pk), str(member)) for member in members]
