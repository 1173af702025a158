"""ProductAI over HTTP: typed results, typed errors, a total deadline for every call, and never a retry.

Whether to try again is decided where the money is known (``generation.tasks``), never here.
"""

import contextlib
import email.utils
import math
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import requests
from urllib3.exceptions import HTTPError

from generation.contract import (
    Accepted,
    Account,
    GenerateRequest,
    JobStatus,
    Page,
    RemoteAsset,
    RemoteJob,
    RemotePreset,
)
from generation.network.addresses import AddressRefused, open_session
from generation.network.deadline import Crowded, Exchange, deadline
from generation.provider import answers

Result = TypeVar("Result")
_BODY_MAX = 2 * 1024 * 1024
PAUSE_MAX = 3600
"""Seconds: the longest pause that a provider may ask for."""
_KEPT = 4_000
"""Characters of an answer that cannot be used."""


class ProviderError(Exception):
    """A call that brought no result. The text is the provider's own message, or ours where it said none."""


class NotSent(ProviderError):
    """The request certainly never left: address or name look-up, refused, connect timeout, TLS."""


class NoSlot(NotSent):
    """It was not sent: the plan's requests of this minute are used up, or the provider asked us to slow down."""

    def __init__(self, *, seconds: float) -> None:
        wait = math.ceil(seconds)
        super().__init__(
            f"The plan's requests of this minute are used up. Try again in {wait} second{'s'[: wait > 1]}."
        )
        self.seconds = seconds
        """Until it is worth asking again."""


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


class UnreadableAnswer(OutcomeUnknown):
    """A success that is no JSON: a page of something in between, or cut off. The next one may be whole."""


class Unusable(OutcomeUnknown):
    """A success that says what cannot be stored or believed; asking again would not help."""

    def __init__(self, message: str, *, answer: str) -> None:
        super().__init__(message)
        self.answer = answer
        """What the provider said, as it came, up to a bound."""


Slot = Callable[[], AbstractContextManager[None]]
"""Counts one request while it is under way. Raises :class:`NoSlot`."""


class Client:
    """A provider's account. Use it as a context manager: it owns its connections.

    Each call takes a ``slot`` of the plan's requests, but for :meth:`submit`, whose job was given one before it left.
    One that ``asks_once`` keeps the pages of the job list that it read, for whoever else needs them. ``trusted`` is
    that of :func:`generation.network.addresses.check`.
    """

    def __init__(
        self,
        *,
        base_url: str,
        key: str,
        seconds: float = 30,
        slot: Slot = nullcontext,
        asks_once: bool = False,
        trusted: Collection[str] = (),
    ) -> None:
        self._base = base_url.rstrip("/")
        self._seconds = seconds
        self._slot = slot
        self._pages: dict[tuple[object, ...], Page[RemoteJob]] | None = {} if asks_once else None
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
        return self._call("POST", "/generate", answers.accepted, json=request.as_json(), headers=headers)

    def get_job(self, job_id: str) -> RemoteJob:
        def read(body: Any) -> RemoteJob:
            found = answers.job(body)
            if found.job_id != job_id:
                raise answers.Odd("it is about another job")
            return found

        return self._ask("GET", f"/jobs/{quote(job_id, safe='')}", read)

    def list_jobs(self, *, limit: int = 20, offset: int = 0, status: JobStatus | None = None) -> Page[RemoteJob]:
        query = {"limit": limit, "offset": offset, **({"status": status.value} if status else {})}
        kept = {} if self._pages is None else self._pages
        if (asked := tuple(query.values())) not in kept:
            kept[asked] = self._ask("GET", "/jobs", answers.jobs, params=query)
        return kept[asked]

    def upload_asset(self, data: bytes, *, filename: str, mime: str, name: str = "") -> RemoteAsset:
        files = {"file": (filename, data, mime)}
        named = {"name": name} if name else None
        return self._ask("POST", "/training-asset", answers.asset, files=files, data=named)

    def list_assets(self, *, limit: int = 50, offset: int = 0) -> Page[RemoteAsset]:
        query = {"limit": limit, "offset": offset}
        return self._ask("GET", "/my-uploaded-assets", answers.assets, params=query)

    def list_presets(
        self, *, limit: int = 50, offset: int = 0, category: str = "", type: str = ""
    ) -> Page[RemotePreset]:
        query = {"limit": limit, "offset": offset, "category": category, "type": type}
        given = {name: value for name, value in query.items() if value != ""}
        return self._ask("GET", "/presets", answers.presets, params=given)

    def get_account(self) -> Account:
        return self._ask("GET", "/me", answers.account)

    def _ask(self, verb: str, path: str, read: Callable[[Any], Result], **options: Any) -> Result:
        with self._slot():
            return self._call(verb, path, read, **options)

    def _call(self, verb: str, path: str, read: Callable[[Any], Result], **options: Any) -> Result:
        with deadline(self._seconds) as exchange:
            try:
                wait = (5, self._seconds)
                with self._session.request(
                    verb, self._base + path, timeout=wait, allow_redirects=False, stream=True, **options
                ) as answer:
                    body = _body(answer)
            except Crowded as error:
                raise NotSent(str(error)) from error
            except (AddressRefused, requests.RequestException, HTTPError, OSError) as error:
                kind = OutcomeUnknown if exchange.sent else NotSent
                raise kind(_network_words(error, exchange)) from error
        if not 200 <= answer.status_code < 300:
            raise _error(answer.status_code, body, answer.headers)
        return _read(body, read)


def _network_words(error: Exception, exchange: Exchange) -> str:
    if exchange.sent:
        late = exchange.expired
        return "The provider took too long to answer." if late else "The connection to the provider broke."
    why = f" {error}" if isinstance(error, AddressRefused) else ""
    return f"The provider could not be reached.{why}"


def _body(answer: requests.Response) -> bytes:
    """Bounded by size, where one byte more shows that there was more, and by the exchange's deadline."""
    body = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        body += chunk
        if len(body) > _BODY_MAX:
            break
    return bytes(body[: _BODY_MAX + 1])


def _read(body: bytes, read: Callable[[Any], Result]) -> Result:
    try:
        if len(body) > _BODY_MAX:
            raise answers.Odd(f"it is larger than {_BODY_MAX // 1024 // 1024} MB")
        return read(answers.decode(body))
    except answers.NotJSON as error:
        raise UnreadableAnswer("The provider's answer could not be read.") from error
    except answers.Odd as error:
        kept = answers.storable(body[:_KEPT].decode(errors="replace"))
        raise Unusable(f"The provider's answer could not be read: {error}.", answer=kept) from error


def _error(status: int, body: bytes, headers: Mapping[str, str]) -> ProviderError:
    try:
        told = answers.decode(body)
    except ValueError:
        told = None
    code, words = answers.fault(told)
    message = words[:500] or f"The provider answered {status}."
    if status in {400, 404, 422}:
        return Refused(message, code=code or "invalid_request", status=status)
    if status in {401, 403}:
        return KeyRefused(message)
    if status == 402:
        return OutOfCredits(message)
    if status == 429:
        wait = _retry_after(answers.retry_after(told), headers.get("Retry-After", ""))
        return SlowDown(message, retry_after=wait)
    return OutcomeUnknown(message)


def _retry_after(told: float | None, header: str) -> int:
    """Seconds to wait: the longer of what body and header say, a minute where neither does, an hour at most."""
    waits = [] if told is None else [told]
    if header.isascii() and header.strip().isdecimal():
        waits.append(float(header))
    elif header:
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            waits.append((email.utils.parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    return int(min(max([1.0, *waits]) if waits else 60, PAUSE_MAX))
