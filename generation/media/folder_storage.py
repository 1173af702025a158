"""Files in a local folder, with signed links that expire.

``generation.media.s3_storage`` is its counterpart: both answer ``url(name, parameters=…, expire=…)`` alike and raise
``OSError`` when out of order, so nothing else asks which one is in use.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.core import signing
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

_SIGNER = signing.Signer(salt="packshot.files")


class LinkExpired(Exception):
    """The link was ours, and its time is over."""


@dataclass(frozen=True)
class FileLink:
    """What a signed link allows."""

    name: str
    until: int
    """Seconds since the epoch."""
    disposition: str = ""

    @classmethod
    def lasting(cls, name: str, *, seconds: int, disposition: str = "") -> Self:
        """A link that is good for ``seconds`` and up to a quarter longer.

        Its end is rounded up, so that links made within a while are the same and browsers keep the file.
        """
        step = max(1, seconds // 4)
        return cls(name, -(-(int(time.time()) + seconds) // step) * step, disposition)

    def token(self) -> str:
        return _SIGNER.sign_object([self.name, self.until, self.disposition], compress=True)

    @classmethod
    def read(cls, token: str) -> Self:
        """Raises ``signing.BadSignature`` for a token that is not ours, :class:`LinkExpired` for one too old."""
        link = cls(*_SIGNER.unsign_object(token))
        if link.seconds_left < 0:
            raise LinkExpired
        return link

    @property
    def seconds_left(self) -> int:
        return self.until - int(time.time())


@deconstructible
class SignedFolder(FileSystemStorage):
    """A local folder whose links carry a signature and an expiry."""

    def url(self, name: str | None, parameters: Mapping[str, str] | None = None, expire: int | None = None) -> str:
        """Return ``/files/<token>`` on our public address, good for at least ``expire`` seconds.

        ``parameters`` may carry S3's ``ResponseContentDisposition``, which is honoured here too.
        """
        disposition = (parameters or {}).get("ResponseContentDisposition", "")
        seconds = settings.LINK_SECONDS if expire is None else expire
        link = FileLink.lasting(name or "", seconds=seconds, disposition=disposition)
        return f"{settings.PUBLIC_URL}/files/{link.token()}"


def own_links() -> tuple[str, ...]:
    """Prefixes of the links to our own files. The operator chose them, so they may be on a private network."""
    bucket = (f"{settings.S3_ENDPOINT.rstrip('/')}/{settings.S3_BUCKET}/",) if settings.S3_ENDPOINT else ()
    return (f"{settings.PUBLIC_URL}/files/", *bucket)
