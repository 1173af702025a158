"""The prompts that a team shares: the list, one preset's page, and what is done there."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.presets import actions, covers
from dashboard.presets.access import visible
from dashboard.presets.difference import compare
from dashboard.presets.drafts import draft_of
from dashboard.presets.filters import PresetFilters, menus
from dashboard.presets.models import Preset, PresetVersion
from dashboard.presets.templating import pieces
from dashboard.presets.usage import total, usage
from dashboard.projects.library import latest, searched_pictures
from dashboard.ui.htmx import HtmxRequest, part_or_page
from dashboard.ui.search import Search
from generation.models import Image
from generation.text import distinct, fold_for_search

PAGE = 60


@members_only
@require_safe
def presets(request: HtmxRequest) -> HttpResponse:
    acting, filters = access.actor(request), PresetFilters.of(request.GET)
    rows = filters.narrow(visible(acting)).select_related("current").order_by("-id")
    page = Paginator(list(rows), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "presets": page.object_list, "filters": filters}
    if page.has_next():
        context["next_url"] = filters.address(page=str(page.next_page_number()))
    is_part = "page" in request.GET
    if not (request.htmx and is_part):
        context |= {
            "menus": menus(filters, _tags(acting)),
            "export_query": filters.address(),
            "archived_url": filters.address(archived="" if filters.archived else "yes"),
            "may_create": acting.may(Role.CREATOR),
        }
    return part_or_page(request, context, part="presets/_wall.html", page="presets/presets.html", is_part=is_part)


def _tags(acting: Actor) -> list[str]:
    tags = visible(acting).filter(archived_at=None).exclude(tags=[]).values_list("tags", flat=True)
    return sorted(distinct(tag for row in tags for tag in row), key=fold_for_search)


@members_only
@require_safe
def preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    """One preset: its words, its settings, its versions, who uses it, and what was made with it."""
    acting = access.actor(request)
    row = access.find(acting, visible(acting).select_related("current", "project", "created_by"), pk=preset_id)
    pictures = Image.objects.in_gallery().filter(team=acting.team, job__preset_version__preset=row)
    versions = list(row.versions.select_related("created_by").order_by("-number"))
    used = usage(row)
    draft = draft_of(row)
    context = {
        "preset": row,
        "draft": draft,
        "drawn": covers.is_drawn(row),
        "words": pieces(draft.template),
        "versions": versions,
        "pictures": latest(pictures),
        "used": used,
        "used_total": total(used),
        "may_create": acting.may(Role.CREATOR),
        "may_change": actions.may_change(acting, row),
        "may_approve": acting.may(Role.ADMIN),
        **_comparison(request, versions),
    }
    return render(request, "presets/preset.html", context)


def _comparison(request: HttpRequest, versions: list[PresetVersion]) -> dict[str, Any]:
    """Two versions, as ``?from=1&to=3`` names them; a number that there is not means none."""
    numbered = {str(version.number): version for version in versions}
    older, newer = (numbered.get(request.GET.get(name, "")) for name in ("from", "to"))
    if older is None or newer is None:
        return {}
    return {"older": older, "newer": newer, "difference": compare(older, newer)}


@members_only
@require_POST
@ordered_once
def duplicate_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, visible(acting).select_related("current", "project"), pk=preset_id)
    copy = actions.duplicate(acting, row)
    messages.success(request, "This is your copy. Change what you like; the original stays as it is.")
    return redirect("edit_preset", preset_id=copy.id)


@members_only
@require_POST
def put_away_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, visible(acting), pk=preset_id)
    away = request.POST.get("away") != "no"
    try:
        actions.put_away(acting, row, away=away)
    except actions.Locked as error:
        messages.error(request, str(error))
    else:
        text = "archived; its pictures stay" if away else "back among the presets"
        messages.success(request, f"{row.name} is {text}.")
    return redirect("preset", preset_id=row.id)


@members_only
@require_POST
def label_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    """Approve a preset, or make it a draft again."""
    acting = access.actor(request, Role.ADMIN)
    row = access.find(acting, visible(acting), pk=preset_id)
    approved = request.POST.get("label") == Preset.Label.APPROVED
    actions.set_label(acting, row, Preset.Label.APPROVED if approved else Preset.Label.DRAFT)
    text = (
        "approved. Only admins and owners change it now" if approved else "a draft again; every creator may change it"
    )
    messages.success(request, f"{row.name} is {text}.")
    return redirect("preset", preset_id=row.id)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def preset_cover(request: HttpRequest, preset_id: str) -> HttpResponse:
    """Choose a cover among the team's pictures, those made with the preset first."""
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, visible(acting), pk=preset_id)
    stored = Image.objects.with_thumbnail().filter(team=acting.team)
    if request.method == "POST":
        return _take_cover(request, acting, row, access.find(acting, stored, pk=request.POST.get("picture", "")))
    asked = Search.of(request.GET.get("q", ""))
    found = searched_pictures(stored, asked, team=acting.team)
    context = {
        "preset": row,
        "words": asked.text,
        "search_note": asked.note,
        "own": latest(found.filter(job__preset_version__preset=row)),
        "others": latest(found.exclude(job__preset_version__preset=row)),
    }
    return render(request, "presets/cover.html", context)


def _take_cover(request: HttpRequest, acting: Actor, row: Preset, image: Image) -> HttpResponse:
    try:
        actions.choose_cover(acting, row, image)
    except actions.Locked as error:
        messages.error(request, str(error))
    return redirect("preset", preset_id=row.id)
