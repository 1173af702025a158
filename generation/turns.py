"""Whose turn it is, remembered in Valkey. Losing it costs fairness for a moment, or one message more."""

import secrets
import time
from dataclasses import dataclass

from generation.models import Job
from generation.valkey import valkey

FORGET = 3600
"""Seconds after which a queue that nobody looks at starts anew."""
PATIENCE = 5.0
"""Seconds that a message may be late before another is sent."""
_ASK = """
local due = redis.call('HGET', KEYS[1], 'due')
if due and tonumber(due) <= ARGV[2] + 0.5 then return 0 end
redis.call('HSET', KEYS[1], 'ticket', ARGV[1], 'due', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_ENTER = """
local ticket = redis.call('HGET', KEYS[1], 'ticket')
if ticket and ticket ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
"""


def ask(connection_id: str, *, wait: float) -> str:
    """A ticket for the message that looks at the queue in ``wait`` seconds; empty where one comes in time already.

    So a queue has one message on its way, however many events call for one.
    """
    ticket = secrets.token_hex(8)
    script = valkey().register_script(_ASK)
    late = int((wait + PATIENCE) * 1000)
    return ticket if script(keys=[_message(connection_id)], args=[ticket, f"{time.time() + wait:.3f}", late]) else ""


def enter(connection_id: str, ticket: str) -> bool:
    """Whether the message with this ticket is the one that goes on; others do their one job and end."""
    return bool(valkey().register_script(_ENTER)(keys=[_message(connection_id)], args=[ticket]))


@dataclass(frozen=True)
class Taker:
    """A member, or a script's key, whose jobs take turns with those of others."""

    member_id: int = 0
    api_key_id: str = ""

    def __str__(self) -> str:
        return f"{self.member_id}:{self.api_key_id}"


def last_taker(connection_id: str) -> Taker:
    """Whose job left last."""
    member_id, _, api_key_id = _remembered(connection_id, "last").partition(":")
    return Taker(int(member_id or 0), api_key_id)


def last_batch(connection_id: str, taker: Taker) -> str:
    """The batch that the taker's last job was of; empty at first."""
    return _remembered(connection_id, str(taker))


def note(job: Job) -> None:
    """This job left."""
    taker = str(Taker(job.member_id or 0, job.api_key_id or ""))
    with valkey().pipeline(transaction=False) as pipe:
        pipe.hset(_turns(job.connection_id), mapping={"last": taker, taker: job.batch_id})
        pipe.expire(_turns(job.connection_id), FORGET)
        pipe.execute()


def _remembered(connection_id: str, field: str) -> str:
    told = valkey().hget(_turns(connection_id), field)
    return told.decode() if isinstance(told, bytes) else ""


def _message(connection_id: str) -> str:
    return f"packshot:message:{connection_id}"


def _turns(connection_id: str) -> str:
    return f"packshot:turns:{connection_id}"
