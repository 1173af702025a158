"""Django's cache, in rows: what it forgets here lets somebody in twice or guess without end.

allauth keeps in it which codes and tokens were used, and how often somebody asked. That must hold without Valkey, too.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db.models import Q
from django.utils import timezone

from dashboard.accounts.models import CacheEntry

LONGEST = 30 * 24 * 3600
"""Seconds; some timeouts are what an identity provider says."""


class RowCache(BaseCache):
    """Values are what JSON can say. Of many who add one key at the same moment one succeeds."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        now = timezone.now()
        row = self._entry(key, value, timeout, version, now=now)
        CacheEntry.objects.filter(_dead(now), key=row.key).delete()
        facts = {"value": value, "valid_from": row.valid_from, "expires_at": row.expires_at}
        return CacheEntry.objects.get_or_create(key=row.key, defaults=facts)[1]

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        row = CacheEntry.objects.exclude(_dead(timezone.now())).filter(key=self._digest(key, version)).first()
        return row.value if row else default

    def set(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        row = self._entry(key, value, timeout, version, now=timezone.now())
        fields = ["value", "valid_from", "expires_at"]
        CacheEntry.objects.bulk_create([row], update_conflicts=True, unique_fields=["key"], update_fields=fields)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(CacheEntry.objects.filter(key=self._digest(key, version)).delete()[0])

    def clear(self) -> None:
        CacheEntry.objects.all().delete()

    def _entry(self, key: Any, value: Any, timeout: float | None, version: int | None, *, now: datetime) -> CacheEntry:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        lasts = timedelta(seconds=LONGEST if seconds is None else min(seconds, LONGEST))
        return CacheEntry(key=self._digest(key, version), value=value, valid_from=now - lasts, expires_at=now + lasts)

    def _digest(self, key: Any, version: int | None) -> str:
        return sha256(self.make_key(key, version).encode()).hexdigest()


def sweep() -> None:
    """Remove what is forgotten anyway."""
    CacheEntry.objects.filter(_dead(timezone.now())).delete()


def _dead(now: datetime) -> Q:
    """Expired, or written by a clock that was further ahead than the entry lasts."""
    return Q(expires_at__lte=now) | Q(valid_from__gte=now)
