"""The connection's rate limit: a sliding window in Valkey, shared by all workers.

Losing it costs a 429, which pauses the connection; it never costs a job.
"""

import secrets
import time

from generation.valkey import valkey

WINDOW = 60
_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  return '0'
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return tostring(first[2] + ARGV[2] - ARGV[1])
"""


def take(connection_id: str, *, limit: int) -> float:
    """Take one of ``limit`` requests a minute; 0 when taken, else the seconds until one is free."""
    script = valkey().register_script(_TAKE)
    member = secrets.token_hex(8)
    return float(script(keys=[_key(connection_id)], args=[f"{time.time():.6f}", WINDOW, limit, member]))


def free(connection_id: str, *, limit: int) -> int:
    """Requests that may leave now."""
    used = valkey().zcount(_key(connection_id), time.time() - WINDOW, "+inf")
    return max(0, limit - int(used))


def _key(connection_id: str) -> str:
    return f"packshot:limit:{connection_id}"
