"""The library's queries: search, tags, and what a product was seen by."""

from collections import Counter

from django.db.models import Q, QuerySet

from dashboard.accounts.models import Team
from dashboard.audit.models import AuditEvent
from dashboard.projects.actions import MAIN_PHOTO_CHOSEN, PHOTO_REMOVED
from dashboard.projects.models import Product, ProductPhoto
from dashboard.ui.search import Search
from generation.database.folded_columns import tag_key
from generation.models import Asset, Image, Job
from generation.text import fold_for_search, fold_for_uniqueness

TAGS_SHOWN = 16
LATEST = 24
_TAGGED_MAX = 2_000
"""Newest products whose tags are counted."""
_EVENTS_MAX = 50


def tagged(rows: QuerySet[Product], tag: str) -> QuerySet[Product]:
    """Products that have exactly this tag."""
    return rows.filter(tag_keys__contains=tag_key(tag)) if tag else rows


def searched_pictures(pictures: QuerySet[Image], asked: Search, *, team: Team) -> QuerySet[Image]:
    """Pictures of which every word is in the prompt, or in the name, the SKU or a tag of the product.

    Each text is folded where it is written, a job's once and for all, a product's whenever it changes. So a new name
    rewrites no job: products are few beside pictures, and are looked through first.
    """
    for word in asked.words:
        products = Product.objects.filter(team=team, search_text__contains=word)
        pictures = pictures.filter(Q(job__search_text__contains=word) | Q(job__product__in=products.values("pk")))
    return pictures


def common_tags(rows: QuerySet[Product]) -> list[str]:
    """The tags of the newest products, the most used ones first."""
    newest = rows.order_by("-pk").values_list("tags", flat=True)[:_TAGGED_MAX]
    counts, spelled = Counter[str](), dict[str, str]()
    for tag in (tag for tags in newest for tag in tags):
        key = fold_for_uniqueness(tag)
        counts[key] += 1
        spelled.setdefault(key, tag)
    most = sorted(counts, key=lambda key: (-counts[key], fold_for_search(key), key))[:TAGS_SHOWN]
    return [spelled[key] for key in most]


def photos_of(product: Product) -> list[ProductPhoto]:
    """The product's photos, the main one first."""
    rows = product.photos.select_related("asset").order_by("place")
    return sorted(rows, key=lambda photo: photo.asset_id != product.asset_id)


def earlier_photos(product: Product) -> list[Asset]:
    """Photos that the product was seen by before, the newest first."""
    events = AuditEvent.objects.filter(
        team=product.team_id, action__in=(MAIN_PHOTO_CHOSEN, PHOTO_REMOVED), object_id=product.pk
    )
    ids = {before.get("asset") for before in events.order_by("-id").values_list("before", flat=True)[:_EVENTS_MAX]}
    ids |= set(Job.objects.filter(product=product).values_list("asset", flat=True).distinct()[:_EVENTS_MAX])
    rows = Asset.objects.filter(team=product.team_id, pk__in=ids).exclude(product_photos__product=product)
    return list(rows.order_by("-pk"))


def latest(pictures: QuerySet[Image]) -> list[Image]:
    """The newest pictures with what a tile shows."""
    return list(pictures.select_related("job__product").order_by("-id")[:LATEST])
