"""What became of a job: ask the provider, and believe only its answer to a GET. Webhook and poll run this code."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from generation import connections, jobs
from generation.client import Client, KeyRefused, ProviderError, Refused
from generation.contract import JobStatus, RemoteJob
from generation.models import Attempt, Connection, Job, JobState

PATIENCE = timedelta(days=1)
"""How long the provider may work on a job before a person is asked."""
LOOKS = 8
"""Looks at the provider's list for a lost POST: some four minutes."""
SKEW = timedelta(seconds=90)
"""How far the provider's clock and a slow answer may move a job's creation from our POST."""


def settle(job: Job) -> None:
    """Look at a submitted job once. Providers' faults only postpone the next look."""
    attempt = job.attempts.filter(outcome=Attempt.Outcome.ACCEPTED).order_by("-id").first()
    if job.state != JobState.SUBMITTED or attempt is None or attempt.provider_job_id is None:
        return
    try:
        with connections.open_client(job.connection) as client:
            remote = client.get_job(attempt.provider_job_id)
    except Refused as error:
        _vanished(job, error)
    except ProviderError as error:
        _note_key(job.connection, error)
        jobs.look_again(job)
    else:
        believe(job, remote)


def believe(job: Job, remote: RemoteJob) -> None:
    """Act on the provider's answer."""
    if remote.status is JobStatus.COMPLETED and remote.images:
        jobs.rendered(job, remote=remote)
    elif remote.status is JobStatus.COMPLETED:
        jobs.failed(job, remote=replace(remote, error_message="The provider finished, but made no picture."))
    elif remote.status is JobStatus.FAILED:
        jobs.failed(job, remote=remote)
    elif timezone.now() - job.created_at > PATIENCE:
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
    if job.state not in {JobState.UNKNOWN, JobState.NEEDS_REVIEW} or attempt is None:
        return
    try:
        with connections.open_client(job.connection) as client:
            found = _told_by_webhook(client, attempt) or _in_the_list(client, job, attempt)
    except ProviderError as error:
        _note_key(job.connection, error)
        jobs.look_again(job, gaps=jobs.BACKOFF)
        return
    if found:
        adopt(attempt, found)
    elif job.state == JobState.NEEDS_REVIEW:
        return
    elif job.tries >= LOOKS:
        jobs.ask_for_review(job, message="The provider's answer was lost, and its list does not show this job.")
    else:
        jobs.look_again(job, gaps=jobs.BACKOFF)


def adopt(attempt: Attempt, remote: RemoteJob) -> None:
    """Tie the provider's job to our attempt, and go on as if its answer had arrived."""
    if jobs.accepted(attempt, provider_job_id=remote.job_id):
        believe(attempt.job, remote)


def _told_by_webhook(client: Client, attempt: Attempt) -> RemoteJob | None:
    """Only the unguessable token could have led a delivery here; its body still only says where to look."""
    for delivery in attempt.deliveries.order_by("id"):
        named = _job_id(delivery.body)
        if named and not connections.adopted(attempt.connection, {named}):
            try:
                return client.get_job(named)
            except Refused:
                continue
    return None


def _job_id(body: str) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    named = told.get("job_id") if isinstance(told, dict) else None
    return named if isinstance(named, str) and 0 < len(named) <= 100 else ""


def _in_the_list(client: Client, job: Job, attempt: Attempt) -> RemoteJob | None:
    """The one job that nobody else claims and that fits; two that fit are a person's decision."""
    listed = client.list_jobs(limit=100).items
    taken = connections.adopted(attempt.connection, {remote.job_id for remote in listed})
    fitting = [remote for remote in listed if remote.job_id not in taken and fits(remote, job, attempt)]
    lost = Attempt.objects.filter(connection=attempt.connection, outcome=Attempt.Outcome.UNKNOWN).exclude(pk=attempt.pk)
    rivals = lost.filter(
        job__model=job.model,
        job__num_images=job.num_images,
        created_at__range=(attempt.created_at - 2 * SKEW, attempt.created_at + 2 * SKEW),
        job__state=JobState.UNKNOWN,
    )
    return fitting[0] if len(fitting) == 1 and not rivals.exists() else None


def fits(remote: RemoteJob, job: Job, attempt: Attempt) -> bool:
    """Whether the provider's job may be what became of the attempt, as far as model, count and time tell."""
    try:
        made = datetime.fromisoformat(remote.created_at)
    except ValueError:
        return False
    made = made if made.tzinfo else made.replace(tzinfo=UTC)
    same = remote.model == job.model and remote.num_images == job.num_images
    return same and abs(made - attempt.created_at) <= SKEW
