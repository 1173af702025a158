"""The prompts that a team shares."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.presets import actions
from dashboard.presets.forms import PresetForm
from dashboard.presets.models import Preset
from dashboard.projects.views import latest
from generation.contract import CATALOGUE, AspectRatio
from generation.models import Image

NEW = {
    "category": Preset.Category.CUSTOM,
    "model": next(iter(CATALOGUE)),
    "aspect_ratio": AspectRatio.SQUARE.value,
    "num_images": 1,
}


@members_only
def presets(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request)
    category = request.GET.get("category", "")
    archived = "archived" in request.GET
    rows = Preset.objects.filter(team=acting.team, archived_at__isnull=not archived, current__isnull=False)
    if category in Preset.Category:
        rows = rows.filter(category=category)
    context = {
        "presets": rows.select_related("current").order_by("-id"),
        "category": category,
        "archived": archived,
        "all": not category and not archived,
        "chips": _chips(category, archived=archived),
        "may_create": acting.may(Role.CREATOR),
    }
    return render(request, "presets/presets.html", context)


def _chips(category: str, *, archived: bool) -> list[dict[str, Any]]:
    kinds = Preset.Category.choices
    chips = [{"label": label, "href": f"?category={value}", "on": category == value} for value, label in kinds]
    return [*chips, {"label": "Archived", "href": "?archived", "on": archived}]


@members_only
def preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    """One preset: its words, its settings, its versions and what was made with it."""
    acting = access.actor(request)
    row = access.find(acting, Preset.objects.select_related("current"), pk=preset_id)
    pictures = Image.objects.filter(team=acting.team, job__preset_version__preset=row, stored_at__isnull=False)
    context = {
        "preset": row,
        "versions": row.versions.select_related("created_by").order_by("-number"),
        "pictures": latest(pictures),
        "may_create": acting.may(Role.CREATOR),
    }
    return render(request, "presets/preset.html", context)


@members_only
def new_preset(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    form = PresetForm(request.POST or None, initial=NEW)
    if request.method == "POST" and form.is_valid():
        row = actions.add(acting, actions.Draft(**form.cleaned_data))
        return redirect("preset", preset_id=row.id)
    return render(request, "presets/preset_form.html", {"form": form}, status=422 if form.errors else 200)


@members_only
def edit_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Preset.objects.select_related("current"), pk=preset_id)
    form = PresetForm(request.POST or None, initial=vars(actions.as_draft(row)))
    if request.method == "POST" and form.is_valid():
        actions.edit(acting, row, actions.Draft(**form.cleaned_data))
        messages.success(request, "Saved. Pictures made before keep their version.")
        return redirect("preset", preset_id=row.id)
    context = {"form": form, "preset": row}
    return render(request, "presets/preset_form.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def duplicate_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    copy = actions.duplicate(acting, access.find(acting, Preset.objects.select_related("current"), pk=preset_id))
    messages.success(request, "This is the copy. Change what you like; the first one stays as it is.")
    return redirect("edit_preset", preset_id=copy.id)


@members_only
@require_POST
def put_away_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Preset, pk=preset_id)
    away = request.POST.get("away") != "no"
    actions.put_away(acting, row, away=away)
    messages.success(request, f"{row.name} is {'archived; its pictures stay' if away else 'back among the presets'}.")
    return redirect("preset", preset_id=row.id)


@members_only
@require_POST
def preset_cover(request: HttpRequest, preset_id: str) -> HttpResponse:
    """Take one of the pictures made with a preset as its cover."""
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Preset, pk=preset_id)
    stored = Image.objects.filter(stored_at__isnull=False, job__preset_version__preset=row)
    actions.choose_cover(acting, row, access.find(acting, stored, pk=request.POST.get("picture", "")))
    return redirect("preset", preset_id=row.id)
