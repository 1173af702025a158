"""Lines of files for spreadsheets, in which no text is taken for a formula.

A spreadsheet runs a cell that begins with one of a few signs; an apostrophe before it makes it text. Where a semicolon
separates cells, as in much of Europe, quotation marks do not keep a cell of ours together: what follows a semicolon, a
tab or a line break inside a text is guarded like a beginning. :func:`unguarded` gives back exactly what was there.
"""

import csv
import re
from collections.abc import Iterable

MARK = "\ufeff"
"""Stands before the first line and tells spreadsheets that the file is UTF-8."""
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\u2212"
# Passed over on the way to the sign, as some spreadsheets do: quotation marks, spaces, and what nobody sees.
_PASSED = r"""["' \x00\xa0\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]*"""
_BREAKS = r";\t\v\f\r\n\x85"
_BEGINNING = rf"(?=['\"]*[\t\v\f\r\n\x85])|(?={_PASSED}[{_SIGNS}])"
_OPEN = re.compile(rf"\A(?:{_BEGINNING})|(?<=[{_BREAKS}])(?={_PASSED}[{_SIGNS}])")
_GUARDED = re.compile(rf"\A'(?:{_BEGINNING})|(?<=[{_BREAKS}])'(?={_PASSED}[{_SIGNS}])")


class _Echo:
    """What ``csv.writer`` writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def line(cells: Iterable[str | int]) -> str:
    """One row. Texts are guarded and quoted; numbers stay numbers, those below zero too."""
    row = [guarded(cell) if isinstance(cell, str) else cell for cell in cells]
    return str(csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC).writerow(row))


def guarded(text: str) -> str:
    return _OPEN.sub("'", text)


def unguarded(text: str) -> str:
    """The text that :func:`guarded` was given."""
    return _GUARDED.sub("", text)
