"""Product photos: uploaded as assets, or fetched from the URL that a request names."""

from generation.contract import PHOTO_MAX_BYTES, RemoteAsset
from generation.database.public_ids import new_id
from generation.media import pictures
from generation.media.decoding import UnusablePicture
from generation.provider import contract_http
from generation.provider.contract_http import Upload, invalid, iso
from generation.sandbox import files
from generation.sandbox.models import SandboxAsset, SandboxKey

NAME_MAX = 200


def read_photo(data: bytes, *, parameter: str) -> pictures.Picture:
    """Verify a photo. Raises ``ContractError(invalid_request)`` that names ``parameter``."""
    try:
        return pictures.read_picture(data, max_bytes=PHOTO_MAX_BYTES)
    except UnusablePicture as error:
        raise invalid(parameter, str(error)) from error


def fetch_photo(url: str, *, parameter: str) -> pictures.Picture:
    """Download and verify a photo. Raises ``ContractError(invalid_request)`` that names ``parameter``."""
    data = contract_http.fetch_photo(url, parameter=parameter, trusted=files.own_prefixes())
    return read_photo(data, parameter=parameter)


def add_asset(*, key: SandboxKey, upload: Upload) -> SandboxAsset:
    """Store an uploaded photo. Raises ``ContractError(invalid_request)`` for what is no usable photo."""
    picture = read_photo(upload.data, parameter=upload.parameter)
    asset_id = new_id("asset")
    stored = pictures.store(picture, folder=f"sandbox/assets/{asset_id}")
    return SandboxAsset.objects.create(
        id=asset_id,
        key=key,
        name=(upload.name or upload.filename)[:NAME_MAX] or asset_id,
        tags=list(upload.tags),
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
