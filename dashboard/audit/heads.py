"""Signed heads: how long a team's chain was, and its last hash, for keeping where the database cannot be reached."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dashboard.audit.models import AuditHead
from dashboard.audit.verify import GENESIS, Unreadable, read_head, signed_text

FOLDER = "audit/heads"


@lru_cache(maxsize=4)
def _key(secret: str) -> Ed25519PrivateKey:
    """Derived from the installation's secret, so it is stored nowhere and changes only with that."""
    seed = salted_hmac("packshot.audit.head", "ed25519", secret=secret, algorithm="sha256").digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """The installation's Ed25519 public key, base64."""
    raw = _key(settings.SECRET_KEY).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def current(team_id: str) -> AuditHead:
    """Where the team's chain ends now; before the first event that is nowhere."""
    return AuditHead.objects.filter(team_id=team_id).first() or AuditHead(team_id=team_id, hash=GENESIS)


def sign(head: AuditHead, *, at: datetime | None = None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "team": head.team_id,
        "sequence": head.sequence,
        "hash": head.hash,
        "at": (at or timezone.now()).isoformat(timespec="seconds"),
    }
    signature = _key(settings.SECRET_KEY).sign(signed_text(facts))
    return facts | {"public_key": public_key(), "signature": base64.b64encode(signature).decode()}


def as_file(head: Mapping[str, Any]) -> bytes:
    return json.dumps(head, indent=2).encode() + b"\n"


def file_of(day: date) -> str:
    return f"{day.isoformat()}.json"


def keep_todays() -> int:
    """Sign and store each chain's head once a day; answers how many. A day's head is never written over."""
    today, kept = timezone.localdate(), 0
    for head in AuditHead.objects.exclude(signed_on=today).order_by("pk").iterator():
        name = f"{FOLDER}/{head.team_id}/{file_of(today)}"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(as_file(sign(head))))
            kept += 1
        AuditHead.objects.filter(pk=head.pk).update(signed_on=today)
    return kept


def stored(team_id: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Names and contents of the team's stored heads, oldest first; ``None`` for a file that is none."""
    folder = f"{FOLDER}/{team_id}"
    try:
        names = sorted(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return
    for name in names:
        with default_storage.open(f"{folder}/{name}") as file:
            try:
                yield name, read_head(file.read().decode("utf-8", "replace"))
            except Unreadable:
                yield name, None
