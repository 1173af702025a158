"""Addresses of a team's own servers, to which we post."""

from django.conf import settings

from generation.provider import contract_http
from generation.provider.contract_http import invalid

WEBHOOK_URL_MAX = 1000


def trusted_webhooks() -> tuple[str, ...]:
    """Prefixes of addresses that the operator named as their own, which may be on a private network."""
    return tuple(settings.TRUSTED_WEBHOOKS)


def check_webhook_url(url: str) -> None:
    """Refuse an address to which no webhook would be sent now. Raises ``ContractError(invalid_request)``."""
    if len(url) > WEBHOOK_URL_MAX:
        raise invalid("webhook_url", f"It may have at most {WEBHOOK_URL_MAX} characters.")
    if url:
        contract_http.check_webhook_url(url, trusted=trusted_webhooks())
