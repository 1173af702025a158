"""What every server of the contract does with a request: read it, and refuse it in the contract's words."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest, JsonResponse

from generation.contract import PHOTO_MAX_BYTES, TEXT_MAX, ContractError, ErrorCode, is_text
from generation.network import addresses
from generation.network.deadline import Crowded
from generation.network.download import FetchError, download

TAGS_MAX = 20
TAG_LENGTH = 50
BODY_MAX = 256 * 1024
"""Bytes of a JSON body; a prompt with every character escaped takes a fifth of it."""


def refusal(error: ContractError, *, status: int | None = None) -> JsonResponse:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if error.code is ErrorCode.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JsonResponse(error.as_json(), status=status or error.status, headers=headers)


def wrong_method(allowed: str) -> JsonResponse:
    """The contract has no code for it; the status and ``Allow`` are HTTP's own."""
    answer = refusal(ContractError(ErrorCode.INVALID_REQUEST, f"Use {allowed} here."), status=405)
    answer["Allow"] = allowed
    return answer


def invalid(parameter: str, reason: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_REQUEST, f"Invalid parameter: {parameter}. {reason}")


def iso(moment: datetime) -> str:
    """A UTC time as the contract writes it: ``2024-01-15T10:30:00.000Z``."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_body(request: HttpRequest) -> object:
    """The decoded body. Raises ``ContractError(invalid_request)``."""
    if len(request.body) > BODY_MAX:
        raise ContractError(ErrorCode.INVALID_REQUEST, "The request body is too large.")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ContractError(ErrorCode.INVALID_REQUEST, "The request body must be a JSON object.") from error


@dataclass(frozen=True)
class Upload:
    """A photo that somebody sent or named, not yet decoded."""

    data: bytes
    filename: str
    parameter: str
    """Where it came from: ``file``, ``url`` or ``image_url``."""
    name: str = ""
    tags: tuple[str, ...] = ()


def read_upload(request: HttpRequest, *, trusted: Collection[str]) -> Upload:
    """A photo sent as multipart ``file`` or named by a JSON ``url``.

    ``trusted`` is that of :func:`generation.network.addresses.check`. Raises ``ContractError(invalid_request)``.
    """
    if request.content_type == "multipart/form-data":
        return _from_form(request)
    return _from_json(json_body(request), trusted)


def _from_form(request: HttpRequest) -> Upload:
    file = request.FILES.get("file")
    if file is None:
        raise ContractError(ErrorCode.INVALID_REQUEST, "Missing required parameter: file")
    tags = _tags(request.POST.getlist("tags[]") + request.POST.getlist("tags"))
    name, filename = _text("name", request.POST.get("name", "")), _text("file", file.name or "")
    # One byte more than allowed is enough to be refused for its size.
    return Upload(file.read(PHOTO_MAX_BYTES + 1), filename, "file", name=name, tags=tags)


def _from_json(body: object, trusted: Collection[str]) -> Upload:
    if not isinstance(body, dict):
        raise ContractError(ErrorCode.INVALID_REQUEST, "The request body must be a JSON object.")
    url = _text("url", body.get("url") or "")
    if not url:
        raise ContractError(ErrorCode.INVALID_REQUEST, "Missing required parameter: file or url")
    if not url.lower().startswith(("http://", "https://")):
        raise invalid("url", "It must be an http or https URL.")
    name, tags = _text("name", body.get("name") or ""), _tags(body.get("tags") or [])
    return Upload(fetch_photo(url, parameter="url", trusted=trusted), name_from(url), "url", name=name, tags=tags)


def fetch_photo(url: str, *, parameter: str, trusted: Collection[str]) -> bytes:
    """Download a photo. Raises ``ContractError(invalid_request)`` that names ``parameter``."""
    try:
        return download(url, max_bytes=PHOTO_MAX_BYTES, trusted=trusted)
    except FetchError as error:
        if isinstance(error.__cause__, Crowded):
            raise ContractError(ErrorCode.RATE_LIMIT_EXCEEDED, str(error), retry_after=5) from error
        raise invalid(parameter, f"The file could not be fetched. {error}") from error


def check_webhook_url(url: str, *, trusted: Collection[str]) -> None:
    """Refuse an address to which nothing would be sent now. Raises ``ContractError(invalid_request)``."""
    try:
        addresses.check_now(url, trusted=trusted)
    except addresses.AddressRefused as error:
        raise invalid("webhook_url", "It must be an address on the public internet.") from error


def name_from(url: str) -> str:
    """The last part of a URL's path, to name what was found there."""
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])


def _tags(given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise invalid("tags", "It must be a list of strings.")
    tags = tuple(tag for value in given if (tag := _text("tags", value)))
    if len(tags) > TAGS_MAX or any(len(tag) > TAG_LENGTH for tag in tags):
        raise invalid("tags", f"At most {TAGS_MAX} tags of {TAG_LENGTH} characters.")
    return tags


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise invalid(name, "It must be a string.")
    if len(value) > TEXT_MAX:
        raise invalid(name, f"It may have at most {TEXT_MAX:,} characters.")
    if not is_text(value):
        raise invalid(name, "It contains characters that are not text.")
    return value.strip()
