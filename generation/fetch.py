"""Guarded downloads: bounded in bytes and seconds, and never from a private address on a stranger's word."""

import ipaddress
from collections.abc import Collection
from typing import Any

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError

from generation.deadline import Crowded, DeadlineAdapter, Exchange, deadline

_CHUNK = 64 * 1024
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_HEADERS = {"User-Agent": "Packshot", "Accept": "image/*,*/*;q=0.5"}


class FetchError(Exception):
    """The file could not be had; the text is one clear sentence."""

    def __init__(self, message: str, *, status: int | None = None, passing: bool = False) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status, where a server answered."""
        self.passing = passing or status in _PASSING
        """Whether asking again later may help."""


class PrivateAddress(requests.RequestException):
    pass


class GuardedAdapter(IPFilterAdapter, DeadlineAdapter):  # type: ignore[misc]
    """Pins the resolved address, so that a second look-up cannot move it, and refuses what is not public."""

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        try:
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        except InvalidIPAddress as error:
            raise PrivateAddress from error
        if not is_public(host["host"].strip("[]")):
            raise PrivateAddress
        return host, pool


def is_public(address: str) -> bool:
    """Whether an IP address literal is one that strangers may send us to."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local or int(ip) < 2**32:  # ::a.b.c.d, the forgotten IPv4-compatible form
            return False
    return ip.is_global and not ip.is_reserved and not ip.is_multicast


def mount(session: requests.Session, *, known: bool) -> None:
    """Give ``session`` our transport. Only addresses that the operator is ``known`` to have chosen may be private."""
    for scheme in ("http", "https"):
        guarded = not known and GuardedAdapter(is_https_proto=scheme == "https")  # type: ignore[call-arg]
        session.mount(f"{scheme}://", guarded or DeadlineAdapter())


def download(url: str, *, max_bytes: int, seconds: float = 20, trusted: Collection[str] = ()) -> bytes:
    """Return the body at ``url``.

    ``trusted`` holds URL prefixes that the operator configured; only those may be on a private network.
    Raises :class:`FetchError`.
    """
    with requests.Session() as session, deadline(seconds) as exchange:
        session.trust_env = False
        session.max_redirects = 3
        try:
            # Prepared first: dots in the path must not lead out of a trusted prefix.
            exact = requests.Request("GET", url).prepare().url or ""
            known = exact.startswith(tuple(trusted))
            mount(session, known=known)
            return _read(session, exact, exchange, max_bytes=max_bytes, follow=not known)
        except Crowded as error:
            raise FetchError(str(error), passing=True) from error
        except PrivateAddress as error:
            raise FetchError("The address is not on the public internet.") from error
        except HTTPError as error:
            raise FetchError(_late(exchange) or "The file arrived incomplete.", passing=True) from error
        except ValueError as error:  # requests' own errors of this kind are about the address
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
                raise FetchError(f"The file is larger than {max_bytes // 1024 // 1024} MB.")
            if exchange.expired:
                break
    if exchange.expired:
        raise FetchError("The server took too long.", passing=True)
    return bytes(body)
