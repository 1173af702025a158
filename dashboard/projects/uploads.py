"""Photos that arrive from a browser, as files or as an address on the web."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from dashboard.accounts.access import Actor
from dashboard.projects.actions import add_product
from dashboard.projects.checks import wrong_with_address
from dashboard.projects.models import Product
from generation.contract import PHOTO_MAX_BYTES
from generation.fetch import FetchError, download
from generation.media import UnusablePicture
from generation.serving import name_from
from generation.storage import own_links


@dataclass(frozen=True)
class Outcome:
    """What became of one file: a product, or one sentence."""

    filename: str
    product: Product | None = None
    error: str = ""


def take(acting: Actor, file: "UploadedFile[Any]") -> Outcome:
    """Make one file a product; what is wrong with it never stops the others."""
    name = file.name or ""
    photo = file.read(PHOTO_MAX_BYTES + 1)
    try:
        return Outcome(name, product=add_product(acting, photo=photo, filename=name))
    except UnusablePicture as error:
        return Outcome(name, error=str(error))


def take_from(acting: Actor, url: str) -> Outcome:
    """Make the photo at an address a product."""
    if problem := wrong_with_address(url):
        return Outcome(url, error=problem)
    try:
        photo = download(url, max_bytes=PHOTO_MAX_BYTES, trusted=own_links())
        return Outcome(url, product=add_product(acting, photo=photo, filename=name_from(url)))
    except (FetchError, UnusablePicture) as error:
        return Outcome(url, error=str(error))
