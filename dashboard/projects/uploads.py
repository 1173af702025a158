"""Photos that arrive from a browser, one or many a request."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from dashboard.accounts.access import Actor
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product
from generation.contract import PHOTO_MAX_BYTES
from generation.media import UnusablePicture


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
