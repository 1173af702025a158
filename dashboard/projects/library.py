"""The library's queries: search, tags, and what a product was seen by."""

import json
from collections import Counter

from django.db.models import Q, QuerySet

from dashboard.audit.models import AuditEvent
from dashboard.projects.actions import MAIN_PHOTO_CHOSEN, PHOTO_REMOVED
from dashboard.projects.models import Product, ProductPhoto
from dashboard.ui.search import Search
from generation.models import Asset, Image, Job

TAGS_SHOWN = 16
LATEST = 24
_TAGGED_MAX = 2_000
"""Newest products whose tags are counted."""
_EVENTS_MAX = 50


def search(rows: QuerySet[Product], asked: Search) -> QuerySet[Product]:
    """Products of which every word is in the name, the SKU or a tag."""
    for word in asked.words:
        rows = rows.filter(Q(name__icontains=word) | Q(sku__icontains=word) | _in_tags(word))
    return rows


def tagged(rows: QuerySet[Product], tag: str) -> QuerySet[Product]:
    """Products that have exactly this tag."""
    return rows.filter(_in_tags(tag, whole=True)) if tag else rows


def _in_tags(text: str, *, whole: bool = False) -> Q:
    """SQLite keeps JSON as it was written, with other letters than ASCII escaped; PostgreSQL unescapes them."""
    forms = {json.dumps(text, ensure_ascii=ascii_only) for ascii_only in (True, False)}
    found = Q()
    for form in forms:
        found |= Q(tags__icontains=form if whole else form[1:-1])
    return found


def common_tags(rows: QuerySet[Product]) -> list[str]:
    """The tags of the newest products, the most used ones first."""
    newest = rows.order_by("-pk").values_list("tags", flat=True)[:_TAGGED_MAX]
    counts = Counter(tag for tags in newest for tag in tags)
    return [tag for tag, _ in sorted(counts.items(), key=lambda found: (-found[1], found[0]))[:TAGS_SHOWN]]


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
