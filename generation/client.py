"""ProductAI over HTTP: typed results, typed errors, a total deadline for every call, and never a retry.

Whether to try again is decided where the money is known (``generation.tasks``), never here.
"""

import contextlib
import email.utils
import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import requests

from generation.addresses import AddressRefused, open_session
from generation.contract import (
    Accepted,
    Account,
    GenerateRequest,
    ImageLink,
    JobStatus,
    Page,
    RemoteAsset,
    RemoteJob,
    RemotePreset,
)
from generation.deadline import Exchange, deadline

Result = TypeVar("Result")
_BODY_MAX = 2 * 1024 * 1024
_PAUSE_MAX = 3600
_CREDITS_MAX = 1_000_000_000


class ProviderError(Exception):
    """A call that brought no result. The text is the provider's own message, or ours where it said none."""


class NotSent(ProviderError):
    """The request certainly never left: address or name look-up, refused, connect timeout, TLS."""


class Refused(ProviderError):
    """The provider understood and said no (400, 404, 422); asking again would not help."""

    def __init__(self, message: str, *, code: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class KeyRefused(ProviderError):
    """401 or 403."""


class OutOfCredits(ProviderError):
    """402."""


class SlowDown(ProviderError):
    """429."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds."""


class OutcomeUnknown(ProviderError):
    """The request may have been carried out: read timeout, reset, 5xx, unreadable answer."""


class Client:
    """A provider's account. Use it as a context manager: it owns its connections.

    ``trusted`` is that of :func:`generation.addresses.check`.
    """

    def __init__(self, *, base_url: str, key: str, seconds: float = 30, trusted: Collection[str] = ()) -> None:
        self._base = base_url.rstrip("/")
        self._seconds = seconds
        self._session = open_session(trusted=trusted)
        self._session.headers.update({"Authorization": f"Bearer {key}", "User-Agent": "Packshot"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def submit(self, request: GenerateRequest, *, idempotency_key: str) -> Accepted:
        """Post a job. On :class:`OutcomeUnknown` it may be running and must not be posted again."""
        headers = {"Idempotency-Key": idempotency_key}
        return self._call("POST", "/generate", _accepted, json=request.as_json(), headers=headers)

    def get_job(self, job_id: str) -> RemoteJob:
        return self._call("GET", f"/jobs/{quote(job_id, safe='')}", _job)

    def list_jobs(self, *, limit: int = 20, offset: int = 0, status: JobStatus | None = None) -> Page[RemoteJob]:
        query = {"limit": limit, "offset": offset, **({"status": status.value} if status else {})}
        return self._call("GET", "/jobs", _jobs, params=query)

    def upload_asset(self, data: bytes, *, filename: str, mime: str, name: str = "") -> RemoteAsset:
        files = {"file": (filename, data, mime)}
        return self._call("POST", "/training-asset", _asset, files=files, data={"name": name} if name else None)

    def list_assets(self, *, limit: int = 50, offset: int = 0) -> Page[RemoteAsset]:
        query = {"limit": limit, "offset": offset}
        return self._call("GET", "/my-uploaded-assets", lambda body: _page(body, "assets", _asset), params=query)

    def list_presets(
        self, *, limit: int = 50, offset: int = 0, category: str = "", type: str = ""
    ) -> Page[RemotePreset]:
        query = {"limit": limit, "offset": offset, "category": category, "type": type}
        given = {name: value for name, value in query.items() if value != ""}
        return self._call("GET", "/presets", lambda body: _page(body, "presets", _preset), params=given)

    def get_account(self) -> Account:
        return self._call("GET", "/me", _account)

    def _call(self, verb: str, path: str, read: Callable[[Any], Result], **options: Any) -> Result:
        with deadline(self._seconds) as exchange:
            try:
                wait = (5, self._seconds)
                with self._session.request(
                    verb, self._base + path, timeout=wait, allow_redirects=False, stream=True, **options
                ) as answer:
                    body = _decode(answer)
            except (AddressRefused, requests.RequestException, OSError) as error:
                kind = OutcomeUnknown if exchange.sent else NotSent
                raise kind(_network_words(error, exchange)) from error
        if not 200 <= answer.status_code < 300:
            raise _error(answer.status_code, body, answer.headers)
        try:
            return read(body)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise OutcomeUnknown("The provider's answer could not be read.") from error


def _network_words(error: Exception, exchange: Exchange) -> str:
    if exchange.sent:
        late = exchange.expired
        return "The provider took too long to answer." if late else "The connection to the provider broke."
    why = f" {error}" if isinstance(error, AddressRefused) else ""
    return f"The provider could not be reached.{why}"


def _decode(answer: requests.Response) -> Any:
    """The JSON body, or ``None`` where it is none. Reading is bounded by size and by the exchange's deadline."""
    body = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        body += chunk
        if len(body) > _BODY_MAX:
            return None
    try:
        return json.loads(bytes(body))
    except ValueError:
        return None


def _error(status: int, body: Any, headers: Mapping[str, str]) -> ProviderError:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    message = str(error.get("message") or f"The provider answered {status}.")[:500]
    if status in {400, 404, 422}:
        return Refused(message, code=str(error.get("code") or "invalid_request")[:40], status=status)
    if status in {401, 403}:
        return KeyRefused(message)
    if status == 402:
        return OutOfCredits(message)
    if status == 429:
        return SlowDown(message, retry_after=_retry_after(error.get("retry_after"), headers.get("Retry-After", "")))
    return OutcomeUnknown(message)


def _retry_after(told: object, header: str) -> int:
    """Seconds to wait: the longer of what body and header say, a minute where neither does, an hour at most."""
    waits = [float(told)] if isinstance(told, int | float) and not isinstance(told, bool) else []
    if header.strip().isdigit():
        waits.append(float(header))
    elif header:
        with contextlib.suppress(TypeError, ValueError):
            waits.append((email.utils.parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    return int(min(max([1.0, *waits]) if waits else 60, _PAUSE_MAX))


def _accepted(body: Any) -> Accepted:
    return Accepted(
        job_id=_identifier(body["job_id"]),
        status=str(body.get("status", "pending")),
        created_at=str(body.get("created_at", "")),
        estimated_time_seconds=int(body.get("estimated_time_seconds") or 0),
        model=str(body.get("model", "")),
        num_images=int(body.get("num_images") or 1),
    )


def _identifier(value: object) -> str:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not 0 < len(text) <= 100:
        raise ValueError("not an identifier")
    return text


def _job(body: Any) -> RemoteJob:
    error = body.get("error") or {}
    tokens = body.get("tokens_used")
    return RemoteJob(
        job_id=_identifier(body["job_id"]),
        status=JobStatus(body["status"]),
        progress=min(100, max(0, int(body.get("progress") or 0))),
        created_at=str(body.get("created_at", "")),
        model=str(body.get("model", "")),
        num_images=int(body.get("num_images") or 1),
        started_at=body.get("started_at"),
        completed_at=body.get("completed_at"),
        failed_at=body.get("failed_at"),
        images=tuple(_image(image) for image in body.get("images") or ()),
        tokens_used=_credits(tokens),
        error_code=str(error.get("code") or "")[:40],
        error_message=str(error.get("message") or "")[:2000],
    )


def _credits(tokens: Any) -> int | None:
    """What a job cost; a number that no job can cost is none: the job is captured at its price, and drift shows."""
    credits = max(0, int(tokens)) if tokens is not None else None
    return credits if credits is None or credits <= _CREDITS_MAX else None


def _image(body: Any) -> ImageLink:
    return ImageLink(url=str(body["url"]), width=int(body.get("width") or 0), height=int(body.get("height") or 0))


def _asset(body: Any) -> RemoteAsset:
    text = {
        name: str(body.get(name) or "") for name in ("name", "status", "url", "thumbnail_url", "format", "created_at")
    }
    return RemoteAsset(
        asset_id=_identifier(body["asset_id"]),
        tags=tuple(map(str, body.get("tags") or ())),
        width=int(body.get("width") or 0),
        height=int(body.get("height") or 0),
        file_size=int(body.get("file_size") or 0),
        **text,
    )


def _preset(body: Any) -> RemotePreset:
    names = ("name", "description", "category", "type", "thumbnail_url", "prompt", "created_at")
    text = {name: str(body.get(name) or "") for name in names}
    models = tuple(map(str, body.get("recommended_models") or ()))
    return RemotePreset(preset_id=_identifier(body["preset_id"]), recommended_models=models, **text)


def _account(body: Any) -> Account:
    credits = int(body["credits"]["generations"])
    if abs(credits) > _CREDITS_MAX:
        raise ValueError("no balance")
    return Account(
        id=str(body.get("id", "")),
        email=str(body.get("email", "")),
        plan=str(body.get("plan", "")),
        credits=credits,
    )


def _page(body: Any, name: str, read: Callable[[Any], Result]) -> Page[Result]:
    return _paged(body, tuple(read(item) for item in body[name]))


def _jobs(body: Any) -> Page[RemoteJob]:
    """One odd job must not hide the others; where none can be read, the list cannot."""
    found, unreadable = [], []
    for item in body["jobs"]:
        try:
            found.append(_job(item))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            unreadable.append(_identifier_or_none(item))
    if unreadable and not found:
        raise ValueError("no job can be read")
    return _paged(body, tuple(found), tuple(unreadable))


def _identifier_or_none(item: Any) -> str:
    try:
        return _identifier(item["job_id"])
    except (KeyError, TypeError, ValueError):
        return ""


def _paged(body: Any, items: tuple[Result, ...], unreadable: tuple[str, ...] = ()) -> Page[Result]:
    """Some providers count what there is, others only say whether there is more."""
    offset, shown = int(body.get("offset", 0)), len(items) + len(unreadable)
    total = max(int(body.get("total", 0)), offset + shown + (body.get("has_more") is True))
    return Page(items, total, int(body.get("limit", shown)), offset, unreadable)
