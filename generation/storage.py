"""Where files live: a folder with signed links, or an S3-compatible bucket with presigned ones.

Both answer ``url(name, parameters=…, expire=…)`` alike, so nothing else asks which one is in use.
"""

from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from django.conf import settings
from django.core import signing
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage

SALT = "packshot.files"


@deconstructible
class SignedFolder(FileSystemStorage):
    """A local folder whose links carry a signature and an expiry."""

    def url(self, name: str | None, parameters: Mapping[str, str] | None = None, expire: int | None = None) -> str:
        """Return ``/files/<token>`` on our public address, good for ``expire`` seconds.

        ``parameters`` may carry S3's ``ResponseContentDisposition``, which is honoured here too.
        """
        claim = {"name": name, "seconds": expire or settings.LINK_SECONDS, **(parameters or {})}
        return f"{settings.PUBLIC_URL}/files/{signing.dumps(claim, salt=SALT, compress=True)}"


@deconstructible
class Bucket(S3Storage):
    """A private bucket; links are presigned."""

    def get_default_settings(self) -> dict[str, Any]:
        # Most S3-compatible stores do not know the checksums that boto3 sends by default since 1.36,
        # and stores at an address of one's own rarely have a host name for each bucket.
        client = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if settings.S3_ENDPOINT else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=30,
        )
        private = {"default_acl": None, "querystring_auth": True, "file_overwrite": True, "client_config": client}
        return super().get_default_settings() | private | {"querystring_expire": settings.LINK_SECONDS}
