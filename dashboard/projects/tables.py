"""Files as rows of cells: CSV and workbooks, within bounds that are checked before and while they are read."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import openpyxl
from openpyxl.cell.read_only import EmptyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from dashboard.projects import encodings
from generation.errors import UserFacingError

FILE_MAX_BYTES = 10 * 1024 * 1024
ROWS_MAX = 20_000
TOO_LARGE = "The file is larger than 10 MB. Split it and import the parts one after the other."
_TOO_MANY_ROWS = f"The file has more than {ROWS_MAX:,} rows. Split it and import the parts in turn."
_CELLS_MAX = 2_000_000
"""Cells that hold anything."""
_RAW_CELLS_MAX = 4_000_000
"""Cells of a workbook with the empty ones that its rows begin or end with."""
_BLANK_ROWS_MAX = 10_000
"""Blank rows of a workbook after which nothing is expected: whole sheets are formatted down to row 1,048,576."""
_COLUMNS_MAX = 1_000
_UNPACKED_MAX = 300 * 1024 * 1024
_STRINGS_MAX = 40 * 1024 * 1024
"""Bytes of a workbook's parts; its texts are read at once, its sheets as a stream."""
_SHEETS_MAX = 20
_CELL_MAX = csv.field_size_limit()
_DELIMITERS = {",": "Commas", ";": "Semicolons", "\t": "Tabs", "|": "Bars"}
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PEEK = 12

Row = tuple[int, list[str]]
"""Where it begins in the file, the first line being 1, and its cells without the empty ones at the end."""


class SheetRefused(UserFacingError):
    """Nothing of the file can be imported."""


@dataclass(frozen=True)
class Table:
    """One way to take a file apart: a worksheet, or a text's cells between one delimiter."""

    name: str
    """The worksheet's, or what separates the cells."""
    head: tuple[Row, ...]
    """The first rows that hold anything."""
    _open: Any

    def rows(self) -> Iterator[Row]:
        """Those that hold anything. Raises :class:`SheetRefused`."""
        cells = 0
        for count, row in enumerate(filled(self._open()), start=0):
            cells += sum(map(bool, row[1]))
            if count > ROWS_MAX:
                raise SheetRefused(_TOO_MANY_ROWS)
            if cells > _CELLS_MAX:
                raise SheetRefused(f"The file has more than {_CELLS_MAX:,} filled cells. Remove columns, or split it.")
            yield row


def filled(rows: Iterator[Row]) -> Iterator[Row]:
    for line, cells in rows:
        kept = cells[:_COLUMNS_MAX]
        while kept and not kept[-1].strip():
            kept.pop()
        if kept:
            yield line, kept


def is_text(data: bytes) -> bool:
    return not data.startswith((_ZIP, _OLD, b"%PDF"))


def tables(data: bytes, *, encoding: str = "") -> list[Table]:
    """The ways to take a file apart, the likelier ones first; at least one. Raises :class:`SheetRefused`."""
    if len(data) > FILE_MAX_BYTES:
        raise SheetRefused(TOO_LARGE)
    if data.startswith(_OLD):
        raise SheetRefused("This is an old workbook (.xls), or one with a password. Save it as .xlsx or as CSV.")
    if data.startswith(b"%PDF"):
        raise SheetRefused("This is a PDF, not a sheet. Save the list as .xlsx or as CSV and choose that file.")
    return _worksheets(data) if data.startswith(_ZIP) else _texts(data, encoding)


def text_of(data: bytes, encoding: str) -> str:
    """A text file's letters. Raises :class:`SheetRefused` for what is none."""
    text = encodings.decode(data, encoding)
    if not text.strip("\ufeff \t\r\n\0"):
        raise SheetRefused("The file is empty.")
    if "\0" in text:
        raise SheetRefused("The file holds bytes that are not text. Save it as CSV or .xlsx and choose it again.")
    return text


def recognised(data: bytes) -> encodings.Recognised:
    """How a text file may be read. Raises :class:`SheetRefused`."""
    if not data.strip():
        raise SheetRefused("The file is empty.")
    try:
        return encodings.recognise(data)
    except encodings.Unreadable:
        raise SheetRefused(
            "The file holds bytes that are not text. Save it as CSV or .xlsx and choose it again."
        ) from None


