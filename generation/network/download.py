"""Downloads, bounded in bytes and seconds."""

from collections.abc import Collection
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from generation.errors import UserFacingError
from generation.network.addresses import AddressRefused, check, is_within, open_session
from generation.network.deadline import Crowded, Exchange, deadline

_CHUNK = 64 * 1024
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_HEADERS = {"User-Agent": "Packshot", "Accept": "image/*,*/*;q=0.5"}


class FetchError(UserFacingError):
    """The file could not be had."""

    def __init__(self, message: str, *, status: int | None = None, passing: bool = False) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status, where a server answered."""
        self.passing = passing or status in _PASSING
        """Whether asking again later may help."""


class TooLarge(FetchError):
    """The file has more bytes than are taken."""


def download(url: str, *, max_bytes: int, seconds: float = 20, trusted: Collection[str] = ()) -> bytes:
    """Return the body at ``url``. ``trusted`` is that of :func:`generation.network.addresses.check`.

    Raises :class:`FetchError`.
    """
    with open_session(trusted=trusted) as session, deadline(seconds) as exchange:
        try:
            exact = check(url, trusted=trusted).url
            return _read(session, exact, exchange, max_bytes=max_bytes, follow=not is_within(exact, trusted))
        except Crowded as error:
            raise FetchError(str(error), passing=True) from error
        except AddressRefused as error:
            raise FetchError(str(error)) from error
        except HTTPError as error:
            raise FetchError(_late(exchange) or "The file arrived incomplete.", passing=True) from error
        except ValueError as error:  # requests' own errors of this kind are about where a redirect leads
            raise FetchError(_late(exchange) or "The address cannot be read.", passing=exchange.expired) from error
        except (requests.RequestException, OSError) as error:
            raise FetchError(_late(exchange) or "The server could not be reached.", passing=True) from error


def _late(exchange: Exchange) -> str:
    return "The server took too long." if exchange.expired else ""


def _read(session: requests.Session, url: str, exchange: Exchange, *, max_bytes: int, follow: bool) -> bytes:
    options: dict[str, Any] = {"stream": True, "timeout": (5, 10), "headers": _HEADERS, "allow_redirects": follow}
    with session.get(url, **options) as answer:
        if answer.status_code != 200:
            raise FetchError(f"The server answered {answer.status_code}.", status=answer.status_code)
        body = bytearray()
        # read1 returns what one read brought, so that the deadline is looked at even when bytes drip.
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > max_bytes:
                raise TooLarge(f"The file is larger than {max_bytes // 1024 // 1024} MB.")
            if exchange.expired:
                break
    if exchange.expired:
        raise FetchError("The server took too long.", passing=True)
    return bytes(body)
