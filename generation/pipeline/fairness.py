"""Whose turn it is, remembered in Valkey. Losing it costs fairness for a moment, or one message more."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from generation.database.redis_client import breaker, valkey
from generation.models import Job

FORGET = 3600
"""Seconds after which a queue that nobody looks at starts anew, from the last job that left it on."""
PATIENCE = 5.0
"""Seconds that a message may be late before another is sent, from the moment on that it was to come."""
AHEAD = 120.0
"""Seconds: further ahead no message is sent, so only a clock that has been set back says so."""
_ASK = """
local permit, now, due, slots = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local all, in_time = redis.call('HGETALL', KEYS[1]), 0
for place = 1, #all, 2 do
  local other = tonumber(all[place + 1])
  if other < now - tonumber(ARGV[5]) or other > now + tonumber(ARGV[6]) then
    redis.call('HDEL', KEYS[1], all[place])
  elseif other <= due + 0.5 then
    in_time = in_time + 1
  end
end
if in_time >= slots then return 0 end
redis.call('HSET', KEYS[1], permit, due)
redis.call('EXPIRE', KEYS[1], 120)
return 1
"""
_ENTER = """
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) > 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], 120)
return 1
"""


def ask(connection_id: str, *, wait: float, slots: int = 1) -> str:
    """A permit for a message that looks at the queue in ``wait`` seconds; empty where ``slots`` come in time already.

    So a queue has a few messages on their way or at work, however many events call for one.
    """
    permit, now = secrets.token_hex(8), time.time()
    script = valkey().register_script(_ASK)
    args: list[str | float] = [permit, f"{now:.3f}", f"{now + wait:.3f}", slots, PATIENCE, AHEAD]
    return permit if script(keys=[_messages(connection_id)], args=args) else ""


def enter(connection_id: str, permit: str) -> str:
    """The slot of the message with this permit; empty for one that does its one job and ends, as others are there."""
    slot = secrets.token_hex(8)
    args = [permit, slot, f"{time.time():.3f}"]
    return slot if valkey().register_script(_ENTER)(keys=[_messages(connection_id)], args=args) else ""


def leave(connection_id: str, slot: str) -> None:
    """The slot's message is at its end."""
    valkey().hdel(_messages(connection_id), slot)


@dataclass(frozen=True)
class Requester:
    """A member, or a script's key, whose jobs take turns with those of others."""

    member_id: int = 0
    api_key_id: str = ""

    def __str__(self) -> str:
        return f"{self.member_id}:{self.api_key_id}"


@dataclass(frozen=True)
class Cursor:
    """Whose jobs left last."""

    requester: Requester = Requester()
    batches: Mapping[str, str] = field(default_factory=dict)

    def batch(self, requester: Requester) -> str:
        """The batch that the requester's last job was of; empty at first."""
        return self.batches.get(str(requester), "")


def load(connection_id: str) -> Cursor:
    rows = cast("Mapping[bytes, bytes]", valkey().hgetall(_turns(connection_id)))
    told = {name.decode(): value.decode() for name, value in rows.items()}
    member_id, _, api_key_id = told.pop("last", "").partition(":")
    return Cursor(Requester(int(member_id or 0), api_key_id), told)


def save(job: Job, *, slot: str = "") -> None:
    """This job left, by a slot that is still at work."""
    requester = str(Requester(job.member_id or 0, job.api_key_id or ""))
    with valkey().pipeline(transaction=False) as pipe:
        pipe.hset(_turns(job.connection_id), mapping={"last": requester, requester: job.batch_id})
        pipe.expire(_turns(job.connection_id), FORGET)
        if slot:
            pipe.hset(_messages(job.connection_id), slot, f"{time.time():.3f}")
        with breaker.asking():
            pipe.execute()


def _messages(connection_id: str) -> str:
    return f"packshot:messages:{connection_id}"


def _turns(connection_id: str) -> str:
    return f"packshot:turns:{connection_id}"
