"""CSV files of products, as people really have them: bytes in, rows out, or one sentence about the whole file.

What Excel, Numbers, Google Sheets and shop systems write: commas, semicolons or tabs; UTF-8 with or without a mark,
UTF-16, or the Windows code page; columns in any order under many names.
"""

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dashboard.ui.csv import MARK, line, unguarded
from generation.errors import UserFacingError

FILE_MAX_BYTES = 5 * 1024 * 1024
ROWS_MAX = 5_000
TOO_LARGE = "The file is larger than 5 MB. Split it and import the parts one after the other."
COLUMNS = {
    "name": ("name", "productname", "title", "producttitle", "product"),
    "sku": ("sku", "variantsku", "articlenumber", "itemnumber", "article"),
    "url": ("imageurl", "imagesrc", "imagelink", "image", "photourl", "photo", "pictureurl", "picture", "url", "link"),
    "tags": ("tags", "tag", "keywords", "labels"),
}
"""What a row holds, and the headers that name it, the surer ones first."""
PROBLEM = "problem"
"""The column that says why a row was left out."""
_DELIMITERS = ",;\t"


class SheetRefused(UserFacingError):
    """Nothing of the file can be imported."""


@dataclass(frozen=True)
class SheetRow:
    """One product as the file names it: texts without line breaks, not yet checked."""

    line: int
    """Where it begins in the file; the header is line 1."""
    name: str = ""
    sku: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()


def read(data: bytes) -> list[SheetRow]:
    """The file's rows, without the empty ones. Raises :class:`SheetRefused`."""
    # Excel may say its delimiter on a line of its own; the header itself tells it too.
    text = re.sub(r"\Asep=[,;\t]", "", _decoded(data))
    header = _header(text)
    rows = [SheetRow(line, **_values(cells, header)) for line, cells in _lines(text, header.delimiter)]
    if not rows:
        raise SheetRefused("The file has a header, but no rows below it.")
    return rows


def _decoded(data: bytes) -> str:
    if len(data) > FILE_MAX_BYTES:
        raise SheetRefused(TOO_LARGE)
    if data.startswith(b"PK\x03\x04"):
        raise SheetRefused("This is a workbook, not a CSV file. Save it as CSV and choose that file.")
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    else:
        text = _eight_bit(data)
    if not text.strip():
        raise SheetRefused("The file is empty.")
    if "\0" in text:
        raise SheetRefused("The file holds bytes that are not text. Save it as CSV in UTF-8 and choose it again.")
    return text


def _eight_bit(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


@dataclass(frozen=True)
class _Header:
    delimiter: str
    columns: dict[str, int]
    ours: bool
    """Whether it is a file of :func:`write`, mended."""


def _header(text: str) -> _Header:
    """The delimiter under which the first line names most columns. Raises without the two that every row needs."""
    best = max((_named(text, mark) for mark in _DELIMITERS), key=lambda header: len(header.columns))
    if not best.columns:
        raise SheetRefused("The first line does not name the columns. It needs name and image URL; SKU and tags help.")
    if "name" not in best.columns:
        raise SheetRefused("No column is called name. Give the column with the products' names this header.")
    if "url" not in best.columns:
        raise SheetRefused("No column is called image URL. Give the column with the photos' addresses this header.")
    return best


def _named(text: str, delimiter: str) -> _Header:
    reader = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=delimiter)
    try:
        titles = [re.sub(r"[\W_]+", "", cell).lower() for cell in next(reader)]
    except csv.Error:
        titles = []
    known = {field: next((name for name in names if name in titles), "") for field, names in COLUMNS.items()}
    columns = {field: titles.index(name) for field, name in known.items() if name}
    return _Header(delimiter, columns, ours=PROBLEM in titles)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header that hold anything, with the line on which each begins."""
    filled = ((line, cells) for line, cells in _cells(text, delimiter) if any(cell.strip() for cell in cells))
    next(filled)
    for count, found in enumerate(filled, start=1):
        if count > ROWS_MAX:
            raise SheetRefused(f"The file has more than {ROWS_MAX:,} rows. Split it and import the parts in turn.")
        yield found


def _cells(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for cells in reader:
            yield begun, cells
            begun = reader.line_num + 1
    except csv.Error as error:
        raise SheetRefused(
            f"The row that begins on line {begun} has a quotation mark in the wrong place. Mend it and try again."
        ) from error


def _values(cells: list[str], header: _Header) -> dict[str, Any]:
    given = {field: cells[place] for field, place in header.columns.items() if place < len(cells)}
    # An apostrophe that somebody else wrote is part of the text.
    found = {field: " ".join((unguarded(cell) if header.ours else cell).split()) for field, cell in given.items()}
    words = (" ".join(word.split()) for word in re.split(r"[,;|]", found.pop("tags", "")))
    return {**found, "tags": tuple(dict.fromkeys(word for word in words if word))}


def write(rows: Iterable[tuple[SheetRow, str]]) -> str:
    """Rows and what is wrong with each, as a file that :func:`read` takes again when it is mended."""
    head = line(["name", "SKU", "image URL", "tags", "line", PROBLEM])
    lines = (line([row.name, row.sku, row.url, ", ".join(row.tags), row.line, problem]) for row, problem in rows)
    return MARK + head + "".join(lines)
