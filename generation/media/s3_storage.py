"""Files in a private S3-compatible bucket, with presigned links. Apart from the folder: boto3 is slow to load."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage


@contextmanager
def _as_os_error() -> Iterator[None]:
    """What a store out of order raises, as what a disk out of order raises."""
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise OSError(f"The bucket does not answer as it should: {error}") from error


@deconstructible
class Bucket(S3Storage):  # type: ignore[misc]
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
        ours = {"default_acl": None, "querystring_auth": True, "file_overwrite": True, "client_config": client}
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | ours | {"querystring_expire": settings.LINK_SECONDS}

    def _save(self, name: str, content: "File[bytes]") -> str:
        with _as_os_error():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _as_os_error():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_os_error():
            return bool(super().exists(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _as_os_error():
            folders, files = super().listdir(name)
            return folders, files

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        """The whole file at once: all that is kept here fits into memory, and faults show now."""
        with _as_os_error(), super()._open(name, mode) as remote:
            return ContentFile(remote.read(), name)
