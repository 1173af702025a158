"""A product's own page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.projects import actions
from dashboard.projects import messages as words
from dashboard.projects.forms import PhotoForm, ProductForm
from dashboard.projects.library import earlier_photos, latest
from dashboard.projects.models import Product
from generation.contract import PHOTO_MAX_BYTES
from generation.media.pictures import UnusablePicture
from generation.models import Asset, Connection, Image


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, product_id: str) -> HttpResponse:
    """One product: its photo, what it is called, and the pictures made of it."""
    acting = access.actor(request, Role.CREATOR if request.method == "POST" else Role.VIEWER)
    row = access.find(acting, Product.objects.select_related("asset"), pk=product_id)
    form = ProductForm(request.POST or None, initial={"name": row.name, "sku": row.sku, "tags": row.tags})
    if request.method == "POST" and form.is_valid():
        actions.edit_product(acting, row, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("product", product_id=row.id)
    return _page(request, acting, row, form=form)


def _page(request: HttpRequest, acting: Actor, row: Product, **forms: Any) -> HttpResponse:
    details = ProductForm(initial={"name": row.name, "sku": row.sku, "tags": row.tags})
    shown = {"form": details, "photo_form": PhotoForm(), **forms}
    pictures = Image.objects.in_gallery().filter(team=acting.team, job__product=row)
    context = {
        "product": row,
        "earlier": earlier_photos(row),
        "provider": words.photo_at_provider(row.asset, Connection.objects.filter(team=acting.team).first()),
        "pictures": latest(pictures),
        "count": pictures.count(),
        "may_create": acting.may(Role.CREATOR),
        **shown,
    }
    wrong = any(form.errors for form in shown.values())
    return render(request, "projects/product.html", context, status=422 if wrong else 200)


@members_only
@require_POST
def replace_photo(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show the product by a new photo."""
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Product.objects.select_related("asset"), pk=product_id)
    form = PhotoForm(request.POST, request.FILES)
    asset = _taken(acting, form)
    if asset is None:
        return _page(request, acting, row, photo_form=form)
    return _shown_by(request, acting, row, asset)


def _taken(acting: Actor, form: PhotoForm) -> Asset | None:
    if not form.is_valid():
        return None
    try:
        return actions.take_photo(acting, form.cleaned_data["photo"].read(PHOTO_MAX_BYTES + 1))
    except UnusablePicture as error:
        form.add_error("photo", str(error))
        return None


@members_only
@require_POST
def restore_photo(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show the product by a photo that it had before."""
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Product, pk=product_id)
    asset = next((photo for photo in earlier_photos(row) if photo.pk == request.POST.get("asset")), row.asset)
    return _shown_by(request, acting, row, asset)


def _shown_by(request: HttpRequest, acting: Actor, row: Product, asset: Asset) -> HttpResponse:
    if asset.pk == row.asset_id:
        messages.info(request, f"{row.name} is shown by this photo already.")
    else:
        actions.replace_photo(acting, row, asset=asset)
        messages.success(request, "New pictures are made of this photo; earlier ones keep theirs.")
    return redirect("product", product_id=row.id)


@members_only
@require_POST
def put_away(request: HttpRequest, product_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Product, pk=product_id)
    away = request.POST.get("away") != "no"
    actions.put_away_product(acting, row, away=away)
    messages.success(request, f"{row.name} is {'archived; its pictures stay' if away else 'back in the library'}.")
    return redirect("product", product_id=row.id)
