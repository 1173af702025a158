"""A sheet before it is imported: what it holds, how it was understood, and what a person has to say first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.projects import checks, columns, encodings, sheets, tables
from dashboard.projects.checks import Library
from dashboard.projects.columns import Columns
from dashboard.projects.details import NAME_MAX, SKU_MAX, TAGS_MAX
from dashboard.projects.models import ImportFile, ImportRow, KnownHeader, ProductImport, ProductPhoto
from dashboard.projects.sheets import Sheet, SheetPhoto, SheetRow
from dashboard.projects.tables import SheetRefused, Table

KEPT = timedelta(days=1)
"""How long a preview that nobody started stays, from its upload on."""
HEADERS_MAX = 200
"""Headers that are remembered for a team; the one unused for longest makes room."""
_PORTION = 500
State, Asks = ImportRow.State, ProductImport.Asks


@dataclass(frozen=True)
class Opened:
    """A file as it may be taken apart."""

    tables: list[Table]
    readings: tuple[encodings.Reading, ...]
    """Ways to read a text, the one that is used first; none for a workbook."""
    sure: bool
    """Whether that one is beyond doubt."""

    @property
    def encoding(self) -> str:
        return self.readings[0].encoding if self.readings else ""


def preview(acting: Actor, *, data: bytes, filename: str) -> ProductImport:
    """Write down what a file holds and what is wrong with it. Raises ``tables.SheetRefused``."""
    acting.require(Role.CREATOR)
    assert acting.user is not None  # noqa: S101 narrows the type: only pages lead here
    opened = _as_remembered(acting, data, open_file(data))
    found = understood(acting, opened.tables)
    facts: dict[str, Any] = {"encoding": opened.encoding, "filename": filename[:200]}
    if not opened.sure:
        facts["asks"] = Asks.ENCODING
    elif found is None:
        facts["asks"] = Asks.COLUMNS
    # What cannot be understood yet is read once for its refusals.
    sheet = sheets.read(*found) if found else None
    with transaction.atomic():
        batch = ProductImport.objects.create(team=acting.team, member=acting.user, **facts)
        ImportFile.objects.create(batch=batch, data=data)
        if found and sheet and not batch.asks:
            _fill(batch, *found, sheet)
    return batch


def open_file(data: bytes, *, encoding: str = "") -> Opened:
    """``encoding`` is what somebody chose. Raises ``tables.SheetRefused``."""
    if len(data) > tables.FILE_MAX_BYTES:
        raise SheetRefused(tables.TOO_LARGE)
    if not tables.is_text(data):
        found = Opened(tables.tables(data), (), sure=True)
    else:
        recognised = tables.recognised(data)
        chosen = [reading for reading in recognised.readings if reading.encoding == encoding]
        readings = (*chosen, *(reading for reading in recognised.readings if reading not in chosen))
        found = Opened(
            tables.tables(data, encoding=readings[0].encoding), readings, sure=recognised.sure or bool(chosen)
        )
    if max((len(cells) for table in found.tables for _, cells in table.head), default=0) < 2:
        raise SheetRefused(
            "No columns can be told apart in this file. It needs two at least: the names and the photos’ addresses."
        )
    return found


def _as_remembered(acting: Actor, data: bytes, opened: Opened) -> Opened:
    """In the encoding that somebody chose for a file with the same header, where this one may be read in several."""
    if len(opened.readings) < 2:
        return opened
    prints = {
        (columns.fingerprint(table.head[0][1]), reading.encoding)
        for reading in opened.readings
        for table in tables.tables(data, encoding=reading.encoding)
        if table.head
    }
    known = KnownHeader.objects.filter(team=acting.team, fingerprint__in={one for one, _ in prints})
    chosen = next((row.encoding for row in known if (row.fingerprint, row.encoding) in prints), "")
    return open_file(data, encoding=chosen) if chosen else opened


def understood(acting: Actor, found: list[Table]) -> tuple[Table, Columns] | None:
    """The table with products, and what its columns are: as somebody said once, or as the header does."""
    prints = {columns.fingerprint(table.head[0][1]): table for table in found if table.head}
    for known in KnownHeader.objects.filter(team=acting.team, fingerprint__in=prints):
        return prints[known.fingerprint], Columns.from_json(known.columns)
    for table in found:
        if told := columns.recognise(table):
            return table, told
    return None


def read_again(
    acting: Actor, batch: ProductImport, *, encoding: str, sheet: str, told: Columns | None
) -> ProductImport:
    """Read a preview's file in another way; ``told`` is what its columns are, which the team remembers.

    Raises ``tables.SheetRefused``; a preview that was started meanwhile stays as it is.
    """
    acting.require(Role.CREATOR)
    data = bytes(ImportFile.objects.get(batch=batch).data)
    opened = open_file(data, encoding=encoding)
    chosen = next((table for table in opened.tables if table.name == sheet), opened.tables[0])
    found = (chosen, told) if told else understood(acting, opened.tables)
    chosen = found[0] if found else chosen
    read = sheets.read(*found) if found else None
    with transaction.atomic():
        batch = ProductImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.started_at:
            return batch
        batch.rows.all().delete()
        batch.encoding, batch.asks = opened.encoding, Asks.NOTHING if found else Asks.COLUMNS
        batch.shop, batch.sheet, batch.notes = "", "", []
        batch.save()
        if told or encoding:
            _remember(acting, chosen, told or (found[1] if found else None), opened.encoding)
        if found and read:
            _fill(batch, *found, read)
    return batch


def _remember(acting: Actor, table: Table, told: Columns | None, encoding: str) -> None:
    if told is None:
        return
    facts = {"columns": told.as_json(), "encoding": encoding}
    KnownHeader.objects.update_or_create(
        team=acting.team, fingerprint=columns.fingerprint(table.head[0][1]), defaults=facts
    )
    old = KnownHeader.objects.filter(team=acting.team).order_by("-used_at").values_list("pk", flat=True)[HEADERS_MAX:]
    KnownHeader.objects.filter(pk__in=list(old)).delete()


def _fill(batch: ProductImport, table: Table, told: Columns, sheet: Sheet) -> None:
    """Write a preview's rows."""
    batch.shop, batch.sheet, batch.notes = told.shop, table.name[:100], list(sheet.notes)
    batch.save()
    library = Library(batch.team)
    wrong = checks.problems(sheet.rows, library=library)
    known = _known_photos(library, sheet.rows)
    rows = (row for one in sheet.rows for row in _rows(batch, one, wrong.get(one.line, ""), known.get(one.line)))
    ImportRow.objects.bulk_create(rows, batch_size=_PORTION)


