"""Short Celery tasks: an id in, the row reloaded, one step done. Each is safe to run twice."""

import logging
import math
import time
from collections.abc import Iterable

from celery import current_app, shared_task

from generation import upkeep
from generation.counts import gallery, recount
from generation.models import Attempt, Connection, Image, Job, JobState
from generation.pipeline import dispatch, fairness, ingest, listing, settlement, submission
from generation.pipeline.hints import hint
from generation.provider import connections
from generation.provider.client import NoSlot, ProviderError
from generation.reconciliation import readings

log = logging.getLogger(__name__)
_SIDE_BY_SIDE = 8
"""Messages that share a sweep's hints: as many as a worker has threads."""
_TOGETHER = 10
"""Hints in a message at most: each may wait for a provider for half a minute, and a message must end in ten."""


def _send(found: Iterable[dispatch.Hint]) -> None:
    for one in found:
        hint(one.task, *one.ids, wait=one.wait)


@shared_task
def sweep() -> None:
    """The dispatcher's beat: hint whatever is due. Where that is much, a message carries several hints."""
    found = list(dispatch.due())
    of_jobs = [one for one in found if one.task != "submit_next"]
    _send(one for one in found if one.task == "submit_next")
    size = min(_TOGETHER, math.ceil(len(of_jobs) / _SIDE_BY_SIDE))
    if size < 2:
        _send(of_jobs)
        return
    for first in range(0, len(of_jobs), size):
        few = of_jobs[first : first + size]
        _send([dispatch.Hint("run_hints", tuple(f"{one.task} {one.ids[0]}" for one in few))])


@shared_task
def run_hints(*told: str) -> None:
    """Tasks and the jobs that they are about; one that fails keeps no other back."""
    for one in told:
        task, job_id = one.split()
        try:
            current_app.tasks[f"generation.tasks.{task}"](job_id)
        except Exception:
            log.exception("The hint %s was not followed; it comes again", one)


@shared_task
def submit_next(connection_id: str, permit: str = "") -> None:
    """Submit the job whose turn it is. A message that gets a slot goes on for a while, and calls others beside it."""
    slot = fairness.enter(connection_id, permit)
    try:
        wait = _submit(connection_id, slot)
    finally:
        if slot:
            fairness.leave(connection_id, slot)
    if slot and wait is not None:
        _send(dispatch.hint_submit(connection_id, wait=wait))


def _submit(connection_id: str, slot: str) -> float | None:
    """Seconds until the next look is worth it; ``None`` when nothing is due."""
    until = time.monotonic() + dispatch.SLOT_SECONDS
    turn = dispatch.next_job(connection_id, slot=slot)
    if slot and turn.job and dispatch.is_waiting(connection_id):
        _send(dispatch.hint_submit(connection_id, wait=0, slots=dispatch.CONCURRENCY))
    while turn.job:
        submission.submit(turn.job)
        if not slot or time.monotonic() > until:
            return 0
        turn = dispatch.next_job(connection_id, slot=slot)
    return turn.wait


@shared_task
def reclaim_job(job_id: str) -> None:
    job = Job.objects.get(pk=job_id)
    if job.state == JobState.SUBMITTING:
        dispatch.reclaim(job)


@shared_task
def settle_job(job_id: str) -> None:
    job = _job(job_id)
    settlement.settle(job)
    _store(job)


@shared_task
def sweep_jobs(connection_id: str) -> None:
    """Look once for all jobs of a connection that are due."""
    for job in listing.sweep(Connection.objects.get(pk=connection_id)):
        hint(dispatch.TASK_OF_STATE[JobState(job.state)], job.id)


@shared_task
def resolve_job(job_id: str) -> None:
    settlement.resolve(_job(job_id))


@shared_task
def follow_attempt(attempt_id: str) -> None:
    attempt = Attempt.objects.select_related("job", "connection").get(pk=attempt_id)
    settlement.follow(attempt)
    _store(attempt.job)


@shared_task
def store_job(job_id: str) -> None:
    _store(_job(job_id))


def _store(job: Job) -> None:
    """Fetch a rendered job's pictures side by side, one of them here."""
    images = ingest.missing(job)
    for image in images[1:]:
        hint("store_picture", image.id)
    for image in images[:1]:
        image.job = job
        ingest.store_picture(image)


@shared_task
def store_picture(image_id: str) -> None:
    ingest.store_picture(Image.objects.select_related("job__connection").get(pk=image_id))


@shared_task
def check_balances(connection_id: str = "") -> None:
    """Ask one provider what is left, or without an id send a message for each that has a key.

    A top-up ends a pause for lack of credits.
    """
    if not connection_id:
        _send_for_each_key("check_balances")
        return
    connection = Connection.objects.get(pk=connection_id)
    try:
        with connections.open_client(connection) as client:
            account = client.get_account()
    except ProviderError as error:
        connections.handle_fault(connection, error)  # the age of the balance is on the connection's page
    else:
        connections.note_balance(connection, credits=account.credits)


@shared_task
def compare_books(connection_id: str = "") -> None:
    """Take a reading of one provider's books, or without an id send a message for each that has a key."""
    if not connection_id:
        _send_for_each_key("compare_books")
        return
    connection = Connection.objects.get(pk=connection_id)
    try:
        reading = readings.read(connection)
    except NoSlot as error:
        hint("compare_books", connection_id, wait=min(error.seconds, 60))
    except ProviderError as error:
        log.warning("The books of %s were not compared: %s", connection_id, error)
    else:
        if reading.since:
            _compare_jobs(connection)


def _send_for_each_key(task: str) -> None:
    for connection_id in Connection.objects.exclude(key="").values_list("pk", flat=True):
        hint(task, connection_id)


@shared_task
def compare_jobs(connection_id: str, begin: str = "") -> None:
    """Go on with a comparison of jobs that took more requests than it may send at once, or ``begin`` one."""
    connection = Connection.objects.get(pk=connection_id)
    if begin or readings.is_behind(connection):
        _compare_jobs(connection)


def _compare_jobs(connection: Connection) -> None:
    try:
        readings.go_on(connection)
    except NoSlot as error:
        hint("compare_jobs", connection.id, "begin", wait=min(error.seconds, 60))
    else:
        if readings.is_behind(connection):
            hint("compare_jobs", connection.id, wait=60)


def _job(job_id: str) -> Job:
    return Job.objects.select_related("connection").get(pk=job_id)


@shared_task
def add_up_galleries() -> None:
    """What galleries gained and lost since the last beat; and their days anew where a time zone has changed."""
    for team_id in gallery.behind():
        while gallery.add_up(team_id) == gallery.PORTION:
            pass
    for team_id in recount.behind():
        hint("count_days", team_id)


@shared_task
def count_days(team_id: str) -> None:
    recount.count_days(team_id)


@shared_task
def clear_history() -> None:
    upkeep.clear_history()
