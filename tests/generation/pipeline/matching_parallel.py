"""A program for tests: who gets a job of the provider's when several reach for it at once. Prints one JSON object.

Test databases live in one transaction or in memory, where threads do not meet; ``DATABASE_URL`` names a real one.
"""

import json
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (models need the line above)
from django.db import connections as databases  # noqa: E402
from django.utils import timezone  # noqa: E402

from generation.contract import JobStatus, RemoteJob  # noqa: E402
from generation.credits import ledger  # noqa: E402
from generation.models import Attempt, Job, JobState  # noqa: E402
from generation.pipeline import jobs, matching  # noqa: E402
from tests.generation.credits.machine_world import World  # noqa: E402

ROUNDS = 25
Outcome = Attempt.Outcome


def lost(world: World, outcome: Attempt.Outcome, name: str) -> Attempt:
    """A job's attempt without an answer, of which the provider's list shows a candidate."""
    (row,) = world.hold([(None, 5)], who=0)
    state = JobState.SUBMITTING if outcome == Outcome.POSTING else JobState.NEEDS_REVIEW
    Job.objects.filter(pk=row.pk).update(state=state, due_at=timezone.now())
    row.refresh_from_db()
    facts = {"outcome": outcome, "candidates": [matching.shown(remote(name))]}
    return Attempt.objects.create(job=row, connection=world.connection, token_hash=secrets.token_hex(32), **facts)


def remote(name: str) -> RemoteJob:
    return RemoteJob(name, JobStatus.PROCESSING, 10, timezone.now().isoformat(), "nanobanana2", 1)


def at_once(*works: Callable[[], object]) -> list[object]:
    gate = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        gate.wait()
        try:
            return work()
        finally:
            databases.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def persons(world: World) -> Counter[str]:
    """Two persons give one candidate to two jobs."""
    seen = Counter[str]()
    for number in range(ROUNDS):
        name = f"job_person_{number}"
        pair = [lost(world, Outcome.UNKNOWN, name).job for _ in range(2)]
        done = at_once(*(partial(matching.assign, job, provider_job_id=name) for job in pair))
        owners = Attempt.objects.filter(provider_job_id=name).count()
        seen[f"{done.count(True)} told so, {owners} owner"] += 1
    return seen


def look(attempt: Attempt, shown: RemoteJob) -> bool:
    sole = matching.only_one([shown], attempt)
    return sole is not None and matching.link_attempt(attempt, sole)


def answers(world: World) -> Counter[str]:
    """The answer to a POST arrives while another attempt looks for its own job in the list."""
    seen = Counter[str]()
    for number in range(ROUNDS):
        name = f"job_answer_{number}"
        looking, posting = lost(world, Outcome.UNKNOWN, name), lost(world, Outcome.POSTING, name)
        at_once(partial(look, looking, remote(name)), partial(jobs.accepted, posting, provider_job_id=name))
        (owner,) = Attempt.objects.filter(provider_job_id=name)
        seen["the one that posted it" if owner == posting else "another"] += 1
        Job.objects.filter(pk__in=[looking.job_id, posting.job_id]).update(state=JobState.SUBMITTED, due_at=None)
        Attempt.objects.filter(pk=looking.pk).update(outcome=Outcome.REFUSED)  # no rival of the next round
    return seen


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    world = World("Northwind")
    ledger.grant(team_id=world.team.pk, credits=10_000)
    print(json.dumps({"answers": answers(world), "persons": persons(world)}))
