"""Projects and products in plain words."""

from dataclasses import dataclass

from generation.models import Asset, Connection
from generation.provider import connections
from generation.provider.base_url import provider_name


@dataclass(frozen=True)
class PhotoAtProvider:
    """How the provider comes to a photo."""

    text: str
    is_there: bool = False


def photo_at_provider(asset: Asset, connection: Connection | None) -> PhotoAtProvider:
    if connection is None:
        return PhotoAtProvider("No provider is connected yet.")
    name = provider_name(connection.base_url)
    if connections.reads_links(connection):
        return PhotoAtProvider(f"{name} gets an expiring link with each job.")
    if asset.provider_id:
        return PhotoAtProvider(f"{name} has this photo; it is not sent again.", is_there=True)
    return PhotoAtProvider(f"{name} gets this photo with its first job, once.")
