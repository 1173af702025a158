"""How products come into the library, and what else is done with products and projects."""

from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils import timezone

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.projects.models import Product, Project
from generation.contract import PHOTO_MAX_BYTES
from generation.database.public_ids import new_id
from generation.media import pictures
from generation.models import Asset, Image

PHOTO_REPLACED = "product.photo_replaced"


def add_product(
    acting: Actor, *, photo: bytes, filename: str, name: str = "", tags: list[str] | None = None
) -> Product:
    """Take a photo into the library as a product. Raises ``media.UnusablePicture`` with one clear sentence."""
    acting.require(Role.CREATOR)
    asset = take_photo(acting, photo)
    return create_product(acting, asset=asset, name=name.strip() or readable(filename), tags=tags or [])


def take_photo(acting: Actor, photo: bytes) -> Asset:
    """The asset of a photo: the team's own if it has the photo already, so that the provider is sent it only once.

    A new one's files are stored, but its row is not written yet: no storage call in a transaction.
    Raises ``media.UnusablePicture``.
    """
    picture = pictures.read_picture(photo, max_bytes=PHOTO_MAX_BYTES)
    known = Asset.objects.filter(team=acting.team, sha256=picture.sha256).first()
    return known or _store(acting, picture)


def _store(acting: Actor, picture: pictures.Picture) -> Asset:
    key = new_id("asset")
    keys = pictures.store(picture, folder=f"{acting.team.id}/photos/{key}")
    facts = {name: getattr(picture, name) for name in ("mime", "sha256", "width", "height", "thumb_hash")}
    return Asset(id=key, team=acting.team, size=len(picture.data), **vars(keys), **facts)


def _keep(asset: Asset) -> None:
    """Write the row of an asset that is new."""
    if asset._state.adding:
        asset.save(force_insert=True)


def create_product(acting: Actor, *, asset: Asset, name: str, sku: str = "", tags: list[str]) -> Product:
    """Write a product, and its asset where that is new."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        _keep(asset)
        product = Product.objects.create(team=acting.team, name=name[:120], sku=sku, tags=tags, asset=asset)
        record(acting, "product.added", product.id, after={"name": product.name, "asset": asset.id})
    return product


def readable(filename: str) -> str:
    """A product's name from its file's: ``camp-mug_01.jpg`` → ``Camp mug 01``."""
    words = PurePath(filename.replace("\\", "/")).stem.replace("-", " ").replace("_", " ").split()
    text = " ".join(words) or "Untitled product"
    return text[0].upper() + text[1:]


def edit_product(acting: Actor, product: Product, *, name: str, sku: str, tags: list[str]) -> None:
    acting.require(Role.CREATOR)
    _change(acting, product, name=name, sku=sku, tags=tags)


def replace_photo(acting: Actor, product: Product, *, asset: Asset) -> None:
    """Show a product by another photo from now on. Jobs and pictures keep the one that they were made of."""
    acting.require(Role.CREATOR)
    before = product.asset_id
    if asset.pk == before:
        return
    with transaction.atomic():
        _keep(asset)
        product.asset = asset
        product.save(update_fields=["asset"])
        record(acting, PHOTO_REPLACED, product.id, before={"asset": before}, after={"asset": asset.id})


def put_away_product(acting: Actor, product: Product, *, away: bool) -> None:
    """Take a product out of the library, or back; its pictures stay."""
    acting.require(Role.CREATOR)
    _put_away(acting, product, away=away)


def add_project(acting: Actor, *, name: str, brief: str) -> Project:
    acting.require(Role.CREATOR)
    with transaction.atomic():
        project = Project.objects.create(team=acting.team, name=name, brief=brief)
        record(acting, "project.added", project.id, after={"name": name, "brief": brief})
    return project


def edit_project(acting: Actor, project: Project, *, name: str, brief: str) -> None:
    acting.require(Role.CREATOR)
    _change(acting, project, name=name, brief=brief)


def choose_cover(acting: Actor, project: Project, *, picture: Image | None) -> None:
    """Show a project by one of its pictures; by its newest one where none is chosen."""
    acting.require(Role.CREATOR)
    before = project.cover_id
    if before == (picture.pk if picture else None):
        return
    project.cover = picture
    with transaction.atomic():
        if picture:  # locked: whatever removes old pictures looks at the covers only then
            access.find(acting, Image.objects.in_gallery().select_for_update(), pk=picture.pk)
        project.save(update_fields=["cover"])
        record(acting, "project.cover_chosen", project.id, before={"cover": before}, after={"cover": project.cover_id})


def put_away_project(acting: Actor, project: Project, *, away: bool) -> None:
    """Take a project out of the lists, or back; its pictures stay."""
    acting.require(Role.CREATOR)
    _put_away(acting, project, away=away)


def _change(acting: Actor, row: Product | Project, **fields: Any) -> None:
    before = {name: getattr(row, name) for name in fields}
    if before == fields:
        return
    for name, value in fields.items():
        setattr(row, name, value)
    with transaction.atomic():
        row.save(update_fields=list(fields))
        record(acting, f"{row._meta.model_name}.edited", row.pk, before=before, after=fields)


def _put_away(acting: Actor, row: Product | Project, *, away: bool) -> None:
    if bool(row.archived_at) == away:
        return
    row.archived_at = timezone.now() if away else None
    with transaction.atomic():
        row.save(update_fields=["archived_at"])
        record(acting, f"{row._meta.model_name}.{'archived' if away else 'restored'}", row.pk)
