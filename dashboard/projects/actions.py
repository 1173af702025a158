"""How products come into the library, and what else is done with products and projects."""

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.projects.details import NAME_MAX, Details, project_columns, sku_free
from dashboard.projects.forms import PHOTOS_MAX
from dashboard.projects.models import Product, ProductPhoto, Project
from dashboard.ui.edits import check
from generation.contract import PHOTO_MAX_BYTES
from generation.database.public_ids import new_id
from generation.errors import UserFacingError
from generation.media import pictures
from generation.models import Asset, Image
from generation.text import fold_for_uniqueness, normalise

MAIN_PHOTO_CHOSEN = "product.photo_replaced"
PHOTO_REMOVED = "product.photo_removed"


class PhotoRefused(UserFacingError):
    """A product's photos stay as they are."""


def add_product(
    acting: Actor, *, photo: bytes, filename: str, name: str = "", tags: list[str] | None = None
) -> Product:
    """Take a photo into the library as a product. Raises ``UnusablePicture`` and ``DetailsRefused``."""
    acting.require(Role.CREATOR)
    details = Details.of(name=normalise(name) or readable(filename), tags=tags or [])
    asset = take_photo(acting, photo)
    return create_product(acting, asset=asset, **vars(details))


def take_photo(acting: Actor, photo: bytes) -> Asset:
    """The asset of a photo: the team's own if it has the photo already, so that the provider is sent it only once.

    A new one's files are stored, but its row is not written yet: no storage call in a transaction.
    Raises ``UnusablePicture``.
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


def create_product(
    acting: Actor, *, asset: Asset, name: str, sku: str = "", tags: Iterable[str], note: str = "", source: str = ""
) -> Product:
    """Write a product with its first photo, and the photo's asset where that is new. Raises ``DetailsRefused``."""
    acting.require(Role.CREATOR)
    details = Details.of(name=name, sku=sku, tags=tags)
    with transaction.atomic(), sku_free(acting.team, details.sku):
        _keep(asset)
        product = Product.objects.create(team=acting.team, asset=asset, **details.as_columns())
        ProductPhoto.objects.create(product=product, asset=asset, place=0, note=note, source=source)
        record(acting, "product.added", product.id, after={"name": product.name, "asset": asset.id})
    return product


def readable(filename: str) -> str:
    """A product's name from its file's: ``camp-mug_01.jpg`` → ``Camp mug 01``."""
    words = PurePath(filename.replace("\\", "/")).stem.replace("-", " ").replace("_", " ").split()
    text = normalise(" ".join(words))[:NAME_MAX].rstrip() or "Untitled product"
    return text[0].upper() + text[1:]


def edit_product(acting: Actor, product: Product, *, name: str, sku: str, tags: Iterable[str], seen: str = "") -> None:
    """Raises ``DetailsRefused`` and ``ChangedMeanwhile``. A SKU that was shared before SKUs were unique may stay."""
    acting.require(Role.CREATOR)
    details = Details.of(name=name, sku=sku, tags=tags)
    with transaction.atomic():
        present = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        check(seen, present=details_of(present), wanted=details.as_columns())
        if fold_for_uniqueness(details.sku) == present.sku_key:
            _change(acting, present, details.as_columns(), before=details_of(present))
            return
        with sku_free(acting.team, details.sku, of=present):
            _change(acting, present, details.as_columns(), before=details_of(present), sku_shared=False)


def details_of(row: Product | Project) -> dict[str, Any]:
    """What can be edited, by the names of the form's fields."""
    names = ("name", "sku", "tags") if isinstance(row, Product) else ("name", "brief")
    return {name: getattr(row, name) for name in names}


