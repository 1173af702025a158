"""The connection's rate limit: a sliding window in Valkey, shared by all workers.

Losing it costs a 429, which pauses the connection; it never costs a job.

A slot counts from when the provider can have seen its request at the latest: it is taken before the request leaves
and stamped again when the answer is there. So whatever is in the provider's own window is in ours as well, however
long a request travels. What is further ahead than a window was written by a clock that was set back, and is no slot.
"""

import logging
import secrets
import time

import redis

from generation.valkey import valkey

log = logging.getLogger(__name__)

WINDOW = 60.0
PROVIDERS_WINDOW = WINDOW + 0.25
"""Seconds: the provider's minute, and a little for clocks of ours that differ."""
_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. ARGV[1] + ARGV[2], '+inf')
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
  redis.call('EXPIRE', KEYS[1], math.ceil(ARGV[2]))
  return '0'
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return tostring(first[2] + ARGV[2] - ARGV[1])
"""


def take(owner: str, *, limit: int, window: float = WINDOW, slot: str = "") -> float:
    """Take one of the owner's ``limit`` requests a window; 0 when taken, else the seconds until one is free."""
    script = valkey().register_script(_TAKE)
    return float(script(keys=[_key(owner)], args=[f"{time.time():.6f}", window, limit, slot or secrets.token_hex(8)]))


def stamp(owner: str, slot: str) -> None:
    """The request of a taken slot may have arrived as late as now."""
    try:
        valkey().zadd(_key(owner), {slot: time.time()})
    except redis.RedisError as error:
        log.warning("The request of %s is counted as it left: %s", slot, error)


def give_back(owner: str, slot: str) -> None:
    """Nothing was sent."""
    try:
        valkey().zrem(_key(owner), slot)
    except redis.RedisError as error:
        log.warning("The slot of %s is lost for a minute: %s", slot, error)


def wait(owner: str, *, limit: int, window: float = WINDOW) -> float:
    """Seconds until a request may leave; 0 when one may leave now."""
    now = time.time()
    taken = valkey().zrangebyscore(_key(owner), now - window, now + window, withscores=True)
    return 0.0 if len(taken) < limit else max(0.0, float(taken[-limit][1]) + window - now)


def _key(owner: str) -> str:
    return f"packshot:limit:{owner}"
