"""Products from a CSV file: a preview, and then row by row in the background.

The rows are the truth: a row with ``due_at`` waits for a worker, who claims it for a while and then either finishes
it or lets it become due again. So any worker may die, and any message may be lost or come twice.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role
from dashboard.audit.record import record
from dashboard.projects import checks, sheets
from dashboard.projects.actions import create_product, take_photo
from dashboard.projects.models import ImportRow, Product, ProductImport
from generation.contract import PHOTO_MAX_BYTES
from generation.database.bulk_delete import delete_in_portions
from generation.errors import UserFacingError
from generation.media.decoding import UnusablePicture
from generation.media.folder_storage import own_links
from generation.models import Asset
from generation.network.download import FetchError, download

LEASE = timedelta(seconds=60)
"""How long a claimed row is left alone, from its claim on; a download takes 20 seconds at most."""
GAPS = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
"""Pauses before another try of an address that did not answer, each from the end of the try before."""
PREVIEW_KEPT = timedelta(days=1)
"""How long a preview that nobody started stays, from its upload on."""
State = ImportRow.State


class RowFailed(UserFacingError):
    """This row does not become a product."""


def preview(acting: Actor, *, data: bytes, filename: str) -> ProductImport:
    """Write down what a file holds and what is wrong with it. Raises ``sheets.SheetRefused``."""
    acting.require(Role.CREATOR)
    assert acting.user is not None  # noqa: S101 narrows the type: only pages lead here
    rows = sheets.read(data)
    wrong = checks.problems(rows, library=checks.library_of(acting.team))
    with transaction.atomic():
        batch = ProductImport.objects.create(team=acting.team, member=acting.user, filename=filename[:200])
        ImportRow.objects.bulk_create((_row(batch, row, wrong.get(row.line, "")) for row in rows), batch_size=500)
    return batch


def _row(batch: ProductImport, row: sheets.SheetRow, problem: str) -> ImportRow:
    """What is too long is cut to be shown; such a row is never imported."""
    return ImportRow(
        batch=batch,
        line=row.line,
        name=row.name[: checks.NAME_LENGTH],
        sku=row.sku[: checks.SKU_LENGTH],
        url=row.url[: checks.URL_LENGTH],
        tags=list(row.tags),
        state=State.BAD if problem else State.WAITING,
        message=problem,
    )


def start(acting: Actor, batch: ProductImport) -> None:
    """Import a preview's good rows; starting it again does nothing."""
    acting.require(Role.CREATOR)
    now = timezone.now()
    with transaction.atomic():
        if ProductImport.objects.filter(pk=batch.pk, started_at=None).update(started_at=now, member=acting.user):
            count = batch.rows.filter(state=State.WAITING).update(due_at=now)
            record(acting, "import.started", batch.id, after={"file": batch.filename, "products": count})


def due() -> list[str]:
    """Imports that have rows to work on now."""
    return list(ImportRow.objects.filter(due_at__lte=timezone.now()).values_list("batch", flat=True).distinct())


def next_row(batch_id: str) -> ImportRow | None:
    """Claim the row of an import that is due first."""
    now = timezone.now()
    waiting = ImportRow.objects.filter(batch=batch_id, due_at__lte=now)
    while (found := waiting.order_by("due_at", "line").first()) is not None:
        if waiting.filter(pk=found.pk).update(due_at=now + LEASE, tries=F("tries") + 1):
            found.refresh_from_db()
            return found
    return None


def work(row: ImportRow) -> None:
    """Make a claimed row a product, or say why not. Safe to run twice at once."""
    try:
        if row.tries > len(GAPS) + 1:
            raise RowFailed("The import broke off at this row several times.")
        acting = _acting(row.batch)
        _finish(acting, row, _asset(acting, row))
    except FetchError as error:
        _waiting(row).update(due_at=timezone.now() + GAPS[row.tries - 1], message=f"{error} It is tried again."[:300])
    except RowFailed as error:
        _waiting(row).update(state=State.FAILED, message=str(error)[:300], due_at=None)


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


def _finish(acting: Actor, row: ImportRow, asset: Asset) -> None:
    with transaction.atomic():
        # Whoever turns the row over makes the product: a second worker finds nothing to turn.
        if not _waiting(row).update(state=State.DONE, due_at=None, message=""):
            return
        taken = Product.objects.filter(team=acting.team, sku__iexact=row.sku, archived_at=None).first()
        if row.sku and taken:
            raise RowFailed(f"{taken.name} has the SKU {row.sku} already.")
        product = create_product(acting, asset=asset, name=row.name, sku=row.sku, tags=row.tags)
        ImportRow.objects.filter(pk=row.pk).update(product=product)


@dataclass(frozen=True)
class Progress:
    """How many rows are in which state."""

    bad: int
    waiting: int
    done: int
    failed: int

    @property
    def total(self) -> int:
        """Rows that were good enough to try."""
        return self.waiting + self.done + self.failed

    @property
    def over(self) -> int:
        return self.done + self.failed

    @property
    def left_out(self) -> int:
        return self.bad + self.failed


def progress(batch: ProductImport) -> Progress:
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    return Progress(**batch.rows.aggregate(**counts))


def left_out(batch: ProductImport) -> QuerySet[ImportRow]:
    """Rows that did not become products, in the file's order."""
    return batch.rows.filter(state__in=[State.BAD, State.FAILED]).order_by("line")


def as_file(batch: ProductImport) -> str:
    """The rows that did not become products, with the reason of each, as CSV."""
    rows = left_out(batch)
    return sheets.write((sheets.SheetRow(r.line, r.name, r.sku, r.url, tuple(r.tags)), r.message) for r in rows)


def clear_history() -> int:
    """Forget previews that nobody confirmed, and imports older than ``HISTORY_DAYS`` that are over; how many rows.

    Their products stay.
    """
    now = timezone.now()
    unfinished = ImportRow.objects.filter(batch=OuterRef("pk"), due_at__isnull=False)
    old = ProductImport.objects.filter(created_at__lt=now - timedelta(days=settings.HISTORY_DAYS))
    over = old.exclude(started_at=None).exclude(Exists(unfinished))
    previews = ProductImport.objects.filter(started_at=None, created_at__lt=now - PREVIEW_KEPT)
    return sum(delete_in_portions(rows, by="id", portion=1) for rows in (previews, over))
