"""What a sheet holds, without a database."""

from dashboard.projects import columns, previews, sheets
from dashboard.projects.columns import Columns
from dashboard.projects.sheets import Sheet, SheetRow


def read(data: bytes, *, encoding: str = "") -> tuple[Columns, Sheet]:
    """A file that is understood at once."""
    for table in previews.open_file(data, encoding=encoding).tables:
        if told := columns.recognise(table):
            return told, sheets.read(table, told)
    raise AssertionError("No header is known.")


def products_in(data: bytes, *, encoding: str = "") -> list[SheetRow]:
    return list(read(data, encoding=encoding)[1].rows)
