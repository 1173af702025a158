"""Where requests may go: one decision for every address that leaves, made on the one form in which it is sent.

Strangers, a team's admins and providers may name addresses on the public internet only. A name is looked up once, all
that it stands for must be public, and the connection goes there. What the operator named in a setting, as a prefix,
may be on a private network. A redirect is a request of its own.
"""

import contextlib
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import idna
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.util.connection import create_connection

from generation.errors import UserFacingError
from generation.network.deadline import DeadlineAdapter, WatchedConnection, WatchedTLSConnection, is_over

_TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and between two reads, where a request says nothing of it."""
_PORTS = {"http": 80, "https": 443}
_HOST_MAX = 253
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029]")
# Neither the host nor the port takes an "@": user information is refused.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[^\[\]:@/?#]+)(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.ASCII | re.IGNORECASE,
)
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"(^|\.)([0-9]+|0x[0-9a-f]*)$")
"""What the C library takes for an IPv4 address in one of its many forms; no top-level domain looks like this."""
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]")
_QUERY = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_READINGS = 4
"""How often escapes may be escaped in an address that is trusted."""
_NEVER_PUBLIC = tuple(
    ipaddress.ip_network(text)
    # Tunnels, relays and documentation, of which not every Python knows.
    for text in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/23", "2002::/16", "3fff::/20", "fec0::/10")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE


class AddressRefused(UserFacingError):
    """Nothing is sent there."""

    def __init__(self, message: str = "The address cannot be read.") -> None:
        super().__init__(message)


class NotPublic(AddressRefused):
    """It is, or stands for, an address of a private network that nobody trusts."""

    def __init__(self) -> None:
        super().__init__("The address is not on the public internet.")


@dataclass(frozen=True)
class Address:
    """A web address in its normal form. Equal addresses are the same place."""

    scheme: str
    """``http`` or ``https``."""
    host: str
    """A name in small ASCII letters without a dot at its end, an IPv4 address, or an IPv6 address in brackets."""
    port: int
    path: str
    """Begins with a slash; has no dot segments and no needless escapes."""
    query: str

    @property
    def origin(self) -> str:
        """The whole server, as a prefix."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}/"

    @property
    def url(self) -> str:
        return self.origin + self.path[1:] + (f"?{self.query}" if self.query else "")


def parse(url: str) -> Address:
    """Read an http or https URL. Raises :class:`AddressRefused`.

    Space around it and its fragment are dropped. User information, backslashes, control characters and numbers for
    an address other than four plain decimal ones are refused.
    """
    text = url.strip()
    found = None if _FORBIDDEN.search(text) else _URL.fullmatch(text)
    if found is None:
        raise AddressRefused
    scheme = found["scheme"].lower()
    try:
        host = _host(found["host"])
        path, query = _escaped(_PATH, found["path"] or "/"), _escaped(_QUERY, found["query"] or "")
    except ValueError as error:
        raise AddressRefused from error
    port = int(found["port"] or _PORTS[scheme])
    if not 0 < port < 2**16:
        raise AddressRefused
    return Address(scheme, host, port, _without_dots(path), query)


def _host(text: str) -> str:
    if text.startswith("["):
        return f"[{ipaddress.IPv6Address(text[1:-1])}]"
    if len(text) > _HOST_MAX + 1:
        raise AddressRefused
    if not text.isascii():
        text = idna.encode(text, uts46=True, std3_rules=True).decode()
    name = text.lower().removesuffix(".")
    if _NUMBER.search(name):
        return str(ipaddress.IPv4Address(name))
    if len(name) > _HOST_MAX or not _NAME.fullmatch(name):
        raise AddressRefused
    return name


def _escaped(pattern: re.Pattern[str], text: str) -> str:
    """Escapes in one form: in capitals, everywhere where one is needed, and nowhere else."""

    def one(found: re.Match[str]) -> str:
        digits = found[1]
        if digits is None:
            return quote(found[0], safe="")
        sign = chr(int(digits, 16))
        return sign if sign in _UNRESERVED else f"%{digits.upper()}"

    return pattern.sub(one, text)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.lstrip("/").split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept).lstrip("/")


def is_within(url: str, prefixes: Collection[str]) -> bool:
    """Whether a URL, in normal form, lies on or below one of ``prefixes``, by whole segments of the path.

    ``False`` for what cannot be read, and where a server might read another path in it.
    """
    try:
        address = parse(url)
    except AddressRefused:
        return False
    return any(_is_below(address, prefix) for prefix in prefixes) and not _may_lead_out(address.path)


