"""Webhooks that we send: signed by the Standard Webhooks scheme, bounded in time, and never to a private address."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from django.utils import timezone
from standardwebhooks import Webhook

from generation.deadline import deadline
from generation.fetch import PrivateAddress, mount

SECONDS = 10.0
GIVE_UP = timedelta(days=1)
"""How long a receiver is tried, from what it is told of on: the job's end, the cap's warning."""
_GAPS = (5, 20, 80, 320, 1280, 5120, 14400)


@dataclass(frozen=True)
class Answer:
    """What became of one POST, in words for the person who looks for it."""

    arrived: bool
    words: str


def post(*, url: str, secret: str, message_id: str, body: Mapping[str, Any], trusted: Collection[str]) -> Answer:
    """Post ``body`` as JSON once; redirects are not followed.

    ``trusted`` holds URL prefixes that the operator configured; only those may be on a private network.
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
    with requests.Session() as session, deadline(SECONDS) as exchange:
        session.trust_env = False
        try:
            status = _send(session, url, text, headers, trusted)
        except PrivateAddress:
            return Answer(False, "The address is not on the public internet.")
        except (requests.RequestException, OSError, ValueError) as error:
            late, lost = "The receiver took too long.", f"The receiver could not be reached ({type(error).__name__})."
            return Answer(False, late if exchange.expired else lost)
    return Answer(200 <= status < 300, f"HTTP {status}")


def _send(session: requests.Session, url: str, text: str, headers: Mapping[str, str], trusted: Collection[str]) -> int:
    # Prepared first: dots in the path must not lead out of a prefix that may be on a private network.
    exact = requests.Request("POST", url).prepare().url or ""
    mount(session, known=exact.startswith(tuple(trusted)))
    timeout = (5, SECONDS)
    answer = session.post(
        exact, data=text.encode(), headers=headers, timeout=timeout, allow_redirects=False, stream=True
    )
    return answer.status_code


def gap(attempts: int) -> timedelta:
    """How long to wait after so many attempts, from the last one's answer on."""
    return timedelta(seconds=_GAPS[min(attempts, len(_GAPS)) - 1])
