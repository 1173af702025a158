"""The products that the generate page offers: those that match a search, the chosen ones on top."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.views import members_only
from dashboard.projects.models import Product
from dashboard.studio.actions import BATCH_MAX
from dashboard.ui.filters import identifier
from dashboard.ui.search import Search

SHOWN = 60
"""Products that are shown at once; the others are found by searching."""


@members_only
@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request)
    chosen = list(dict.fromkeys(filter(identifier, request.GET.getlist("product"))))[:BATCH_MAX]
    return render(request, "studio/_tray.html", context(acting, words=request.GET.get("q", ""), chosen=chosen))


def context(acting: Actor, *, words: str, chosen: Sequence[str]) -> dict[str, Any]:
    """The context of ``studio/_tray.html``; ``chosen`` are ids."""
    library: QuerySet[Product] = Product.objects.filter(team=acting.team, archived_at=None).select_related("asset")
    typed = Search.of(words)
    matching = list(typed.narrow(library).order_by("-id")[: SHOWN + 1])
    shown = matching[:SHOWN]
    missing = set(chosen) - {product.pk for product in shown}
    return {
        "products": [*(library.filter(pk__in=missing).order_by("-id") if missing else ()), *shown],
        "chosen": set(chosen),
        "more": len(matching) > SHOWN,
        "words": typed.text,
        "search_note": typed.note,
    }