def _is_below(address: Address, prefix: str) -> bool:
    try:
        top = parse(prefix)
    except AddressRefused:
        return False
    names = top.path.rstrip("/").split("/")
    return address.origin == top.origin and address.path.split("/")[: len(names)] == names


def _may_lead_out(path: str) -> bool:
    """Whether dots show when a server unescapes more than once, or takes other signs for dots and slashes."""
    for _ in range(_READINGS):
        try:
            plain = unicodedata.normalize("NFKC", unquote(path, errors="strict"))
        except UnicodeDecodeError:
            return True
        if plain == path:
            return any(segment.startswith("..") for segment in path.replace("\\", "/").split("/"))
        path = plain
    return True


def is_public(address: str) -> bool:
    """Whether an IP address is one that strangers may send us to; what carries an IPv4 address counts as that, too."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip.ipv4_mapped or ip in _NAT64:
            return is_public(inner)
        if (int(ip) >> 32) & 0xFDFFFFFF == _ISATAP and not is_public(inner):
            return False
    if any(ip in network for network in _NEVER_PUBLIC):
        return False
    return ip.is_global and not ip.is_reserved and not ip.is_multicast


def look_up(host: str, port: int) -> list[str]:
    """What a name stands for, or an address that is one itself, for which nobody is asked. Raises ``OSError``."""
    if address := _literal(host):
        return [address]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _literal(host: str) -> str:
    """The IP address that a host is; empty for a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return ""


def public_addresses(host: str, port: int) -> list[str]:
    """All that a host stands for. Raises :class:`NotPublic` if any of it is private, ``OSError`` for no answer."""
    addresses = [] if _is_this_machine(host) else look_up(host, port)
    if not addresses or not all(map(is_public, addresses)):
        raise NotPublic
    return addresses


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def check(url: str, *, trusted: Collection[str] = ()) -> Address:
    """An address to which something may be sent, as far as it shows without a look-up.

    ``trusted`` holds the prefixes that may be on a private network. Raises :class:`AddressRefused`.
    """
    address = parse(url)
    if not is_within(url, trusted) and (_literal(address.host) or _is_this_machine(address.host)):
        public_addresses(address.host, address.port)
    return address


def check_now(url: str, *, trusted: Collection[str] = ()) -> Address:
    """:func:`check`, and what its name stands for now. A name that nobody knows passes: it is asked for again."""
    address = check(url, trusted=trusted)
    if not is_within(url, trusted):
        try:
            public_addresses(address.host, address.port)
        except OSError:
            return address
    return address


def open_session(*, trusted: Collection[str] = ()) -> requests.Session:
    """The way out for every request. What may not go out raises :class:`AddressRefused`, and then nothing has left.

    ``trusted`` holds the prefixes that may be on a private network.
    """
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 3
    for scheme in _PORTS:
        session.mount(f"{scheme}://", _Decided(trusted))
    return session


class _Decided(BaseAdapter):
    """Decides on each request of a session, those after redirects included."""

    def __init__(self, trusted: Collection[str]) -> None:
        super().__init__()
        self._trusted = tuple(trusted)
        self._private, self._public = DeadlineAdapter(), _PublicAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        request.url = check(request.url or "", trusted=self._trusted).url
        # Apart, so that no connection that one of them left open serves the other.
        adapter = self._private if is_within(request.url, self._trusted) else self._public
        return adapter.send(request, stream, timeout or _TIMEOUT, verify, cert)

    def close(self) -> None:
        self._private.close()
        self._public.close()


class _Pinned(HTTPConnection):
    """Goes to an address that was found public, with no second look-up between; TLS still asks for the name."""

    def _new_conn(self) -> socket.socket:
        *others, last = public_addresses(self.host, self.port)
        for address in others:
            with contextlib.suppress(OSError):
                return self._connect(address)
            if is_over():
                raise TimeoutError("the time was over before an address answered")
        return self._connect(last)

    def _connect(self, address: str) -> socket.socket:
        return create_connection((address, self.port), self.timeout, self.source_address, self.socket_options)


class _PinnedConnection(_Pinned, WatchedConnection):
    pass


class _PinnedTLSConnection(_Pinned, WatchedTLSConnection):
    pass


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PinnedConnection


class _PublicTLSPool(HTTPSConnectionPool):
    ConnectionCls = _PinnedTLSConnection


class _PublicAdapter(DeadlineAdapter):
    pools = {"http": _PublicPool, "https": _PublicTLSPool}
