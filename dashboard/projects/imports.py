"""Products from a sheet, row by row in the background.

The rows are the truth: a row with ``due_at`` waits for a worker, who claims it for a while and then either finishes
it or lets it become due again. So any worker may die, and any message may be lost or come twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role
from dashboard.audit.record import record
from dashboard.projects import previews, sheets
from dashboard.projects.actions import PhotoRefused, add_photo, create_product, take_photo
from dashboard.projects.details import DetailsRefused
from dashboard.projects.models import ImportFile, ImportRow, ProductImport
from dashboard.projects.sheets import SheetPhoto, SheetRow
from generation.contract import PHOTO_MAX_BYTES
from generation.database.bulk_delete import delete_in_portions
from generation.errors import UserFacingError
from generation.media.decoding import UnusablePicture
from generation.media.folder_storage import own_links
from generation.models import Asset
from generation.network import outbox
from generation.network.download import FetchError, download
from generation.plurals import counted

LEASE = timedelta(seconds=60)
"""How long a claimed row is left alone, from its claim on; a download takes 20 seconds at most."""
GAPS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
"""Pauses before another try of an address that did not answer, each from the end of the try before."""
State = ImportRow.State


class RowFailed(UserFacingError):
    """This row does not become a product."""


def start(acting: Actor, batch: ProductImport) -> None:
    """Import a preview's good rows; starting it again does nothing."""
    acting.require(Role.CREATOR)
    now = timezone.now()
    with transaction.atomic():
        ready = ProductImport.objects.filter(pk=batch.pk, started_at=None, asks=ProductImport.Asks.NOTHING)
        if ready.update(started_at=now, member=acting.user):
            waiting = batch.rows.filter(state=State.WAITING)
            # A further photo waits for its product, unless that is in the library.
            waiting.filter(Q(place=0) | Q(product__isnull=False)).update(due_at=now)
            ImportFile.objects.filter(batch=batch).delete()
            count = waiting.filter(place=0).count()
            record(acting, "import.started", batch.id, after={"file": batch.filename, "products": count})


def due() -> list[str]:
    """Imports that have rows to work on now."""
    return list(ImportRow.objects.filter(due_at__lte=timezone.now()).values_list("batch", flat=True).distinct())


def next_row(batch_id: str) -> ImportRow | None:
    """Claim the row of an import that is due first."""
    now = timezone.now()
    waiting = ImportRow.objects.filter(batch=batch_id, due_at__lte=now)
    while (found := waiting.order_by("due_at", "line", "place").first()) is not None:
        if outbox.claim(waiting, found.pk, lease=LEASE):
            found.refresh_from_db()
            return found
    return None


def work(row: ImportRow) -> None:
    """Make a claimed row a product, or a photo of one, or say why not. Safe to run twice at once."""
    try:
        if row.tries > len(GAPS) + 1:
            raise RowFailed("The import broke off at this row several times.")
        acting = _acting(row.batch)
        asset = _asset(acting, row)
        _add_photo(acting, row, asset) if row.place else _add_product(acting, row, asset)
    except FetchError as error:
        _waiting(row).update(due_at=timezone.now() + GAPS[row.tries - 1], message=f"{error} It is tried again."[:300])
    except (RowFailed, PhotoRefused, DetailsRefused) as error:
        _fail(row, str(error))


def _fail(row: ImportRow, sentence: str) -> None:
    with transaction.atomic():
        if _waiting(row).update(state=State.FAILED, message=sentence[:300], due_at=None) and not row.place:
            _photos_of(row).update(state=State.DROPPED, due_at=None)


def _photos_of(row: ImportRow) -> QuerySet[ImportRow]:
    """The further photos of a product's row that wait for it."""
    return ImportRow.objects.filter(batch=row.batch_id, line=row.line, place__gt=0, state=State.WAITING)


def _waiting(row: ImportRow) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(pk=row.pk, state=State.WAITING)


def _acting(batch: ProductImport) -> Actor:
    """Whoever pressed the button, with the rights of now."""
    membership = Membership.objects.filter(team=batch.team, user=batch.member).first()
    if membership is None or membership.role < Role.CREATOR:
        raise RowFailed("The member who started this import may no longer add products.")
    return Actor(batch.team, Role(membership.role), user=batch.member)


