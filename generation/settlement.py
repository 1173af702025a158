"""What became of a job: ask the provider, and believe only its answer to a GET. Webhook and poll run this code.

A job that is submitted or unknown is looked at when it is due. An attempt that its job no longer waits for, since a
person is asked or has decided, is looked at when the attempt is due: rarely, for a month, and whenever its webhook
comes. What its answer means for the job is written at the top of :mod:`generation.jobs`.
"""

import json
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from generation import connections, jobs, matching
from generation.client import Client, KeyRefused, OutcomeUnknown, ProviderError, Refused
from generation.contract import JobStatus, RemoteJob
from generation.models import Attempt, Connection, Job, JobState

PATIENCE = timedelta(days=1)
"""How long the provider may work on a job before a person is asked, from the acceptance of its attempt on: how long the
job waited in the queue before does not matter."""
LOOKS = 8
"""Looks at the provider's list for a lost POST, from when it was lost on: some four minutes."""
PAGES = 10
"""Pages of the provider's list that one look for a lost POST reads at most."""
_AT_ONCE = 100


def settle(job: Job) -> None:
    """Look at a submitted job once. Providers' faults only postpone the next look."""
    attempt = jobs.awaited(job)
    if job.state != JobState.SUBMITTED or attempt is None:
        return
    try:
        with connections.open_client(job.connection) as client:
            remote = _ask(client, attempt)
    except Refused as error:
        _vanished(job, error)
    except ProviderError as error:
        _note_key(job.connection, error)
        jobs.look_again(job)
    else:
        believe(job, remote)


def _ask(client: Client, attempt: Attempt) -> RemoteJob:
    remote = client.get_job(str(attempt.provider_job_id))
    if remote.job_id != attempt.provider_job_id:
        raise OutcomeUnknown("The provider told of another job.")
    return remote


def believe(job: Job, remote: RemoteJob) -> None:
    """Act on the provider's answer about one of the job's attempts."""
    waiting = jobs.awaited(job) if job.state == JobState.SUBMITTED else None
    if remote.status is JobStatus.COMPLETED and remote.images:
        jobs.rendered(job, remote=remote)
    elif remote.status is JobStatus.COMPLETED:
        jobs.failed(job, remote=replace(remote, error_message="The provider finished, but made no picture."))
    elif remote.status is JobStatus.FAILED:
        jobs.failed(job, remote=remote)
    elif waiting is None or waiting.provider_job_id != remote.job_id:
        jobs.watch(job.attempts.filter(provider_job_id=remote.job_id))
    elif timezone.now() - (waiting.accepted_at or waiting.created_at) > PATIENCE:
        jobs.ask_for_review(job, message="The provider has been working on this for more than a day.")
    else:
        jobs.look_again(job, progress=remote.progress)


def _vanished(job: Job, error: Refused) -> None:
    # A provider that spreads over machines may not know a new job everywhere at once.
    if job.tries < len(jobs.POLL_GAPS):
        jobs.look_again(job)
    else:
        jobs.ask_for_review(job, message=f"The provider no longer knows this job: {error}")


def _note_key(connection: Connection, error: ProviderError) -> None:
    if isinstance(error, KeyRefused):
        connections.stop(connection, pause=Connection.Pause.KEY, message=str(error))


def resolve(job: Job) -> None:
    """Look for a job whose POST brought no answer: in its webhook, then in the provider's list."""
    attempt = job.attempts.order_by("-id").first()
    if job.state != JobState.UNKNOWN or attempt is None:
        return
    try:
        with connections.open_client(job.connection) as client:
            is_found = _find(client, attempt)
    except ProviderError as error:
        _note_key(job.connection, error)
        jobs.look_again(job, gaps=jobs.BACKOFF)
        return
    if is_found:
        return
    if job.tries >= LOOKS:
        jobs.ask_for_review(job, message=_lost(attempt))
    else:
        jobs.look_again(job, gaps=jobs.BACKOFF)


def _lost(attempt: Attempt) -> str:
    if attempt.candidates:
        return "The provider's answer was lost. Its list shows what may be this job, but others may be it as well."
    return "The provider's answer was lost, and its list does not show this job."


def follow(attempt: Attempt) -> None:
    """Look once for an open attempt that its job no longer waits for. Providers' faults only postpone the next look."""
    if attempt.charge is not None or attempt.outcome in {Attempt.Outcome.NOT_SENT, Attempt.Outcome.REFUSED}:
        return
    job = attempt.job
    if attempt.outcome == Attempt.Outcome.POSTING and timezone.now() - attempt.created_at > jobs.LEASE:
        jobs.lose(job, attempt=attempt, detail="The worker stopped before the provider answered.")
    try:
        with connections.open_client(attempt.connection) as client:
            if attempt.provider_job_id:
                believe(job, _ask(client, attempt))
            elif not _find(client, attempt):
                jobs.watch(job.attempts.filter(pk=attempt.pk))
    except ProviderError as error:
        _note_key(attempt.connection, error)
        jobs.watch(job.attempts.filter(pk=attempt.pk))


def _find(client: Client, attempt: Attempt) -> bool:
    """Look for an attempt whose answer was lost; one that is found goes on as if its answer had arrived."""
    told = _told_by_webhook(client, attempt)
    listed = [] if told else _listed(client, attempt)
    remote = told or matching.only_one(listed, attempt)
    if remote and matching.tie(attempt, remote, certain=told is not None):
        believe(attempt.job, remote)
        return True
    attempt.candidates = [matching.shown(found) for found in matching.possible(listed, attempt)]
    Attempt.objects.filter(pk=attempt.pk, provider_job_id=None).update(candidates=attempt.candidates)
    return False


def _told_by_webhook(client: Client, attempt: Attempt) -> RemoteJob | None:
    """Only the unguessable token could have led a delivery here; its body still only says where to look."""
    for delivery in attempt.deliveries.order_by("id"):
        named = _job_id(delivery.body)
        if named and not matching.is_taken(attempt, named):
            try:
                remote = client.get_job(named)
            except Refused:
                continue
            if remote.job_id == named:
                return remote
    return None


def _job_id(body: str) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    named = told.get("job_id") if isinstance(told, dict) else None
    return named if isinstance(named, str) and 0 < len(named) <= 100 else ""


def _listed(client: Client, attempt: Attempt) -> list[RemoteJob]:
    """The provider's jobs back to before the attempt; none where they are too many to know that no other fits."""
    found: list[RemoteJob] = []
    for _ in range(PAGES):
        page = client.list_jobs(limit=_AT_ONCE, offset=len(found))
        found += page.items
        oldest = matching.made(page.items[-1]) if page.items else None
        if page.count < _AT_ONCE or (oldest and oldest < attempt.created_at - matching.DOUBT):
            return found
    return []
