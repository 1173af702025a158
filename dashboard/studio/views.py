"""The generate page: one screen from products to a price to pictures."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.presets.models import Preset
from dashboard.projects.models import Product
from dashboard.projects.views import search
from dashboard.studio import actions, cards
from dashboard.studio.forms import GenerateForm
from dashboard.studio.prefill import prefill
from dashboard.studio.quote import quote
from generation import ledger
from generation.contract import CATALOGUE, PICTURES_MAX, AspectRatio
from generation.ledger import InsufficientCredits
from generation.models import Batch, Connection

TRAY = 60
"""Products that the tray shows at once; the others are found by searching."""


@members_only
def generate(request: HttpRequest) -> HttpResponse:
    """The page, and its one POST that starts a batch."""
    if request.method == "POST":
        return _start(request)
    acting = access.actor(request)
    form = GenerateForm(team=acting.team, initial=prefill(acting, request.GET))
    context = _context(acting, form, words=request.GET.get("q", "")) | {"arrivals": cards.recent(acting)}
    return render(request, "studio/generate.html", context)


def _start(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    form = GenerateForm(request.POST, team=acting.team)
    if form.is_valid():
        try:
            batch = actions.start(acting, wishes=form.wishes())
        except (InsufficientCredits, actions.NotPossible) as error:
            form.add_error(None, str(error))
        else:
            return _started(request, acting, batch)
    return _refused(request, acting, form)


def _started(request: HttpRequest, acting: Actor, batch: Batch) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("generate")
    response = render(request, "studio/_started.html", {"arrival": cards.arrival(batch, acting)})
    return with_credits(response, acting)


def _refused(request: HttpRequest, acting: Actor, form: GenerateForm) -> HttpResponse:
    """The form again, as it was typed, with a sentence beside what is wrong."""
    context = _context(acting, form)
    if request.headers.get("HX-Request"):
        response = render(request, "studio/_form.html", context, status=422)
        response["HX-Retarget"] = "#generate"
        response["HX-Reswap"] = "outerHTML"
        return response
    return render(request, "studio/generate.html", context | {"arrivals": cards.recent(acting)}, status=422)


def with_credits(response: HttpResponse, acting: Actor) -> HttpResponse:
    """Tell the page's script what is left now."""
    response["HX-Trigger"] = json.dumps({"credits": {"left": ledger.left(team_id=acting.team.id)}})
    return response


@members_only
@require_GET
def tray(request: HttpRequest) -> HttpResponse:
    """The products that match a search, with those already chosen on top."""
    acting = access.actor(request)
    rows = _tray(acting, words=request.GET.get("q", ""), chosen=request.GET.getlist("product"))
    return render(request, "studio/_tray.html", rows)


def _tray(acting: Actor, *, words: str, chosen: list[str]) -> dict[str, Any]:
    library: QuerySet[Product] = Product.objects.filter(team=acting.team, archived_at=None).select_related("asset")
    found = list(search(library, words).order_by("-id")[: TRAY + 1])
    shown = {row.pk for row in found[:TRAY]}
    missing = [pk for pk in chosen if pk not in shown]
    kept = list(library.filter(pk__in=missing).order_by("-id")) if missing else []
    return {"products": kept + found[:TRAY], "chosen": set(chosen), "more": len(found) > TRAY, "words": words}


def _context(acting: Actor, form: GenerateForm, *, words: str = "") -> dict[str, Any]:
    presets = Preset.objects.filter(team=acting.team, archived_at=None, current__isnull=False)
    chosen = [str(pk) for pk in form["product"].value() or []]
    left = ledger.left(team_id=acting.team.id)
    return {
        "form": form,
        "quote": quote(form, left=left),
        "presets": presets.select_related("current").order_by("-id"),
        "categories": Preset.Category.choices,
        "models": CATALOGUE.values(),
        "shapes": list(AspectRatio),
        "counts": range(1, PICTURES_MAX + 1),
        "left": left,
        "connection": Connection.objects.filter(team=acting.team).first(),
        "may_create": acting.may(Role.CREATOR),
        **_tray(acting, words=words, chosen=chosen),
    }
