"""Templates and pages read by a real parser."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.ROOT, "templates")
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}", re.DOTALL)
CHOSEN_ELEMENT = re.compile(r"(</?){%.*?%}", re.DOTALL)
"""``<{% if href %}a{% else %}button{% endif %}``: a name has to follow the bracket at once."""
VALUE = re.compile(r"{{.*?}}", re.DOTALL)

Attributes = dict[str, str | None]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, Attributes]]:
    """Every element of a page with its attributes."""
    parser = Elements()
    parser.feed(html)
    parser.close()
    return parser.found


def plain(source: str) -> str:
    """A template's source as HTML: its own tags taken out, its values stood in for."""
    return VALUE.sub("value", TAG.sub(" ", CHOSEN_ELEMENT.sub(r"\1", COMMENT.sub("", source))))


def one_line(html: str) -> str:
    """A page's source whatever its lines are: what stands beside what, and sentences as they read."""
    return " ".join(html.split()).replace("> <", "><").replace(" >", ">")


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def forbidden(html: str) -> list[str]:
    """What the Content-Security-Policy would refuse."""
    return [wrong for tag, attributes in elements(html) for wrong in _wrongs(tag, attributes)]


def _wrongs(tag: str, attributes: Attributes) -> Iterator[str]:
    for name, value in attributes.items():
        if name == "style" or name.startswith(("on", "hx-on")):
            yield f"<{tag} {name}>"
        if value and value.strip().lower().startswith("javascript:"):
            yield f"<{tag} {name}={value!r}>"
    if tag == "style":
        yield "<style>"
    if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
        yield "<script> without src"
