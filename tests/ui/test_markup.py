"""How templates are written: block elements one a line, 120 columns, partials with an underscore."""

import re
from pathlib import Path

import pytest

from tests.ui.markup import COMMENT, TEMPLATES, templates

COLUMNS = 120
BLOCK = re.compile(
    "<(?:address|article|aside|blockquote|body|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]?"
    "|head|header|hr|html|legend|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)(?=[ >{]|$)"
)
"""Where an element begins that stands on a line of its own; inline ones stay in their run."""


def without_comments(source: str) -> str:
    """The numbers of the lines stay."""
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_lines_have_120_columns_and_one_block_element_at_most(path: Path) -> None:
    source = path.read_text()
    long = [number for number, line in enumerate(source.splitlines(), 1) if len(line) > COLUMNS]
    lines = without_comments(source).splitlines()
    crowded = [number for number, line in enumerate(lines, 1) if len(BLOCK.findall(line)) > 1]
    assert (long, crowded) == ([], []), "lines that are too long, and lines with two block elements"


NAMED_BY_ALLAUTH = ("account", "allauth", "mfa", "socialaccount")
OURS = [path for path in templates() if path.relative_to(TEMPLATES).parts[0] not in NAMED_BY_ALLAUTH]
WHOLE = {"500.html", "base.html"}
"""Pages that extend no other."""


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_partial_begins_with_an_underscore_and_a_page_does_not(path: Path) -> None:
    place = path.relative_to(TEMPLATES)
    is_page = str(place) in WHOLE or "{% extends" in path.read_text()
    assert path.name.startswith("_") != is_page


def test_two_block_elements_on_a_line_are_seen() -> None:
    assert len(BLOCK.findall('<h{{ level }}>{{ title }}</h2><div class="a"><dt><span><thead>')) == 4
    assert len(BLOCK.findall("<h2>Title</h2> <details")) == 2
