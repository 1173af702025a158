"""Events for open pages. They are hints to look again: a page that misses one polls."""

import json
import logging
from functools import partial

import redis
from django.db import transaction

from generation.database.redis_client import valkey
from generation.models import Batch, Job

log = logging.getLogger(__name__)
MEMBERS = "members"
"""The kind of event that no page hears: each stream looks whether its person may still listen."""


def channel(team_id: str) -> str:
    return f"packshot:team:{team_id}"


def job_changed(job: Job) -> None:
    """Tell the team's pages about a job, once the present transaction is durable."""
    told = {"kind": "job", "job": job.id, "batch": job.batch_id, "state": job.state}
    transaction.on_commit(partial(_publish, job.team_id, told))


def batch_changed(batch: Batch) -> None:
    """Tell the team's pages that many jobs of a batch moved at once: one event instead of thousands."""
    transaction.on_commit(partial(_publish, batch.team_id, {"kind": "batch", "batch": batch.id}))


def members_changed(team_id: str) -> None:
    """End the streams of those who may no longer listen, once the present transaction is durable."""
    transaction.on_commit(partial(_publish, team_id, {"kind": MEMBERS, MEMBERS: team_id}))


def _publish(team_id: str, told: dict[str, str]) -> None:
    try:
        valkey().publish(channel(team_id), json.dumps(told))
    except redis.RedisError as error:
        log.warning("Open pages were not told of %s: %s", told[told["kind"]], error)
