"""From a figure to the ledger's lines behind it."""

from functools import cache
from urllib.parse import urlencode

from django.urls import reverse

from dashboard.spend.periods import Span

NONE = "none"
"""How an address asks for entries without a project, a member and so on."""


def ledger(span: Span | None, *, kind: str = "spent", **filters: str) -> str:
    days = {"from": span.first.isoformat(), "to": span.last.isoformat()} if span else {}
    return f"{_home('ledger')}?{urlencode({**days, 'kind': kind, **filters})}"


def overview(*parts: dict[str, str]) -> str:
    return address(_home("spend"), *parts)


@cache
def _home(name: str) -> str:
    """A page has hundreds of links to the same two pages."""
    return reverse(name)


def address(path: str, *parts: dict[str, str]) -> str:
    merged = {name: value for part in parts for name, value in part.items()}
    return f"{path}?{urlencode(merged)}" if merged else path
