"""Photos that arrive from a browser, as files or as an address on the web."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.idempotency import Made, Order, made_before, once
from dashboard.projects import photo_addresses
from dashboard.projects.actions import create_product, readable, take_photo
from dashboard.projects.checks import wrong_with_address
from dashboard.projects.models import Product
from generation.contract import PHOTO_MAX_BYTES
from generation.errors import UserFacingError
from generation.media.decoding import UnusablePicture
from generation.media.folder_storage import own_links
from generation.models import Asset
from generation.network.download import download
from generation.provider.contract_http import name_from


@dataclass(frozen=True)
class UploadOutcome:
    """What became of one file: a product, or one sentence."""

    filename: str
    product: Product | None = None
    error: str = ""


def take(acting: Actor, file: "UploadedFile[Any]", *, order: Order | None = None) -> UploadOutcome:
    """Make one file a product; what is wrong with it never stops the others."""
    name = file.name or ""
    try:
        asset = take_photo(acting, file.read(PHOTO_MAX_BYTES + 1))
    except UnusablePicture as error:
        return UploadOutcome(name, error=str(error))
    return UploadOutcome(name, product=_add(acting, asset, filename=name, order=order))


def take_from(acting: Actor, url: str, *, order: Order | None = None) -> UploadOutcome:
    """Make the photo at an address a product."""
    if made := made_before(order):
        return UploadOutcome(url, product=_found(acting, made))
    url = photo_addresses.whole(url)
    if problem := wrong_with_address(url):
        return UploadOutcome(url, error=problem)
    try:
        asset = take_photo(acting, download(url, max_bytes=PHOTO_MAX_BYTES, trusted=own_links()))
    except UserFacingError as error:
        return UploadOutcome(url, error=str(error))
    return UploadOutcome(url, product=_add(acting, asset, filename=name_from(url), order=order))


def _add(acting: Actor, asset: Asset, *, filename: str, order: Order | None) -> Product:
    made, _ = once(order, lambda: {"product": create_product(acting, asset=asset, name=readable(filename), tags=[]).id})
    return _found(acting, made)


def _found(acting: Actor, made: Made) -> Product:
    return access.find(acting, Product.objects.select_related("asset"), pk=made["product"])
