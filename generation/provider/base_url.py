"""Which base URLs a team may name, and what they stand for."""

from django.conf import settings

from generation.errors import UserFacingError
from generation.network import addresses
from generation.provider import connections

UNCLEAR = "Give the address as it stands in ProductAI's documentation, starting with https://."
PRODUCTAI = "https://api.productai.photo/v1"


class BaseUrlRefused(UserFacingError):
    """Nobody posts there."""


def sandbox_address() -> str:
    return f"{settings.PUBLIC_URL}/sandbox/v1"


def is_sandbox(base_url: str) -> bool:
    return addresses.is_within(base_url, [f"{settings.PUBLIC_URL}/sandbox/"])


def provider_name(base_url: str) -> str:
    return "The sandbox" if is_sandbox(base_url) else "ProductAI"


def check_address(base_url: str) -> str:
    """Return ``base_url`` in its normal form, without a slash at its end. Raises :class:`BaseUrlRefused`.

    Only the public internet by https, for the key goes there; or what the operator trusts. A team's admin is not the
    operator.
    """
    trusted = connections.trusted_providers()
    try:
        address = addresses.check_now(base_url, trusted=trusted)
    except addresses.NotPublic as error:
        raise BaseUrlRefused("This address is on a private network. Give one on the public internet.") from error
    except addresses.AddressRefused as error:
        raise BaseUrlRefused(UNCLEAR) from error
    if address.query or (address.scheme != "https" and not addresses.is_within(base_url, trusted)):
        raise BaseUrlRefused(UNCLEAR)
    return address.url.rstrip("/")
