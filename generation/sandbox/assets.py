"""Product photos: uploaded as assets, or fetched from the URL that a request names."""

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from generation import media
from generation.contract import PHOTO_MAX_BYTES, ContractError, ErrorCode, RemoteAsset
from generation.fetch import FetchError, download
from generation.ids import new_id
from generation.sandbox import files
from generation.sandbox.models import SandboxAsset, SandboxKey
from generation.sandbox.times import iso

NAME_MAX = 200
TAGS_MAX = 20
TAG_LENGTH = 50


def read_photo(data: bytes, *, parameter: str) -> media.Picture:
    """Verify a photo. Raises ``ContractError(invalid_request)`` that names ``parameter``."""
    try:
        return media.read_picture(data, max_bytes=PHOTO_MAX_BYTES)
    except media.UnusablePicture as error:
        raise _invalid(parameter, str(error)) from error


def fetch_photo(url: str, *, parameter: str) -> media.Picture:
    """Download and verify a photo. Raises ``ContractError(invalid_request)`` that names ``parameter``."""
    try:
        data = download(url, max_bytes=PHOTO_MAX_BYTES, trusted=files.own_prefixes())
    except FetchError as error:
        raise _invalid(parameter, f"The file could not be fetched. {error}") from error
    return read_photo(data, parameter=parameter)


def name_from(url: str) -> str:
    """The last part of a URL's path, to name what was found there."""
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])


def add_asset(*, key: SandboxKey, picture: media.Picture, name: str, tags: Sequence[str]) -> SandboxAsset:
    """Store an uploaded photo. Raises ``ContractError(invalid_request)`` for too many or too long tags."""
    if len(tags) > TAGS_MAX or any(len(tag) > TAG_LENGTH for tag in tags):
        raise _invalid("tags", f"At most {TAGS_MAX} tags of {TAG_LENGTH} characters.")
    asset_id = new_id("asset")
    stored = media.store(picture, folder=f"sandbox/assets/{asset_id}")
    return SandboxAsset.objects.create(
        id=asset_id,
        key=key,
        name=name[:NAME_MAX] or asset_id,
        tags=list(tags),
        original=stored.original,
        thumbnail=stored.thumbnail,
        mime=picture.mime,
        extension=picture.extension,
        width=picture.width,
        height=picture.height,
        file_size=len(picture.data),
    )


def show(asset: SandboxAsset) -> RemoteAsset:
    return RemoteAsset(
        asset_id=asset.id,
        name=asset.name,
        status="ready",
        url=files.link(asset.original, mime=asset.mime),
        thumbnail_url=files.link(asset.thumbnail, mime="image/webp"),
        width=asset.width,
        height=asset.height,
        file_size=asset.file_size,
        format=asset.extension,
        created_at=iso(asset.created_at),
        tags=tuple(asset.tags),
    )


def _invalid(parameter: str, reason: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_REQUEST, f"Invalid parameter: {parameter}. {reason}")
