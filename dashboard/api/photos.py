"""The photo that a request is about: one that the team has, or one that the request brings."""

import hashlib

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.audit.record import record
from dashboard.projects.actions import add_product, readable
from dashboard.projects.models import Product
from generation.contract import ContractError, ErrorCode, GenerateRequest
from generation.media import pictures
from generation.media.folder_storage import own_links
from generation.models import Asset
from generation.provider.contract_http import Upload, fetch_photo, invalid, name_from


def product_of(acting: Actor, request: GenerateRequest) -> Product:
    """The product that a request shows. Raises ``ContractError`` that names the parameter; nothing is stored then."""
    if request.asset_id:
        product = _showing(acting, pk=request.asset_id)
        if product is None:
            raise ContractError(ErrorCode.NOT_FOUND, "Asset not found: asset_id")
        return product
    data = fetch_photo(request.image_url, parameter="image_url", trusted=own_links())
    known = _showing(acting, sha256=hashlib.sha256(data).hexdigest())
    return known or add(acting, Upload(data, name_from(request.image_url), "image_url"))


def _showing(acting: Actor, **which: str) -> Product | None:
    """The newest product of a photo that the team has; ``None`` when it has no such photo."""
    of_asset = {f"asset__{name}": value for name, value in which.items()}
    products = Product.objects.filter(team=acting.team, **of_asset).select_related("asset").order_by("-id")
    live = products.filter(archived_at=None).first()
    if live is not None:
        return live
    asset = Asset.objects.filter(team=acting.team, **which).first()
    return _revived(acting, asset, products.first()) if asset else None


def _revived(acting: Actor, asset: Asset, archived: Product | None) -> Product:
    """A new product for a photo whose products are all archived: scripts go on, archives stay as they are."""
    name = archived.name if archived else "Untitled product"
    with transaction.atomic():
        product = Product.objects.create(team=acting.team, name=name, asset=asset)
        record(acting, "product.added", product.id, after={"name": name, "asset": asset.id})
    return product


def add(acting: Actor, upload: Upload) -> Product:
    """Take a photo into the library; sending the same again finds the same product.

    Raises ``ContractError(invalid_request)`` for what is no usable photo.
    """
    tags, name = list(upload.tags), upload.name or readable(upload.filename)
    digest = hashlib.sha256(upload.data).hexdigest()
    same = Product.objects.filter(team=acting.team, asset__sha256=digest, name=name, archived_at=None)
    for product in same.select_related("asset").order_by("-id"):
        if product.tags == tags:
            return product
    try:
        return add_product(acting, photo=upload.data, filename=upload.filename, name=name, tags=tags)
    except pictures.UnusablePicture as error:
        raise invalid(upload.parameter, str(error)) from error
