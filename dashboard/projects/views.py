"""The product library, and the ways into it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import order_of
from dashboard.accounts.views import members_only
from dashboard.projects import pages, uploads
from dashboard.projects.forms import LinkForm
from dashboard.projects.library import common_tags, tagged
from dashboard.projects.models import Product
from dashboard.ui.counts import tally
from dashboard.ui.htmx import HtmxRequest, part_or_page
from dashboard.ui.search import Search
from generation.plurals import counted

PARTS = {"tray": "studio/_tray_row.html", "library": "projects/_product_card.html"}
"""How an accepted photo is shown, by the place that it was dropped on."""


@members_only
@require_safe
def products(request: HtmxRequest) -> HttpResponse:
    return _library(request, access.actor(request), LinkForm())


def _library(request: HtmxRequest, acting: Actor, form: LinkForm) -> HttpResponse:
    asked, tag = Search.of(request.GET.get("q", "")), Search.of(request.GET.get("tag", "")).text
    archived = "archived" in request.GET
    rows = Product.objects.filter(team=acting.team, archived_at__isnull=not archived)
    found = tagged(asked.narrow(rows), tag)
    page = pages.page(request, found.select_related("asset"))
    context: dict[str, Any] = {"page": page}
    part = "projects/_product_page.html"
    if pages.is_next(request):
        return part_or_page(request, context, part=part, page="projects/products.html")
    context |= {
        "count": tally(found),
        "words": asked.text,
        "search_note": asked.note,
        "tag": tag,
        "chips": _chips(request, common_tags(rows), tag),
        "archived": archived,
        "form": form,
        "may_create": acting.may(Role.CREATOR),
    }
    status = 422 if form.errors else 200
    return part_or_page(request, context, part=part, page="projects/products.html", is_part=False, status=status)


def _chips(request: HttpRequest, tags: list[str], chosen: str) -> list[dict[str, object]]:
    """Tags as links that keep the rest of the address; the chosen one takes itself away."""
    shown = tags if not chosen or chosen in tags else [chosen, *tags]
    chips: list[dict[str, object]] = []
    for tag in shown:
        address = request.GET.copy()
        address.pop("before", None)
        address["tag"] = "" if tag == chosen else tag
        chips.append({"label": tag, "on": tag == chosen, "href": f"?{address.urlencode()}"})
    return chips


@members_only
@require_POST
def upload(request: HtmxRequest) -> HttpResponse:
    """Photos to products. A script sends one a request and gets its HTML; a plain form sends many."""
    acting = access.actor(request, Role.CREATOR)
    place = request.GET.get("into", "library")
    order, files = order_of(request), request.FILES.getlist("photo")
    outcomes = [uploads.take(acting, file, order=order and order.part(at)) for at, file in enumerate(files)]
    if request.htmx:
        return _answer_script(request, place, outcomes)
    _tell(request, outcomes)
    return redirect("generate" if place == "tray" else "products")


def _answer_script(request: HttpRequest, place: str, outcomes: list[uploads.UploadOutcome]) -> HttpResponse:
    if not outcomes:
        return JsonResponse({"error": "No photo arrived. Choose a file and try again."}, status=400)
    wrong = next((outcome.error for outcome in outcomes if outcome.error), "")
    if wrong:
        return JsonResponse({"error": wrong}, status=400)
    context = {"products": [outcome.product for outcome in outcomes], "checked": True, "fresh": True}
    return render(request, "projects/_accepted.html", context | {"part": PARTS.get(place, PARTS["library"])})


def _tell(request: HttpRequest, outcomes: list[uploads.UploadOutcome]) -> None:
    added = [outcome for outcome in outcomes if outcome.product]
    if not outcomes:
        messages.error(request, "Choose a photo first.")
    if added:
        messages.success(request, f"{counted(len(added), 'photo')} added.")
    for outcome in outcomes:
        if outcome.error:
            messages.error(request, f"{outcome.filename}: {outcome.error}")


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HtmxRequest) -> HttpResponse:
    """A photo on the web to a product. What is wrong is said above the library, whose links then lead here."""
    if request.method != "POST":
        return redirect(f"{reverse('products')}?{request.GET.urlencode()}")
    acting = access.actor(request, Role.CREATOR)
    form = LinkForm(request.POST)
    if form.is_valid():
        outcome = uploads.take_from(acting, form.cleaned_data["url"], order=order_of(request))
        if outcome.product:
            messages.success(request, f"{outcome.product.name} is in the library.")
            return redirect("product", product_id=outcome.product.id)
        form.add_error("url", outcome.error)
    return _library(request, acting, form)
