"""Workbooks: what a spreadsheet shows in its cells is what is read, within bounds."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.projects import tables
from dashboard.projects.sheets import SheetPhoto, SheetRow
from dashboard.projects.tables import SheetRefused
from tests.projects.reading import products_in, read

A = "https://cdn.example.com/a.jpg"
PHOTO = (SheetPhoto(A),)


def workbook(*rows: list[Any], change: Callable[[Worksheet], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADER = ["Name", "SKU", "Image URL"]
CELLS: dict[str, tuple[Any, str]] = {
    "a whole number": (123, "123"),
    "a number with noughts in front, as text": ("00123", "00123"),
    "a long number": (4006381333931, "4006381333931"),
    "the same as Excel keeps it": (4006381333931.0, "4006381333931"),
    "a fraction": (1.5, "1.5"),
    "a day": (date(2026, 3, 1), "2026-03-01"),
    "yes": (True, "TRUE"),
    "an apostrophe": ("'-7", "'-7"),
    "an error": ("#N/A", ""),
    "nothing": (None, ""),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_read_as_it_is_shown(name: str) -> None:
    value, shown = CELLS[name]
    assert products_in(workbook(HEADER, ["Mug", value, A])) == [SheetRow(2, "Mug", shown, PHOTO)]


def test_a_number_keeps_the_noughts_of_its_format() -> None:
    def formatted(sheet: Worksheet) -> None:
        sheet["B2"].number_format = "00000"

    assert products_in(workbook(HEADER, ["Mug", 123, A], change=formatted))[0].sku == "00123"


def test_a_formula_gives_what_it_came_to() -> None:
    data = workbook(HEADER, ["=1+1", "M-1", A])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            text = old.read(info)
            new.writestr(info, text.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(b"<v />", b"<v>2</v>"))
    assert products_in(out.getvalue())[0].name == "2"


def test_empty_rows_are_passed_over_and_lines_are_those_of_the_sheet() -> None:
    def later(sheet: Worksheet) -> None:
        sheet["A9"], sheet["C9"] = "Vase", A

    rows = products_in(workbook(HEADER, ["Mug", 1, A], change=later))
    assert [(row.line, row.name) for row in rows] == [(2, "Mug"), (9, "Vase")]


def test_the_sheet_with_products_is_found_and_hidden_ones_are_not_read() -> None:
    def three(sheet: Worksheet) -> None:
        book = sheet.parent
        assert isinstance(book, openpyxl.Workbook)
        sheet.title = "Instructions"
        for title, name in (("Old", "Hidden mug"), ("Template", "Mug")):
            more = book.create_sheet(title)
            more.append(["item_sku", "item_name", "main_image_url"])
            more.append(["A-1", name, A])
        book["Old"].sheet_state = "hidden"

    told, sheet = read(workbook(["Read this first", "and this"], change=three))
    assert (told.shop, sheet.rows) == ("Amazon", (SheetRow(2, "Mug", "A-1", PHOTO),))


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def bomb() -> bytes:
    return packed(**{"xl__workbook.xml": b"<x/>", "xl__sharedStrings.xml": bytes(tables._STRINGS_MAX + 1)})


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old workbook (.xls)"),
    "another archive": (lambda: packed(mimetype=b"application/vnd.oasis"), "not a workbook that can be read"),
    "an archive that is cut": (lambda: workbook(HEADER)[:900], "damaged or of a kind that cannot be read"),
    "a workbook without parts": (lambda: packed(**{"xl__workbook.xml": b"<x/>"}), "damaged or of a kind"),
    "an empty workbook": (workbook, "no sheet with anything in it"),
    "a bomb": (bomb, "unpacks to more than can be read"),
    "entities that multiply": (
        lambda: packed(**{"xl__workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}),
        "damaged or of a kind",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_of_which_nothing_can_be_used_gets_one_sentence(name: str) -> None:
    made, sentence = REFUSED[name]
    with pytest.raises(SheetRefused, match=".") as refused:
        products_in(made())
    assert sentence in str(refused.value)


def test_cells_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_RAW_CELLS_MAX", 1_000)

    def far(sheet: Worksheet) -> None:
        sheet["A5000"] = "Vase"

    with pytest.raises(SheetRefused, match="has too many cells"):
        products_in(workbook(HEADER, ["Mug", 1, A], change=far))


def test_a_sheet_that_is_formatted_to_its_end_has_the_rows_that_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_BLANK_ROWS_MAX", 100)
    monkeypatch.setattr(tables, "_RAW_CELLS_MAX", 1_000)

    def formatted(sheet: Worksheet) -> None:
        for row in range(3, 2_000):
            sheet.cell(row, 1).number_format = "0.00"

    assert [row.name for row in products_in(workbook(HEADER, ["Mug", 1, A], change=formatted))] == ["Mug"]


def test_a_sheet_that_is_wrong_about_its_own_size_is_read_whole() -> None:
    data, out = workbook(HEADER, ["Mug", 1, A], ["Vase", 2, A]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            text = old.read(info)
            new.writestr(info, text.replace(b'<dimension ref="A1:C3"', b'<dimension ref="A1"'))
            assert b"<dimension" not in text or b"A1:C3" in text
    assert [row.name for row in products_in(out.getvalue())] == ["Mug", "Vase"]
