"""Which pictures the gallery shows: what the address bar says, and the menus that change it."""

from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet
from django.http import QueryDict

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.presets.access import visible
from dashboard.projects.library import searched_pictures
from dashboard.projects.models import Product, Project
from dashboard.ui.filters import CHOICES_MAX, AddressFilters, FilterMenu, by_label, named, whole_number
from dashboard.ui.search import Search
from generation.contract import CATALOGUE, AspectRatio
from generation.models import Image

_COLUMNS = {
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
    """Words that are in the prompt, or in the product's name, SKU or tags."""
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
        if whole_number(given["member"]) is None:
            given["member"] = ""
        if given["review"] not in _REVIEWS:
            given["review"] = ""
        return cls(**given)

    def narrow(self, pictures: QuerySet[Image], *, team: Team) -> QuerySet[Image]:
        asked = {column: value for name, column in _COLUMNS.items() if (value := getattr(self, name))}
        if self.review == NOT_REVIEWED:
            asked["review"] = Image.Review.NONE
        return searched_pictures(pictures.filter(**asked), Search.of(self.q), team=team)


def menus(acting: Actor, filters: GalleryFilters) -> list[FilterMenu]:
    """The filters that offer a choice to this member."""
    team = acting.team
    offered = {
        "project": ("Project", named(Project.objects.filter(team=team), filters.project)),
        "product": ("Product", named(Product.objects.filter(team=team), filters.product)),
        "preset": ("Preset", named(visible(acting), filters.preset)),
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


def _people(team: Team) -> list[tuple[str, str]]:
    members = User.objects.filter(memberships__team=team).order_by("name", "email")[:CHOICES_MAX]
    return by_label((str(member.pk), str(member)) for member in members)
