"""What the sign-in remembers by Django's cache is in rows: it holds without Valkey, and forgets in time."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone

from dashboard.accounts import row_cache
from dashboard.accounts.models import CacheEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [timezone.now()]
    monkeypatch.setattr(row_cache, "timezone", SimpleNamespace(now=lambda: now[0]))
    return now


def test_what_is_set_is_there_until_it_expires(clock: list[datetime]) -> None:
    cache.set("history", [2.5, 1.5], timeout=60)
    cache.set("history", [3.5, 2.5, 1.5], timeout=60)
    clock[0] += timedelta(seconds=59)
    assert cache.get("history") == [3.5, 2.5, 1.5] and cache.get("another", "nothing") == "nothing"
    clock[0] += timedelta(seconds=1)
    assert cache.get("history") is None


def test_a_key_is_added_once_until_it_expires(clock: list[datetime]) -> None:
    assert cache.add("code", True, timeout=90) and not cache.add("code", True, timeout=90)
    clock[0] += timedelta(seconds=90)
    assert cache.add("code", True, timeout=90) and not cache.add("code", True, timeout=90)


def test_what_is_deleted_is_gone() -> None:
    cache.set("lock", True, timeout=10)
    assert cache.delete("lock") and not cache.delete("lock") and cache.add("lock", True, timeout=10)


def test_a_clock_set_back_a_little_forgets_no_used_code(clock: list[datetime]) -> None:
    cache.add("code", True, timeout=90)
    clock[0] -= timedelta(seconds=80)
    assert not cache.add("code", True, timeout=90)


def test_what_a_clock_far_ahead_wrote_is_distrusted(clock: list[datetime]) -> None:
    clock[0] += timedelta(hours=25)
    cache.set("history", [1.5], timeout=60)
    clock[0] -= timedelta(hours=25)
    assert cache.get("history") is None and cache.add("history", [], timeout=60)


@pytest.mark.parametrize("timeout", [None, 10.0**15])
def test_nothing_is_kept_for_ever(clock: list[datetime], timeout: float | None) -> None:
    cache.set("token", True, timeout=timeout)
    assert cache.get("token")
    clock[0] += timedelta(days=31)
    row_cache.sweep()
    assert not CacheEntry.objects.exists()


def test_what_is_alive_is_not_swept() -> None:
    cache.set("token", True, timeout=60)
    row_cache.sweep()
    assert cache.get("token")


def test_keys_of_any_length_fit() -> None:
    cache.set("jti" * 5000, True, timeout=60)
    assert cache.get("jti" * 5000) and not cache.get("jti" * 4999)