def _texts(data: bytes, encoding: str) -> list[Table]:
    text = text_of(data, encoding or recognised(data).readings[0].encoding)
    # Excel may say its delimiter on a line of its own.
    said = re.match(r"\s*\"?sep=(.)\"?[ \t]*(?=\r|\n|\Z)", text)
    delimiters = [said[1]] if said and said[1] in _DELIMITERS else list(_DELIMITERS)
    if said:
        text = re.sub(r"\S", "", text[: said.end()]) + text[said.end() :]

    def table(delimiter: str) -> Table:
        return Table(_DELIMITERS[delimiter], _peek(_cells(text, delimiter)), lambda: _cells(text, delimiter))

    return sorted(map(table, delimiters), key=_columns, reverse=True)


def _columns(table: Table) -> int:
    """How many columns most of the first rows agree on, at least roughly."""
    widths = sorted(len(cells) for _, cells in table.head)
    return widths[len(widths) // 2] if widths else 0


def _peek(rows: Iterator[Row]) -> tuple[Row, ...]:
    found: list[Row] = []
    try:
        for row in filled(rows):
            found.append(row)
            if len(found) == _PEEK:
                break
    except SheetRefused:
        pass
    return tuple(found)


def _cells(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for cells in reader:
            yield begun, cells
            begun = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            wrong = f"a cell of more than {_CELL_MAX:,} characters. Shorten it or remove its column"
        else:
            wrong = "a quotation mark in the wrong place. Mend it"
        raise SheetRefused(f"The row that begins on line {begun} has {wrong} and try again.") from error


def _worksheets(data: bytes) -> list[Table]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive)
        # As a stream, and what formulas came to when the workbook was saved.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [one for one in book.worksheets if isinstance(one, ReadOnlyWorksheet) and one.sheet_state == "visible"]
        found = [_worksheet(sheet) for sheet in sheets[:_SHEETS_MAX]]
    except SheetRefused:
        raise
    except Exception as error:  # what a broken workbook raises is nowhere said, from KeyError to errors of XML
        raise SheetRefused("The workbook is damaged or of a kind that cannot be read. Save it as CSV.") from error
    found = [table for table in found if table.head]
    if not found:
        raise SheetRefused("The workbook has no sheet with anything in it.")
    return found


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Against archives that unpack to far more than they are."""
    parts = {info.filename: info.file_size for info in archive.infolist()}
    if "xl/workbook.xml" not in parts:
        raise SheetRefused(
            "This is not a workbook that can be read. Save the list as .xlsx or CSV and choose that file."
        )
    if sum(parts.values()) > _UNPACKED_MAX or any(
        size > _STRINGS_MAX for name, size in parts.items() if not name.startswith("xl/worksheets/")
    ):
        raise SheetRefused("The workbook unpacks to more than can be read. Save the sheet with the products as CSV.")


def _worksheet(sheet: ReadOnlyWorksheet) -> Table:
    sheet.reset_dimensions()  # what a workbook says of its own size is often wrong
    return Table(sheet.title, _peek(_rows(sheet)), lambda: _rows(sheet))


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[Row]:
    seen = blank = 0
    try:
        for line, cells in enumerate(sheet.rows, start=1):
            texts = [_text(cell) for cell in cells[:_COLUMNS_MAX]]
            blank = 0 if any(texts) else blank + 1
            if blank > _BLANK_ROWS_MAX:
                return
            seen += len(cells) + 1
            if seen > _RAW_CELLS_MAX:
                raise SheetRefused(f"The sheet {sheet.title} has too many cells. Copy the products into a new one.")
            yield line, texts
    except SheetRefused:
        raise
    except Exception as error:
        raise SheetRefused("The workbook is damaged or of a kind that cannot be read. Save it as CSV.") from error


def _text(cell: Any) -> str:
    """As the spreadsheet shows it: 123 and not 123.0, and with the noughts that a format puts in front."""
    value = cell.value
    if value is None or isinstance(cell, EmptyCell) or cell.data_type == "e":
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        digits = str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"
        zeros = re.fullmatch("0+", cell.number_format or "")
        return digits.zfill(len(zeros[0])) if zeros else digits
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)[:_CELL_MAX].replace("_x000D_", "")
