"""Parameters of queries and uploads, refused by name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from generation.contract import PHOTO_MAX_BYTES, ContractError, ErrorCode, Page, is_text
from generation.media import Picture
from generation.sandbox import assets
from generation.sandbox.endpoint import Call

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


@dataclass(frozen=True)
class Upload:
    picture: Picture
    name: str
    tags: tuple[str, ...]


def read_upload(call: Call) -> Upload:
    """A photo sent as multipart ``file`` or named by a JSON ``url``. Raises ``ContractError(invalid_request)``."""
    if call.request.content_type == "multipart/form-data":
        return _from_form(call.request)
    return _from_json(call.json())


def _from_form(request: HttpRequest) -> Upload:
    file = request.FILES.get("file")
    if file is None:
        raise ContractError(ErrorCode.INVALID_REQUEST, "Missing required parameter: file")
    # One byte more than allowed is enough to be refused for its size.
    picture = assets.read_photo(file.read(PHOTO_MAX_BYTES + 1), parameter="file")
    tags = request.POST.getlist("tags[]") + request.POST.getlist("tags")
    return Upload(picture, _storable("name", request.POST.get("name") or file.name or ""), _tags(tags))


def _from_json(body: object) -> Upload:
    if not isinstance(body, dict):
        raise ContractError(ErrorCode.INVALID_REQUEST, "The request body must be a JSON object.")
    url, name = body.get("url"), body.get("name") or ""
    if not url:
        raise ContractError(ErrorCode.INVALID_REQUEST, "Missing required parameter: file or url")
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        raise _invalid("url must be an http or https URL")
    name, tags = _storable("name", name), _tags(body.get("tags") or [])
    return Upload(assets.fetch_photo(url, parameter="url"), name or assets.name_from(url), tags)


def _tags(given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise _invalid("tags must be a list of strings")
    return tuple(tag for value in given if (tag := _storable("tags", value)))


def _storable(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _invalid(f"{name} must be a string")
    if not is_text(value):
        raise _invalid(f"{name} contains characters that are not text")
    return value.strip()


def _invalid(message: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_REQUEST, f"Invalid parameter: {message}")
