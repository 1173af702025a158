"""The choices that narrow the ledger down."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Membership, Role, User
from dashboard.presets.access import visible
from dashboard.presets.models import PresetVersion
from dashboard.projects.models import Project
from dashboard.spend.ledger.filters import KINDS, LedgerFilters
from dashboard.spend.links import NONE
from dashboard.ui.filters import CHOICES_MAX, FilterMenu, by_label, named
from generation.contract import CATALOGUE
from generation.models import Batch

_NAMELESS = {
    "project": "No project",
    "member": "No member",
    "key": "No API key",
    "preset": "No preset",
    "preset_version": "No preset",
    "model": "No model",
    "job": "No job",
}


def menus(acting: Actor, filters: LedgerFilters) -> list[dict[str, Any]]:
    """The filters as ``ui/_filter.html`` draws them; below admin without those that name other people."""
    home = reverse("ledger")
    return [menu.drawn(filters, home) for menu in _menus(acting, filters) if menu.choices]


def _menus(acting: Actor, filters: LedgerFilters) -> list[FilterMenu]:
    team = acting.team
    offered: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "kind": ("Kind", list(KINDS.items())),
        "project": ("Project", named(Project.objects.filter(team=team), filters.project)),
    }
    if acting.may(Role.ADMIN):
        offered["member"] = ("Member", _people(team.id))
        offered["key"] = ("API key", named(ApiKey.objects.filter(team=team), filters.key))
    offered["preset"] = ("Preset", named(visible(acting), filters.preset))
    offered["model"] = ("Model", [(name, name) for name in CATALOGUE])
    return [
        FilterMenu(name, label, _with_none(name, choices), chosen=getattr(filters, name))
        for name, (label, choices) in offered.items()
    ]


def _with_none(name: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [*choices, (NONE, _NAMELESS[name])] if choices and name in _NAMELESS else choices


def _people(team_id: str) -> list[tuple[str, str]]:
    """The members, and whoever left since then but made pictures."""
    made = Batch.objects.filter(team=team_id, member=OuterRef("pk"))
    mine = Membership.objects.filter(team=team_id, user=OuterRef("pk"))
    people = User.objects.filter(Exists(mine) | Exists(made)).order_by("name", "email")
    return by_label((str(person.pk), str(person)) for person in people[:CHOICES_MAX])


def chips(acting: Actor, filters: LedgerFilters) -> Iterable[tuple[str, str]]:
    """What is chosen without a menu, with the address that takes it away."""
    home = reverse("ledger")
    if filters.preset_version:
        yield _version(acting, filters.preset_version), filters.address(home, preset_version="")
    if filters.job:
        label = _NAMELESS["job"] if filters.job == NONE else f"Job …{filters.job[-6:]}"
        yield label, filters.address(home, job="")
    if acting.may(Role.ADMIN):
        return
    for name in ("member", "key"):
        if getattr(filters, name):
            yield ("Mine" if name == "member" else "One API key"), filters.address(home, **{name: ""})


def _version(acting: Actor, number: str) -> str:
    if number == NONE:
        return _NAMELESS["preset_version"]
    found = PresetVersion.objects.filter(preset__in=visible(acting), pk=number).select_related("preset").first()
    return str(found) if found else "A preset's version"