def add_photo(acting: Actor, product: Product, *, asset: Asset, note: str = "", source: str = "") -> bool:
    """Show a product by one more photo; whether it is new to it. Raises :class:`PhotoRefused`."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        _keep(asset)
        last = _photos_locked(product).last()
        if product.photos.filter(asset=asset).exists():
            product.photos.filter(asset=asset, source="").update(source=source)
            return False
        if product.photos.count() >= PHOTOS_MAX:
            raise PhotoRefused(f"{product.name} has {PHOTOS_MAX} photos already; no more fit. Remove one first.")
        place = last.place + 1 if last else 0
        ProductPhoto.objects.create(product=product, asset=asset, place=place, note=note, source=source)
        record(acting, "product.photo_added", product.id, after={"asset": asset.id})
    return True


def choose_main_photo(acting: Actor, product: Product, *, asset: Asset) -> bool:
    """Show a product by this one of its photos first; whether that changes anything.

    Jobs and pictures keep the photo that they were made of. Raises :class:`PhotoRefused`.
    """
    acting.require(Role.CREATOR)
    with transaction.atomic():
        _own_photo(product, asset)
        before = product.asset_id
        if asset.pk == before:
            return False
        _show_first(product, asset)
        record(acting, MAIN_PHOTO_CHOSEN, product.id, before={"asset": before}, after={"asset": asset.pk})
    return True


def remove_photo(acting: Actor, product: Product, *, asset: Asset) -> None:
    """Take a photo from a product; it stays in store for the jobs made of it. Raises :class:`PhotoRefused`."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        photo = _own_photo(product, asset)
        left = product.photos.exclude(pk=photo.pk).order_by("place").select_related("asset").first()
        if left is None:
            raise PhotoRefused(f"This is the only photo of {product.name}. Add another one first.")
        photo.delete()
        if product.asset_id == asset.pk:
            _show_first(product, left.asset)
        record(acting, PHOTO_REMOVED, product.id, before={"asset": asset.pk}, after={"main": product.asset_id})


def _photos_locked(product: Product) -> QuerySet[ProductPhoto]:
    """Of a product, whose row is locked and read again: photos are added and removed one at a time."""
    product.asset = Product.objects.select_for_update(of=("self",)).select_related("asset").get(pk=product.pk).asset
    return product.photos.order_by("place")


def _own_photo(product: Product, asset: Asset) -> ProductPhoto:
    photo = _photos_locked(product).filter(asset=asset).first()
    if photo is None:
        raise PhotoRefused(f"{product.name} does not have this photo any more.")
    return photo


def _show_first(product: Product, asset: Asset) -> None:
    product.asset = asset
    product.save(update_fields=["asset"])


def put_away_product(acting: Actor, product: Product, *, away: bool) -> None:
    """Take a product out of the library, or back; its pictures stay.

    Raises ``DetailsRefused`` where another product has its SKU by now.
    """
    acting.require(Role.CREATOR)
    with sku_free(acting.team, "" if away or product.sku_shared else product.sku, of=product):
        _put_away(acting, product, away=away)


def add_project(acting: Actor, *, name: str, brief: str) -> Project:
    acting.require(Role.CREATOR)
    columns = project_columns(name=name, brief=brief)
    with transaction.atomic():
        project = Project.objects.create(team=acting.team, **columns)
        record(acting, "project.added", project.id, after=columns)
    return project


def edit_project(acting: Actor, project: Project, *, name: str, brief: str, seen: str = "") -> None:
    """Raises ``DetailsRefused`` and ``ChangedMeanwhile``."""
    acting.require(Role.CREATOR)
    wanted = project_columns(name=name, brief=brief)
    with transaction.atomic():
        present = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        check(seen, present=details_of(present), wanted=wanted)
        _change(acting, present, wanted, before=details_of(present))


def choose_cover(acting: Actor, project: Project, *, picture: Image | None) -> None:
    """Show a project by one of its pictures; by its newest one where none is chosen."""
    acting.require(Role.CREATOR)
    before = project.cover_id
    if before == (picture.pk if picture else None):
        return
    project.cover = picture
    with transaction.atomic():
        if picture:  # locked: whatever removes old pictures looks at the covers only then
            access.find(acting, Image.objects.with_thumbnail().select_for_update(), pk=picture.pk)
        project.save(update_fields=["cover"])
        record(acting, "project.cover_chosen", project.id, before={"cover": before}, after={"cover": project.cover_id})


def put_away_project(acting: Actor, project: Project, *, away: bool) -> None:
    """Take a project out of the lists, or back; its pictures stay."""
    acting.require(Role.CREATOR)
    _put_away(acting, project, away=away)


def _change(
    acting: Actor, row: Product | Project, wanted: Mapping[str, Any], *, before: dict[str, Any], **besides: Any
) -> None:
    if before == wanted:
        return
    for name, value in {**wanted, **besides}.items():
        setattr(row, name, value)
    row.save(update_fields=[*wanted, *besides])
    record(acting, f"{row._meta.model_name}.edited", row.pk, before=before, after=dict(wanted))


def _put_away(acting: Actor, row: Product | Project, *, away: bool) -> None:
    if bool(row.archived_at) == away:
        return
    row.archived_at = timezone.now() if away else None
    with transaction.atomic():
        row.save(update_fields=["archived_at"])
        record(acting, f"{row._meta.model_name}.{'archived' if away else 'restored'}", row.pk)
