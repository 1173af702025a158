"""The sandbox's files: storage keys in, expiring public links out."""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from generation.media.folder_storage import own_links

_SALT = "packshot.sandbox.files"


class SandboxLinkExpired(Exception):
    pass


class LinkInvalid(Exception):
    pass


@dataclass(frozen=True)
class Linked:
    """What a link stands for."""

    key: str
    mime: str
    job_id: str
    """Empty unless the file is a result."""


def own_prefixes() -> tuple[str, ...]:
    """The public links that this installation makes itself, which may be on a private network."""
    return (*own_links(), f"{settings.PUBLIC_URL}/sandbox/files/")


def save(key: str, data: bytes) -> str:
    """Store ``data`` and return the key under which it really is."""
    return default_storage.save(key, ContentFile(data))


def link(key: str, *, mime: str, job_id: str = "", expired: bool = False) -> str:
    """An absolute URL that is good for ``LINK_SECONDS``."""
    until = int(time.time()) + (-1 if expired else settings.LINK_SECONDS)
    token = signing.dumps([key, mime, job_id, until], salt=_SALT, compress=True)
    return f"{settings.PUBLIC_URL}/sandbox/files/{token}"


def resolve(token: str) -> Linked:
    """Raises :class:`LinkInvalid` or :class:`SandboxLinkExpired`."""
    try:
        claim: list[Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise LinkInvalid from error
    key, mime, job_id, until = claim
    if time.time() > until:
        raise SandboxLinkExpired
    return Linked(key, mime, job_id)
