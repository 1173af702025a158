"""Which base URLs a team may name, and what they stand for."""

import socket
from urllib.parse import urlsplit

from django.conf import settings

from generation import connections, fetch

UNCLEAR = "Give the address as it stands in ProductAI's documentation, starting with https://."
PRODUCTAI = "https://api.productai.photo/v1"


class AddressRefused(ValueError):
    """Nobody posts there; the text is one clear sentence."""


def sandbox_address() -> str:
    return f"{settings.PUBLIC_URL}/sandbox/v1"


def is_sandbox(base_url: str) -> bool:
    return base_url.startswith(f"{settings.PUBLIC_URL}/sandbox/")


def provider_name(base_url: str) -> str:
    return "The sandbox" if is_sandbox(base_url) else "ProductAI"


def check_address(base_url: str) -> str:
    """Return ``base_url`` without a slash at its end. Raises :class:`AddressRefused`.

    Only the public internet by https, for the key goes there. This machine itself may be named only while Packshot
    too is reachable from this machine alone: then whoever asks sits at it.
    """
    base_url = base_url.strip().rstrip("/")
    try:
        if base_url == sandbox_address() or _both_here(base_url):
            return base_url
        parts = urlsplit(base_url)
        port = parts.port or 443
    except ValueError as error:
        raise AddressRefused(UNCLEAR) from error
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise AddressRefused(UNCLEAR)
    if not all(fetch.is_public(address) for address in _resolved(parts.hostname, port)):
        raise AddressRefused("This address is on a private network. Give one on the public internet.")
    return base_url


def _both_here(base_url: str) -> bool:
    return connections.is_loopback(base_url) and connections.is_loopback(settings.PUBLIC_URL)


def _resolved(host: str, port: int) -> list[str]:
    """The host's addresses; none while its name cannot be looked up."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []
