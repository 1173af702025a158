"""The products that the generate page offers: those that match a search, the chosen ones on top."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.views import members_only
from dashboard.projects.models import Product, ProductPhoto
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
    photos = {pk: set(request.GET.getlist(f"photo.{pk}")) for pk in chosen}
    found = context(acting, words=request.GET.get("q", ""), chosen=chosen, photos=photos)
    return render(request, "studio/_tray.html", found)


def context(
    acting: Actor, *, words: str, chosen: Sequence[str], photos: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    """The context of ``studio/_tray.html``; ``chosen`` are ids, and ``photos`` those chosen of a product."""
    library: QuerySet[Product] = Product.objects.filter(team=acting.team, archived_at=None).select_related("asset")
    typed = Search.of(words)
    matching = list(typed.narrow(library).order_by("-id")[: SHOWN + 1])
    shown = matching[:SHOWN]
    missing = set(chosen) - {product.pk for product in shown}
    products = [*(library.filter(pk__in=missing).order_by("-id") if missing else ()), *shown]
    _add_photos(products, photos)
    return {
        "products": products,
        "chosen": set(chosen),
        "more": len(matching) > SHOWN,
        "words": typed.text,
        "search_note": typed.note,
    }


@dataclass(frozen=True)
class PhotoChoice:
    photo: ProductPhoto
    chosen: bool


def _add_photos(products: list[Product], chosen: Mapping[str, Collection[str]]) -> None:
    """Give each product that has several photos its ``choices``, the main one first."""
    by_product: dict[str, list[ProductPhoto]] = {}
    several = ProductPhoto.objects.filter(product__in=[product.pk for product in products], place__gt=0)
    rows = ProductPhoto.objects.filter(product__in=several.values("product")).select_related("asset")
    for row in rows.order_by("place"):
        by_product.setdefault(row.product_id, []).append(row)
    for product in products:
        photos = sorted(by_product.get(product.pk, ()), key=lambda photo: photo.asset_id != product.asset_id)
        taken = set(chosen.get(product.pk, ())) - {""} or {product.asset_id}
        choices = [PhotoChoice(photo, photo.asset_id in taken) for photo in photos]
        product.choices = choices if len(choices) > 1 else []  # type: ignore[attr-defined]  # for the template
