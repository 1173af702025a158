"""The connection's rate limit: a sliding window in Valkey, shared by all workers, in which every request counts.

Losing it costs a 429, which pauses the connection; it never costs a job.

A slot counts from when the provider can have seen its request at the latest: it is taken before the request leaves
and stamped again when the answer is there. So whatever is in the provider's own window is in ours as well, however
long a request travels. What is further ahead than a window was written by a clock that was set back, and is no slot.
"""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import redis

from generation.database.redis_client import valkey
from generation.provider.client import NoSlot, NotSent

log = logging.getLogger(__name__)

WINDOW = 60.0
PROVIDERS_WINDOW = WINDOW + 0.25
"""Seconds: the provider's minute, and a little for clocks of ours that differ."""
_TAKE = """
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
for place = 1, 2 do
  redis.call('ZREMRANGEBYSCORE', KEYS[place], '-inf', now - window)
  redis.call('ZREMRANGEBYSCORE', KEYS[place], '(' .. now + window, '+inf')
end
local own, others = redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2])
local function free(key, place)
  local slot = redis.call('ZRANGE', key, place, place, 'WITHSCORES')
  return slot[2] and slot[2] + window - now or window
end
local wait, share = 0, tonumber(ARGV[4])
local wanted = tonumber(redis.call('GET', KEYS[4]) or 0)
if own + others >= limit then
  wait = math.min(free(KEYS[1], 0), free(KEYS[2], 0))
elseif own >= share and wanted > now and wanted <= now + 2 * window then
  wait = math.min(free(KEYS[1], own - share), wanted - now)
elseif ARGV[5] ~= '' then
  redis.call('ZADD', KEYS[1], now, ARGV[5])
  redis.call('EXPIRE', KEYS[1], math.ceil(window))
end
if wait > 0 then redis.call('SET', KEYS[3], now + wait + tonumber(ARGV[6]), 'EX', math.ceil(window) * 2) end
return tostring(wait)
"""
_WANTED = 5
"""Seconds that who was turned away may be late, before its share is free for others again."""


class Kind(StrEnum):
    """What a request is for. While both kinds wait, each has its share of a window, and neither starves the other."""

    SEND = "send"
    LOOK = "look"

    def share(self, limit: int) -> int:
        looks = max(1, limit // 4)
        return looks if self is Kind.LOOK else max(1, limit - looks)


def take(owner: str, *, limit: int, window: float = WINDOW, slot: str = "", kind: Kind = Kind.SEND) -> float:
    """Take one of the owner's ``limit`` requests a window; 0 when taken, else the seconds until one may be free."""
    return _ask(owner, limit, window, kind, slot or secrets.token_hex(8))


def wait(owner: str, *, limit: int, window: float = WINDOW, kind: Kind = Kind.SEND) -> float:
    """Seconds until a request may leave; 0 when one may leave now."""
    return _ask(owner, limit, window, kind, "")


def _ask(owner: str, limit: int, window: float, kind: Kind, slot: str) -> float:
    other = Kind.LOOK if kind is Kind.SEND else Kind.SEND
    keys = [_key(owner, kind), _key(owner, other), f"{_key(owner, kind)}:wanted", f"{_key(owner, other)}:wanted"]
    args: list[str | float] = [f"{time.time():.6f}", window, limit, kind.share(limit), slot, _WANTED]
    return float(valkey().register_script(_TAKE)(keys=keys, args=args))


@contextmanager
def counted(owner: str, *, limit: int) -> Iterator[None]:
    """A look at the provider, counted from before it leaves until its answer is there. Raises ``client.NoSlot``.

    While Valkey is missing or hangs, looks go out uncounted.
    """
    slot = _take_look(owner, limit)
    sent = True
    try:
        yield
    except NotSent:
        sent = False
        raise
    finally:
        if slot:
            (stamp if sent else give_back)(owner, slot, kind=Kind.LOOK)


def _take_look(owner: str, limit: int) -> str:
    """A slot; empty where nobody counts."""
    slot = secrets.token_hex(8)
    try:
        seconds = take(owner, limit=limit, window=PROVIDERS_WINDOW, slot=slot, kind=Kind.LOOK)
    except redis.RedisError as error:
        log.warning("Requests of %s leave uncounted for a while: %s", owner, error)
        return ""
    if seconds:
        raise NoSlot(seconds=seconds)
    return slot


def stamp(owner: str, slot: str, *, kind: Kind = Kind.SEND) -> None:
    """The request of a taken slot may have arrived as late as now."""
    try:
        valkey().zadd(_key(owner, kind), {slot: time.time()})
    except redis.RedisError as error:
        log.warning("The request of %s is counted as it left: %s", slot, error)


def give_back(owner: str, slot: str, *, kind: Kind = Kind.SEND) -> None:
    """Nothing was sent."""
    try:
        valkey().zrem(_key(owner, kind), slot)
    except redis.RedisError as error:
        log.warning("The slot of %s is lost for a minute: %s", slot, error)


def _key(owner: str, kind: Kind) -> str:
    return f"packshot:limit:{owner}:{kind}"