def _known_photos(library: Library, rows: tuple[SheetRow, ...]) -> dict[int, tuple[str, set[str]]]:
    """By line, the product of the library that a row is, and the addresses that its photos came from."""
    candidates = {row.line: library.same(row) for row in rows}
    ids = list(dict.fromkeys(known.id for found in candidates.values() for known in found))
    sources: dict[str, set[str]] = {}
    for begin in range(0, len(ids), _PORTION):
        photos = ProductPhoto.objects.filter(product__in=ids[begin : begin + _PORTION])
        for product, source in photos.values_list("product", "source"):
            sources.setdefault(product, set()).add(source)
    found = {}
    for row in rows:
        # A name alone says too little: a photo has to come from the same address as well.
        urls = {photo.url for photo in row.photos}
        surest = (one for one in candidates[row.line] if row.sku or row.product or urls & sources.get(one.id, set()))
        if one := next(surest, None):
            found[row.line] = (one.id, sources.get(one.id, set()))
    return found


def _rows(batch: ProductImport, row: SheetRow, problem: str, known: tuple[str, set[str]] | None) -> Iterator[ImportRow]:
    """A product's row and one for each further photo. What is too long is cut to be shown, and never imported."""
    usable = [photo for photo in row.photos if not checks.wrong_with_address(photo.url)]
    others = [photo for photo in row.photos if photo not in usable]
    photos = [*usable, *others] or [SheetPhoto("")]
    product, sources = known or (None, set())
    for place, photo in enumerate(photos):
        state, message = State.WAITING, ""
        if problem:
            state, message = (State.DROPPED, "") if place else (State.BAD, problem)
        elif product and (not place or photo.url in sources):
            state = State.KNOWN
        elif wrong := checks.wrong_with_address(photo.url):
            state, message = State.BAD, wrong
        yield _row(batch, row, photo, place=place, state=state, message=message, product_id=product)
        if product and not place and not problem and photo.url not in sources:
            # The product is there, but not by this photo: it comes as a further one.
            yield _row(batch, row, photo, place=len(photos), state=State.WAITING, message="", product_id=product)


def _row(batch: ProductImport, row: SheetRow, photo: SheetPhoto, **facts: Any) -> ImportRow:
    return ImportRow(
        batch=batch,
        line=row.line,
        name=row.name[:NAME_MAX],
        sku=row.sku[:SKU_MAX],
        url=photo.url[: checks.URL_LENGTH],
        note=photo.note,
        tags=list(row.tags)[:TAGS_MAX],
        **facts,
    )
