"""Webhooks that we send: signed by the Standard Webhooks scheme, and bounded in time."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.utils import timezone
from standardwebhooks import Webhook

from generation.network.addresses import AddressRefused, open_session
from generation.network.deadline import deadline

SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """What became of one POST, in words for the person who looks for it."""

    arrived: bool
    words: str


def post(*, url: str, secret: str, message_id: str, body: Mapping[str, Any], trusted: Collection[str]) -> Answer:
    """Post ``body`` as JSON once; redirects are not followed.

    ``trusted`` is that of :func:`generation.network.addresses.check`.
    """
    text = json.dumps(body)
    now = timezone.now()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Packshot",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, text),
    }
    with open_session(trusted=trusted) as session, deadline(SECONDS) as exchange:
        try:
            status = session.post(
                url, data=text.encode(), headers=headers, timeout=(5, SECONDS), allow_redirects=False, stream=True
            ).status_code
        except AddressRefused as error:
            return Answer(False, str(error))
        except (requests.RequestException, OSError, ValueError) as error:
            late, lost = "The receiver took too long.", f"The receiver could not be reached ({type(error).__name__})."
            return Answer(False, late if exchange.expired else lost)
    return Answer(200 <= status < 300, f"HTTP {status}")
