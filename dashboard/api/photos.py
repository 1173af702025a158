"""The photo that a request is about: one that the team has, or one that the request brings."""

import hashlib

from dashboard.accounts.access import Actor
from dashboard.projects.actions import add_product, create_product, readable
from dashboard.projects.details import Details, DetailsRefused
from dashboard.projects.models import Product, ProductPhoto
from generation.contract import ContractError, ErrorCode, GenerateRequest
from generation.media.decoding import UnusablePicture
from generation.media.folder_storage import own_links
from generation.models import Asset
from generation.provider.contract_http import Upload, fetch_photo, invalid, name_from
from generation.text import normalise


def photo_of(acting: Actor, request: GenerateRequest) -> tuple[Product, Asset]:
    """The photo that a request names, and the product that it shows.

    Raises ``ContractError`` that names the parameter; nothing is stored then.
    """
    if request.asset_id:
        found = _showing(acting, pk=request.asset_id)
        if found is None:
            raise ContractError(ErrorCode.NOT_FOUND, "Asset not found: asset_id")
        return found
    data = fetch_photo(request.image_url, parameter="image_url", trusted=own_links())
    found = _showing(acting, sha256=hashlib.sha256(data).hexdigest())
    if found is None:
        product = add(acting, Upload(data, name_from(request.image_url), "image_url"))
        found = product, product.asset
    return found


def _showing(acting: Actor, **which: str) -> tuple[Product, Asset] | None:
    """A photo that the team has, with the newest product that it is a photo of; ``None`` when it has no such photo."""
    of_asset = {f"asset__{name}": value for name, value in which.items()}
    photos = ProductPhoto.objects.filter(product__team=acting.team, **of_asset).select_related("product", "asset")
    live = photos.filter(product__archived_at=None).order_by("-product").first()
    if live is not None:
        return live.product, live.asset
    asset = Asset.objects.filter(team=acting.team, **which).first()
    archived = photos.order_by("-product").first()
    return (_revived(acting, asset, archived.product if archived else None), asset) if asset else None


def _revived(acting: Actor, asset: Asset, archived: Product | None) -> Product:
    """A new product for a photo whose products are all archived: scripts go on, archives stay as they are."""
    return create_product(acting, asset=asset, name=archived.name if archived else "Untitled product", tags=[])


def add(acting: Actor, upload: Upload) -> Product:
    """Take a photo into the library; sending the same again finds the same product.

    Raises ``ContractError(invalid_request)`` for what is no usable photo.
    """
    try:
        details = Details.of(name=normalise(upload.name) or readable(upload.filename), tags=upload.tags)
        digest = hashlib.sha256(upload.data).hexdigest()
        same = Product.objects.filter(team=acting.team, asset__sha256=digest, name=details.name, archived_at=None)
        for product in same.select_related("asset").order_by("-id"):
            if product.tags == list(details.tags):
                return product
        return add_product(
            acting, photo=upload.data, filename=upload.filename, name=details.name, tags=list(details.tags)
        )
    except DetailsRefused as error:
        raise invalid(error.field, str(error)) from error
    except UnusablePicture as error:
        raise invalid(upload.parameter, str(error)) from error
