"""The gallery's queries: stored pictures of one team, newest first, in keyset pages."""

from dataclasses import dataclass

from django.db.models import QuerySet

from dashboard.accounts.models import Team
from dashboard.gallery.filters import GalleryFilters
from generation.models import Image

PAGE = 100


@dataclass(frozen=True)
class GalleryPage:
    pictures: list[Image]
    has_more: bool


def shown(team: Team, filters: GalleryFilters) -> QuerySet[Image]:
    """What is in the gallery, newest first, with what a tile says."""
    pictures = Image.objects.in_gallery().filter(team=team)
    return filters.narrow(pictures, team=team).select_related("job__product").order_by("-id")


def page(team: Team, filters: GalleryFilters, *, before: str = "") -> GalleryPage:
    """The newest pictures, or the newest of those older than the picture ``before``."""
    rows = shown(team, filters)
    found = list((rows.filter(id__lt=before) if before else rows)[: PAGE + 1])
    return GalleryPage(found[:PAGE], has_more=len(found) > PAGE)


def neighbours(picture: Image, filters: GalleryFilters) -> tuple[str, str]:
    """Ids of the next newer and the next older picture; empty at the ends."""
    ids = shown(picture.team, filters).values_list("id", flat=True)
    newer = ids.filter(id__gt=picture.id).order_by("id").first()
    return newer or "", ids.filter(id__lt=picture.id).first() or ""
