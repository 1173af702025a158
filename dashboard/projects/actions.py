"""How products come into the library."""

from pathlib import PurePath

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.projects.models import Product
from generation import media
from generation.contract import PHOTO_MAX_BYTES
from generation.ids import new_id
from generation.models import Asset


def add_product(acting: Actor, *, photo: bytes, filename: str, name: str = "", tags: list[str] | None = None) -> Product:
    """Take a photo into the library as a product. Raises ``media.UnusablePicture`` with one clear sentence.

    A photo that the team has already keeps its one asset, so that the provider is sent it only once.
    """
    acting.require(Role.CREATOR)
    picture = media.read_picture(photo, max_bytes=PHOTO_MAX_BYTES)
    asset = Asset.objects.filter(team=acting.team, sha256=picture.sha256).first() or _store(acting, picture)
    with transaction.atomic():
        asset.save()
        shown = name.strip() or readable(filename)
        product = Product.objects.create(team=acting.team, name=shown[:120], tags=tags or [], asset=asset)
        record(acting, "product.added", product.id, after={"name": product.name, "asset": asset.id})
    return product


def _store(acting: Actor, picture: media.Picture) -> Asset:
    """An asset whose files are stored and whose row is not written yet: no storage call in a transaction."""
    key = new_id("asset")
    keys = media.store(picture, folder=f"{acting.team.id}/photos/{key}")
    facts = {name: getattr(picture, name) for name in ("mime", "sha256", "width", "height", "thumb_hash")}
    return Asset(id=key, team=acting.team, size=len(picture.data), **vars(keys), **facts)


def readable(filename: str) -> str:
    """A product's name from its file's: ``camp-mug_01.jpg`` → ``Camp mug 01``."""
    words = PurePath(filename.replace("\\", "/")).stem.replace("-", " ").replace("_", " ").split()
    text = " ".join(words) or "Untitled product"
    return text[0].upper() + text[1:]
