"""What became of a job: ask the provider, and believe only its answer to a GET. Webhook and poll run this code.

A job that is submitted or unknown is looked at when it is due. An attempt that its job no longer waits for, since a
person is asked or has decided, is looked at when the attempt is due: rarely, for a month, and whenever its webhook
comes. What its answer means for the job is written at the top of :mod:`generation.pipeline.jobs`.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from generation.contract import JobStatus, RemoteJob
from generation.models import Attempt, Job, JobState
from generation.pipeline import jobs, matching
from generation.provider import answers, connections
from generation.provider.client import Client, ProviderError, Refused, UnreadableAnswer, Unusable

PATIENCE = timedelta(days=1)
"""How long the provider may work on a job before a person is asked, from the acceptance of its attempt on: how long the
job waited in the queue before does not matter."""
LOOKS = 8
"""Looks at the provider's list for a lost POST, from when it was lost on: some four minutes."""
PAGES = 10
"""Pages of the provider's list that one look for a lost POST reads at most."""
LISTED = 100
"""Jobs that a page of the provider's list shows."""
EARLIER_ACCOUNT = "It was sent to another account than the connection leads to now, which cannot be asked any more."


def settle(job: Job) -> None:
    """Look at a submitted job once. Providers' faults only postpone the next look."""
    attempt = jobs.awaited(job)
    if job.state != JobState.SUBMITTED or attempt is None:
        return
    attempt.connection = job.connection
    if connections.is_of_earlier_account(attempt):
        jobs.ask_for_review(job, message=EARLIER_ACCOUNT)
        return
    try:
        with connections.open_client(job.connection) as client:
            remote = _ask(client, attempt)
    except Refused as error:
        _vanished(job, error)
    except Unusable as error:
        jobs.keep_answer(attempt, answer=error.answer)
        jobs.ask_for_review(job, message=str(error))
    except ProviderError as error:
        if isinstance(error, UnreadableAnswer) and _is_overdue(attempt):
            jobs.ask_for_review(job, message=str(error))
        else:
            _look_again(job, error)
    else:
        apply_status(job, remote)


def _ask(client: Client, attempt: Attempt) -> RemoteJob:
    remote = client.get_job(str(attempt.provider_job_id))
    if remote.job_id != attempt.provider_job_id:
        raise Unusable("The provider told of another job.", answer=remote.job_id)
    return remote


def _look_again(job: Job, error: ProviderError, *, gaps: Sequence[int] = jobs.POLL_GAPS) -> None:
    """A fault that is not the job's: ask again when the connection may, and else after the usual gap."""
    if until := connections.handle_fault(job.connection, error):
        jobs.postpone(job, until=until)
    else:
        jobs.look_again(job, gaps=gaps)


def _is_overdue(attempt: Attempt) -> bool:
    return timezone.now() - (attempt.accepted_at or attempt.created_at) > PATIENCE


def apply_status(job: Job, remote: RemoteJob) -> None:
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
    elif _is_overdue(waiting):
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
    if job.state != JobState.UNKNOWN or attempt is None:
        return
    attempt.connection = job.connection
    if connections.is_of_earlier_account(attempt):
        jobs.ask_for_review(job, message=EARLIER_ACCOUNT)
        return
    try:
        with nullcontext(client) if client else connections.open_client(job.connection) as asking:
            is_found = _find(asking, attempt)
    except (Refused, Unusable):  # of the list: it shows nothing that could be used, now or later
        is_found = False
    except ProviderError as error:
        _look_again(job, error, gaps=jobs.BACKOFF)
        return
    if is_found:
        return
    if attempt.answer:
        jobs.ask_for_review(job, message=attempt.detail)
    elif job.tries >= LOOKS:
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
        jobs.mark_unknown(job, attempt=attempt, detail="The worker stopped before the provider answered.")
    if connections.is_of_earlier_account(attempt):
        Attempt.objects.filter(pk=attempt.pk).update(due_at=None)
        return
    try:
        with connections.open_client(attempt.connection) as client:
            if attempt.provider_job_id:
                apply_status(job, _ask(client, attempt))
            elif not _find(client, attempt):
                jobs.watch(job.attempts.filter(pk=attempt.pk))
    except ProviderError as error:
        if isinstance(error, Unusable):
            jobs.keep_answer(attempt, answer=error.answer)
        connections.handle_fault(attempt.connection, error)
        jobs.watch(job.attempts.filter(pk=attempt.pk))


def _find(client: Client, attempt: Attempt) -> bool:
    """Look for an attempt whose answer was lost; one that is found goes on as if its answer had arrived."""
    told = _told_by_webhook(client, attempt)
    listed = [] if told else _listed(client, attempt)
    remote = told or matching.only_one(listed, attempt)
    if remote and matching.link_attempt(attempt, remote, certain=told is not None):
        if told or tells_all(remote):
            apply_status(attempt.job, remote)
        return True
    attempt.candidates = [matching.shown(found) for found in matching.possible(listed, attempt)]
    Attempt.objects.filter(pk=attempt.pk, provider_job_id=None).update(candidates=attempt.candidates)
    return False


def tells_all(remote: RemoteJob) -> bool:
    """Whether an entry of a list says as much as the job's own answer would; some lists only sum up."""
    if remote.status is JobStatus.COMPLETED:
        return bool(remote.images) and remote.tokens_used is not None
    return remote.status is not JobStatus.FAILED or bool(remote.error_message)


def _told_by_webhook(client: Client, attempt: Attempt) -> RemoteJob | None:
    """Only the unguessable token could have led a delivery here; its body still only says where to look."""
    for delivery in attempt.deliveries.order_by("id"):
        named = _job_id(delivery.body)
        if named and not matching.is_taken(attempt, named):
            try:
                remote = client.get_job(named)
            except (Refused, Unusable):
                continue
            if remote.job_id == named:
                return remote
    return None


def _job_id(body: str) -> str:
    try:
        return answers.named_job(answers.decode(body))
    except ValueError:
        return ""


def _listed(client: Client, attempt: Attempt) -> list[RemoteJob]:
    """The provider's jobs back to before the attempt; none where they are too many to know that no other fits."""
    found: list[RemoteJob] = []
    for number in range(PAGES):
        page = client.list_jobs(limit=LISTED, offset=number * LISTED)
        found += page.items
        oldest = matching.made(page.items[-1]) if page.items else None
        if page.count < LISTED or (oldest and oldest < attempt.created_at - matching.DOUBT):
            return found
    return []
