"""What became of a job: ask the provider, and believe only its answer to a GET. Webhook and poll run this code."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from generation import connections, jobs, provider_answers
from generation.client import Client, ProviderError, Refused, Unreadable, Unusable
from generation.contract import JobStatus, RemoteJob
from generation.models import Attempt, Job, JobState

PATIENCE = timedelta(days=1)
"""How long the provider may work on a job before a person is asked."""
LISTED = 100
"""Jobs that a look at the provider's list shows."""
LOOKS = 8
"""Looks at the provider's list for a lost POST: some four minutes."""
EARLIER_ACCOUNT = "It was sent to another account than the connection leads to now, which cannot be asked any more."
SKEW = timedelta(seconds=90)
"""How far the provider's clock and a slow answer may move a job's creation from our POST."""


def settle(job: Job) -> None:
    """Look at a submitted job once. Providers' faults only postpone the next look."""
    attempt = job.attempts.filter(outcome=Attempt.Outcome.ACCEPTED).order_by("-id").first()
    if job.state != JobState.SUBMITTED or attempt is None or attempt.provider_job_id is None:
        return
    attempt.connection = job.connection
    if connections.is_of_earlier_account(attempt):
        jobs.ask_for_review(job, message=EARLIER_ACCOUNT)
        return
    try:
        with connections.open_client(job.connection) as client:
            remote = client.get_job(attempt.provider_job_id)
    except Refused as error:
        _vanished(job, error)
    except Unusable as error:
        jobs.keep_answer(attempt, answer=error.answer)
        jobs.ask_for_review(job, message=str(error))
    except ProviderError as error:
        if isinstance(error, Unreadable) and _is_overdue(job):
            jobs.ask_for_review(job, message=str(error))
        else:
            _look_again(job, error)
    else:
        believe(job, remote)


def _look_again(job: Job, error: ProviderError, *, gaps: Sequence[int] = jobs.POLL_GAPS) -> None:
    """A fault that is not the job's: ask again when the connection may, and else after the usual gap."""
    if until := connections.handle_fault(job.connection, error):
        jobs.postpone(job, until=until)
    else:
        jobs.look_again(job, gaps=gaps)


def _is_overdue(job: Job) -> bool:
    return timezone.now() - job.created_at > PATIENCE


def believe(job: Job, remote: RemoteJob) -> None:
    """Act on the provider's answer."""
    if remote.status is JobStatus.COMPLETED and remote.images:
        jobs.rendered(job, remote=remote)
    elif remote.status is JobStatus.COMPLETED:
        jobs.failed(job, remote=replace(remote, error_message="The provider finished, but made no picture."))
    elif remote.status is JobStatus.FAILED:
        jobs.failed(job, remote=remote)
    elif _is_overdue(job):
        jobs.ask_for_review(job, message="The provider has been working on this for more than a day.")
    else:
        jobs.look_again(job, progress=remote.progress)


def _vanished(job: Job, error: Refused) -> None:
    # A provider that spreads over machines may not know a new job everywhere at once.
    if job.tries < len(jobs.POLL_GAPS):
        jobs.look_again(job)
    else:
        jobs.ask_for_review(job, message=f"The provider no longer knows this job: {error}")


def resolve(job: Job, *, client: Client | None = None) -> None:
    """Look for a job whose POST brought no answer: in its webhook, then in the provider's list."""
    attempt = job.attempts.order_by("-id").first()
    if job.state not in {JobState.UNKNOWN, JobState.NEEDS_REVIEW} or attempt is None:
        return
    attempt.connection = job.connection
    if connections.is_of_earlier_account(attempt):
        if not jobs.ask_for_review(job, message=EARLIER_ACCOUNT):
            jobs.postpone(job, until=None)
        return
    try:
        with nullcontext(client) if client else connections.open_client(job.connection) as asking:
            found = _told_by_webhook(asking, attempt) or _in_the_list(asking, job, attempt)
    except (Refused, Unusable):  # of the list: it shows nothing that could be used, now or later
        found = None
    except ProviderError as error:
        _look_again(job, error, gaps=jobs.BACKOFF)
        return
    if found:
        adopt(attempt, found)
    elif job.state == JobState.NEEDS_REVIEW:
        jobs.postpone(job, until=None)
    elif attempt.answer:
        jobs.ask_for_review(job, message=attempt.detail)
    elif job.tries >= LOOKS:
        jobs.ask_for_review(job, message="The provider's answer was lost, and its list does not show this job.")
    else:
        jobs.look_again(job, gaps=jobs.BACKOFF)


def adopt(attempt: Attempt, remote: RemoteJob) -> None:
    """Tie the provider's job to our attempt, and go on as if its answer had arrived."""
    if jobs.accepted(attempt, provider_job_id=remote.job_id) and tells_all(remote):
        believe(attempt.job, remote)


def tells_all(remote: RemoteJob) -> bool:
    """Whether an entry of a list says as much as the job's own answer would; some lists only sum up."""
    if remote.status is JobStatus.COMPLETED:
        return bool(remote.images) and remote.tokens_used is not None
    return remote.status is not JobStatus.FAILED or bool(remote.error_message)


def _told_by_webhook(client: Client, attempt: Attempt) -> RemoteJob | None:
    """Only the unguessable token could have led a delivery here; its body still only says where to look."""
    for delivery in attempt.deliveries.order_by("id"):
        named = _job_id(delivery.body)
        if named and not connections.adopted(attempt.connection, {named}):
            try:
                return client.get_job(named)
            except (Refused, Unusable):
                continue
    return None


def _job_id(body: str) -> str:
    try:
        return provider_answers.named_job(provider_answers.decode(body))
    except ValueError:
        return ""


def _in_the_list(client: Client, job: Job, attempt: Attempt) -> RemoteJob | None:
    """The one job that nobody else claims and that fits; two that fit are a person's decision."""
    listed = client.list_jobs(limit=LISTED).items
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
    moment = made(remote)
    same = remote.model == job.model and remote.num_images == job.num_images
    return moment is not None and same and abs(moment - attempt.created_at) <= SKEW


def made(remote: RemoteJob) -> datetime | None:
    """When it was made, if the provider says so in a way that can be read."""
    try:
        moment = datetime.fromisoformat(remote.created_at)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
