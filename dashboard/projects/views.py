"""The product library."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.projects import actions, uploads
from dashboard.projects.forms import ProductForm
from dashboard.projects.models import Product
from generation.models import Image

PAGE = 60
LATEST = 24
PARTS = {"tray": "studio/_tray_row.html", "library": "projects/_product_card.html"}
"""How an accepted photo is shown, by the place that it was dropped on."""


def search(rows: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Products of which every word is in the name, the SKU or a tag."""
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(sku__icontains=word) | Q(tags__icontains=word))
    return rows


@members_only
def products(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request)
    words = request.GET.get("q", "").strip()
    archived = "archived" in request.GET
    rows = Product.objects.filter(team=acting.team, archived_at__isnull=not archived).select_related("asset")
    page = Paginator(search(rows.order_by("-id"), words), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "archived": archived, "may_create": acting.may(Role.CREATOR)}
    return render(request, "projects/_product_page.html" if _next_page(request) else "projects/products.html", context)


def _next_page(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request")) and "page" in request.GET


@members_only
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Photos to products. A script sends one a request and gets its HTML; a plain form sends many."""
    acting = access.actor(request, Role.CREATOR)
    place = request.GET.get("into", "library")
    outcomes = [uploads.take(acting, file) for file in request.FILES.getlist("photo")]
    if request.headers.get("HX-Request"):
        return _answer_script(request, place, outcomes)
    _tell(request, outcomes)
    return redirect("generate" if place == "tray" else "products")


def _answer_script(request: HttpRequest, place: str, outcomes: list[uploads.Outcome]) -> HttpResponse:
    if not outcomes:
        return JsonResponse({"error": "No photo arrived. Choose a file and try again."}, status=400)
    wrong = next((outcome.error for outcome in outcomes if outcome.error), "")
    if wrong:
        return JsonResponse({"error": wrong}, status=400)
    context = {"products": [outcome.product for outcome in outcomes], "checked": True, "fresh": True}
    return render(request, "projects/_accepted.html", context | {"part": PARTS.get(place, PARTS["library"])})


def _tell(request: HttpRequest, outcomes: list[uploads.Outcome]) -> None:
    added = [outcome for outcome in outcomes if outcome.product]
    if not outcomes:
        messages.error(request, "Choose a photo first.")
    if added:
        messages.success(request, f"{len(added)} photo{'' if len(added) == 1 else 's'} added.")
    for outcome in outcomes:
        if outcome.error:
            messages.error(request, f"{outcome.filename}: {outcome.error}")


@members_only
def product(request: HttpRequest, product_id: str) -> HttpResponse:
    """One product: its photo, what it is called, and every picture made of it."""
    acting = access.actor(request, Role.CREATOR if request.method == "POST" else Role.VIEWER)
    row = access.find(acting, Product.objects.select_related("asset"), pk=product_id)
    form = ProductForm(request.POST or None, initial={"name": row.name, "sku": row.sku, "tags": row.tags})
    if request.method == "POST" and form.is_valid():
        actions.edit_product(acting, row, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("product", product_id=row.id)
    pictures = Image.objects.filter(team=acting.team, job__product=row, stored_at__isnull=False)
    context = {
        "product": row,
        "form": form,
        "pictures": latest(pictures),
        "may_create": acting.may(Role.CREATOR),
    }
    return render(request, "projects/product.html", context, status=422 if form.errors else 200)


def latest(pictures: QuerySet[Image]) -> list[Image]:
    """The newest pictures with what a tile shows."""
    return list(pictures.select_related("job__product").order_by("-id")[:LATEST])


@members_only
@require_POST
def put_away(request: HttpRequest, product_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Product, pk=product_id)
    away = request.POST.get("away") != "no"
    actions.put_away_product(acting, row, away=away)
    messages.success(request, f"{row.name} is {'archived; its pictures stay' if away else 'back in the library'}.")
    return redirect("product", product_id=row.id)
