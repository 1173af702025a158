"""Presets in and out: as files, and from the provider."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.presets import exchange, provider
from dashboard.presets.access import visible
from dashboard.presets.drafts import draft_of
from dashboard.presets.filters import PresetFilters
from dashboard.presets.models import Preset
from generation.models import Connection
from generation.provider import connections
from generation.provider.client import KeyRefused, ProviderError, SlowDown


@members_only
@require_safe
def export_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    acting = access.actor(request)
    row = access.find(acting, visible(acting).select_related("current"), pk=preset_id)
    return _file([row], slugify(row.name)[:60] or "preset")


@members_only
@require_safe
def export_presets(request: HttpRequest) -> HttpResponse:
    """All the presets that the list shows with these filters."""
    acting, filters = access.actor(request), PresetFilters.of(request.GET)
    rows = filters.narrow(visible(acting)).select_related("current").order_by("id")
    return _file(rows, "presets")


def _file(rows: Iterable[Preset], name: str) -> HttpResponse:
    body = exchange.write(draft_of(row) for row in rows)
    return HttpResponse(
        body,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def import_presets(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    if request.method != "POST":
        return render(request, "presets/import.html", {"has_connection": _connection(acting) is not None})
    file = request.FILES.get("file")
    try:
        if file is None:
            raise exchange.BadFile("Choose a file first.")
        if (file.size or 0) > exchange.FILE_MAX:
            raise exchange.BadFile(exchange.TOO_LARGE)
        done = exchange.take(acting, file.read())
    except exchange.BadFile as error:
        context = {"fault": str(error), "has_connection": _connection(acting) is not None}
        return render(request, "presets/import.html", context, status=422)
    messages.success(request, done.sentence)
    return redirect("presets")


@members_only
@require_POST
def import_from_provider(request: HttpRequest) -> HttpResponse:
    """Ask the provider and take what is new, in this one request: at most a few pages, each with its deadline."""
    acting = access.actor(request, Role.CREATOR)
    connection = _connection(acting)
    if connection is None:
        messages.error(request, "Your team has no connection to ProductAI yet; an admin can set one up.")
        return redirect("import_presets")
    try:
        presets = provider.fetch(connection)
    except ProviderError as error:
        connections.handle_fault(connection, error)
        messages.error(request, _fault(error))
        return redirect("import_presets")
    messages.success(request, provider.bring_in(acting, presets).sentence)
    return redirect("presets")


def _connection(acting: access.Actor) -> Connection | None:
    return Connection.objects.filter(team=acting.team).first()


def _fault(error: ProviderError) -> str:
    match error:
        case KeyRefused():
            return "ProductAI refused the team's key, so nothing was imported. An admin can mend the connection."
        case SlowDown():
            return f"ProductAI asked us to slow down. Try again in {error.retry_after} seconds; nothing was imported."
    return f"The presets could not be had, and nothing was imported. {error}"
