"""A product's own page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.projects import actions
from dashboard.projects import messages as words
from dashboard.projects.details import DetailsRefused
from dashboard.projects.forms import PhotosForm, ProductForm
from dashboard.projects.library import earlier_photos, latest, photos_of
from dashboard.projects.models import Product
from dashboard.ui.edits import ChangedMeanwhile, Edit, stamp
from dashboard.ui.filters import identifier
from generation.contract import PHOTO_MAX_BYTES
from generation.media.decoding import UnusablePicture
from generation.models import Asset, Connection, Image
from generation.plurals import counted


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, product_id: str) -> HttpResponse:
    """One product: its photos, what it is called, and the pictures made of it."""
    acting = access.actor(request, Role.CREATOR if request.method == "POST" else Role.VIEWER)
    row = access.find(acting, Product.objects.select_related("asset"), pk=product_id)
    edit = Edit.opened(request, actions.details_of(row))
    form = ProductForm(request.POST or None, initial=actions.details_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_product(acting, row, seen=edit.seen, **form.cleaned_data)
        except DetailsRefused as error:
            form.add_error(error.field, str(error))
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=last_change(acting, row.pk, error))
        else:
            messages.success(request, "Saved.")
            return redirect("product", product_id=row.id)
    return _page(request, acting, row, edit=edit, form=form)


def _page(request: HttpRequest, acting: Actor, row: Product, *, edit: Edit | None = None, **forms: Any) -> HttpResponse:
    details = ProductForm(initial=actions.details_of(row))
    shown = {"form": details, "photos_form": PhotosForm(), **forms}
    pictures = Image.objects.in_gallery().filter(team=acting.team, job__product=row)
    photos = photos_of(row)
    asked = request.GET.get("photo")
    photo = next((photo for photo in photos if photo.asset_id == asked), photos[0])
    context = {
        "product": row,
        "edit": edit or Edit(stamp(actions.details_of(row))),
        "photos": photos,
        "photo": photo,
        "is_main": photo.asset_id == row.asset_id,
        "earlier": earlier_photos(row),
        "provider": words.photo_at_provider(photo.asset, Connection.objects.filter(team=acting.team).first()),
        "pictures": latest(pictures),
        "may_create": acting.may(Role.CREATOR),
        **shown,
    }
    return render(request, "projects/product.html", context, status=context["edit"].status(*shown.values()))


@members_only
@require_POST
def add_photos(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show the product by more photos; those that are none are named, and stop no other."""
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Product.objects.select_related("asset"), pk=product_id)
    form = PhotosForm(request.POST, request.FILES)
    added, known = [], 0
    for file in form.cleaned_data["photo"] if form.is_valid() else []:
        try:
            asset = actions.take_photo(acting, file.read(PHOTO_MAX_BYTES + 1))
            if actions.add_photo(acting, row, asset=asset):
                added.append(asset)
            else:
                known += 1
        except (UnusablePicture, actions.PhotoRefused) as error:
            form.add_error("photo", f"{file.name}: {error}")
    if added:
        messages.success(request, f"{counted(len(added), 'photo')} added.")
    if known:
        messages.info(request, f"{row.name} has {'this photo' if known == 1 else f'{known} of these photos'} already.")
    if form.errors:
        return _page(request, acting, row, photos_form=form)
    return _back(row, added[0] if added else row.asset)


@members_only
@require_POST
def choose_main_photo(request: HttpRequest, product_id: str) -> HttpResponse:
    acting, row, asset = _photo(request, product_id)
    try:
        if actions.choose_main_photo(acting, row, asset=asset):
            messages.success(request, "This is the main photo now. Pictures that were made of another keep it.")
        else:
            messages.info(request, f"This is the main photo of {row.name} already.")
    except actions.PhotoRefused as error:
        messages.error(request, str(error))
    return _back(row, row.asset)


@members_only
@require_POST
def remove_photo(request: HttpRequest, product_id: str) -> HttpResponse:
    """Take a photo from the product. It stays among its earlier photos if pictures were asked of it."""
    acting, row, asset = _photo(request, product_id)
    try:
        actions.remove_photo(acting, row, asset=asset)
        messages.success(request, "The photo is removed; it stands under “Earlier photos” if you want it back.")
    except actions.PhotoRefused as error:
        messages.error(request, str(error))
    return _back(row, row.asset)


@members_only
@require_POST
def restore_photo(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show the product by a photo that it had before."""
    acting, row, asset = _photo(request, product_id)
    try:
        if asset in earlier_photos(row):
            actions.add_photo(acting, row, asset=asset)
            messages.success(request, "The photo is back.")
        else:
            messages.info(request, f"{row.name} has this photo already.")
    except actions.PhotoRefused as error:
        messages.error(request, str(error))
    return _back(row, asset)


def _photo(request: HttpRequest, product_id: str) -> tuple[Actor, Product, Asset]:
    """Who acts, on which product, and the team's photo that the form names."""
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Product.objects.select_related("asset"), pk=product_id)
    return acting, row, access.find(acting, Asset, pk=identifier(request.POST.get("asset", "")))


def _back(row: Product, photo: Asset) -> HttpResponse:
    """The product's page with a photo of it."""
    query = "" if photo.pk == row.asset_id else f"?photo={photo.pk}"
    return redirect(f"{reverse('product', args=[row.id])}{query}")


@members_only
@require_POST
def put_away(request: HttpRequest, product_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Product, pk=product_id)
    away = request.POST.get("away") != "no"
    try:
        actions.put_away_product(acting, row, away=away)
    except DetailsRefused as error:
        messages.error(request, f"{error} Give one of them another SKU first.")
    else:
        messages.success(request, f"{row.name} is {'archived; its pictures stay' if away else 'back in the library'}.")
    return redirect("product", product_id=row.id)
