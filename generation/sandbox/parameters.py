"""Parameters of queries, refused by name."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from generation.contract import ContractError, ErrorCode, Page

LIMIT_MAX = 100
_OFFSET_MAX = 1_000_000_000
Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)


def choice(request: HttpRequest, name: str, allowed: Collection[str]) -> str:
    """A query parameter that is empty or one of ``allowed``."""
    value = request.GET.get(name, "")
    if value and value not in allowed:
        raise _invalid(f"{name} must be one of {', '.join(allowed)}")
    return value


def page_of(request: HttpRequest, rows: "Sequence[Row] | QuerySet[Stored]", *, default: int) -> "Page[Row | Stored]":
    """The page of ``rows`` that ``limit`` and ``offset`` ask for."""
    limit = _number(request, "limit", default, least=1, most=LIMIT_MAX)
    offset = _number(request, "offset", 0, least=0, most=_OFFSET_MAX)
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    return Page(tuple(rows[offset : offset + limit]), total, limit, offset)


def _number(request: HttpRequest, name: str, default: int, *, least: int, most: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else -1
    if not least <= value <= most:
        raise _invalid(f"{name} must be a whole number from {least} to {most}")
    return value


def _invalid(message: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_REQUEST, f"Invalid parameter: {message}")
