"""The one Redis or Valkey client: live events and rate limits. Whatever it forgets must only cost time."""

from functools import lru_cache

import redis
from django.conf import settings


@lru_cache(maxsize=1)
def valkey() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5, health_check_interval=15
    )
