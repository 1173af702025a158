"""From a figure to the ledger's lines behind it."""

from functools import cache, lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from dashboard.spend.periods import Span

NONE = "none"
"""How an address asks for entries without a project, a member and so on."""
SPENT = "spent"
"""How it asks, as the ``kind``, for whatever changed what was spent."""


def ledger(span: Span | None, *, kind: str = SPENT, **filters: str) -> str:
    return f"{_lines(span)}{urlencode({'kind': kind, **filters})}"


def overview(*parts: dict[str, str]) -> str:
    return address(_home("spend"), *parts)


@lru_cache(maxsize=100)
def _lines(span: Span | None) -> str:
    days = f"from={span.first.isoformat()}&to={span.last.isoformat()}&" if span else ""
    return f"{_home('ledger')}?{days}"


@cache
def _home(name: str) -> str:
    """A page has hundreds of links to the same two pages."""
    return reverse(name)


def address(path: str, *parts: dict[str, str]) -> str:
    merged = {name: value for part in parts for name, value in part.items()}
    return f"{path}?{urlencode(merged)}" if merged else path
