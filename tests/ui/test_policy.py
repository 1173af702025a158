"""Nothing inline: the strict policy would refuse it in the browser, silently for the person who wrote it."""

from pathlib import Path

import pytest

from tests.ui.markup import TEMPLATES, forbidden, plain, templates


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_template_has_nothing_inline(path: Path) -> None:
    assert forbidden(plain(path.read_text())) == []


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color: red">',
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<b hx-on:click="go()">',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<{% if href %}a href="{{ href }}"{% else %}button{% endif %} class="x" style="color: red">',
    ],
)
def test_inline_things_are_noticed(html: str) -> None:
    assert forbidden(plain(html))