def _asset(acting: Actor, row: ImportRow) -> Asset:
    try:
        return take_photo(acting, download(row.url, max_bytes=PHOTO_MAX_BYTES, trusted=own_links()))
    except UnusablePicture as error:
        raise RowFailed(str(error)) from error
    except FetchError as error:
        if error.passing and row.tries <= len(GAPS):
            raise
        raise RowFailed(str(error)) from error


def _add_product(acting: Actor, row: ImportRow, asset: Asset) -> None:
    with transaction.atomic():
        # Whoever turns the row over makes the product: a second worker finds nothing to turn.
        if not _waiting(row).update(state=State.DONE, due_at=None, message=""):
            return
        facts: dict[str, Any] = {"name": row.name, "sku": row.sku, "tags": row.tags}
        product = create_product(acting, asset=asset, note=row.note, source=row.url, **facts)
        ImportRow.objects.filter(pk=row.pk).update(product=product)
        _photos_of(row).update(product=product, due_at=timezone.now())


def _add_photo(acting: Actor, row: ImportRow, asset: Asset) -> None:
    if row.product is None:
        raise RowFailed("Its product is not in the library any more.")
    with transaction.atomic():
        if not _waiting(row).update(state=State.DONE, due_at=None, message=""):
            return
        if not add_photo(acting, row.product, asset=asset, note=row.note, source=row.url):
            ImportRow.objects.filter(pk=row.pk).update(state=State.KNOWN)


@dataclass(frozen=True)
class Progress:
    """How many rows are in which state; products and their further photos are rows."""

    products: int
    """To be made, or made."""
    photos: int
    """Further ones to be added, or added."""
    known: int
    """Products of the sheet that were in the library already."""
    waiting: int
    over: int
    left_out: int

    @property
    def total(self) -> int:
        """Rows that were good enough to try."""
        return self.waiting + self.over

    @property
    def summary(self) -> str:
        """``212 products, 18 further photos, 3 rows left out``."""
        said = [counted(self.products, "product")]
        if self.photos:
            said.append(counted(self.photos, "further photo"))
        if self.known:
            said.append(f"{self.known:,} in the library already")
        if self.left_out:
            said.append(f"{counted(self.left_out, 'row')} left out")
        return ", ".join(said)


def progress(batch: ProductImport) -> Progress:
    going = Q(state__in=(State.WAITING, State.DONE))
    counts = {
        "products": going & Q(place=0),
        "photos": going & Q(place__gt=0),
        "known": Q(state=State.KNOWN, place=0),
        "waiting": Q(state=State.WAITING),
        "over": Q(state__in=(State.DONE, State.FAILED)) | Q(state=State.DROPPED, tries__gt=0),
        "left_out": _LEFT_OUT,
    }
    return Progress(**batch.rows.aggregate(**{name: Count("pk", filter=which) for name, which in counts.items()}))


_LEFT_OUT = Q(state__in=(State.BAD, State.FAILED))


def left_out(batch: ProductImport) -> QuerySet[ImportRow]:
    """Rows that did not become products or photos of one, in the file's order."""
    return batch.rows.filter(_LEFT_OUT).order_by("line", "place")


def as_file(batch: ProductImport) -> str:
    """The rows that did not become products, with the reason of each, as CSV."""
    photos: dict[int, list[SheetPhoto]] = {}
    for row in batch.rows.filter(state=State.DROPPED).order_by("line", "place"):
        photos.setdefault(row.line, []).append(SheetPhoto(row.url, row.note))
    return sheets.write((_as_sheet_row(row, photos.get(row.line, [])), row.message) for row in left_out(batch))


def _as_sheet_row(row: ImportRow, others: list[SheetPhoto]) -> SheetRow:
    photos = (SheetPhoto(row.url, row.note), *(others if not row.place else ()))
    return SheetRow(row.line, row.name, row.sku, photos, tuple(row.tags), row.product_id or "")


def clear_history() -> int:
    """Forget previews that nobody confirmed, and imports older than ``HISTORY_DAYS`` that are over; how many rows.

    Their products stay.
    """
    now = timezone.now()
    unfinished = ImportRow.objects.filter(batch=OuterRef("pk"), due_at__isnull=False)
    old = ProductImport.objects.filter(created_at__lt=now - timedelta(days=settings.HISTORY_DAYS))
    over = old.exclude(started_at=None).exclude(Exists(unfinished))
    unstarted = ProductImport.objects.filter(started_at=None, created_at__lt=now - previews.KEPT)
    return sum(delete_in_portions(rows, by="id", portion=1) for rows in (unstarted, over))
