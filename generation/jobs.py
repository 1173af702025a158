"""The state machine. Nothing else changes ``Job.state``.

Every move is one conditional update whose row count is checked, in one transaction with the credits that it
captures or releases. A function that answers ``False`` found the job elsewhere and changed nothing.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from generation import bulk, ledger, live
from generation.caps import Priced
from generation.contract import RemoteJob
from generation.media import Picture, StoredKeys
from generation.models import Attempt, Batch, Image, Job, JobState

LEASE = timedelta(seconds=45)
"""How long a worker may take for an upload, and again for the POST; their deadlines are shorter."""
POLL_GAPS = (10, 20, 40, 60)
"""Seconds between looks at a job of which nothing is heard; the last repeats."""
BACKOFF = (2, 5, 10, 20, 40, 60)


def gap(seconds: Sequence[int], tries: int) -> timedelta:
    return timedelta(seconds=seconds[min(tries, len(seconds) - 1)])


def _move(job: Job, *, sources: Iterable[JobState], to: JobState, leased: bool = False, **changes: Any) -> bool:
    """Move the row if it is in one of ``sources``; on success ``job`` carries the new values too.

    With ``leased`` the row must also still carry the lease (``due_at``) that ``job`` was read with, so that a
    worker that comes late never touches what another has claimed since.
    """
    rows = Job.objects.filter(pk=job.pk, state__in=list(sources))
    if leased:
        rows = rows.filter(due_at=job.due_at)
    if not rows.update(state=to, **changes):
        return False
    for name, value in changes.items():
        setattr(job, name, value)
    if job.state != to:
        job.state = to
        live.job_changed(job)
    return True


def enqueue(
    *,
    batch: Batch,
    like: Job,
    columns: Mapping[str, Sequence[Any]],
    asked: Sequence[Priced],
    actor_id: int | None,
    spender_id: int | None,
) -> None:
    """Write jobs ``like`` one but for ``columns``, with holds of what is ``asked`` for, in one transaction.

    Raises ``ledger.InsufficientCredits``.
    """
    with transaction.atomic():
        bulk.insert(like, columns)
        ledger.hold(batch=batch, jobs=asked, actor_id=actor_id, spender_id=spender_id)


def claim(job: Job) -> bool:
    """Take a queued job for one worker, until the lease runs out."""
    with transaction.atomic():
        tries = job.tries + 1
        return _move(job, sources=[JobState.QUEUED], to=JobState.SUBMITTING, due_at=_lease(), tries=tries)


def _lease() -> datetime:
    return timezone.now() + LEASE


def begin_attempt(job: Job) -> tuple[Attempt, str] | None:
    """Commit that a POST is about to leave; the second value is the webhook token, of which only a hash is kept.

    ``None`` when the job is no longer ours to submit.
    """
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        # Renewing the lease proves that it was still ours, and gives the POST its whole time.
        if not _move(job, sources=[JobState.SUBMITTING], to=JobState.SUBMITTING, leased=True, due_at=_lease()):
            return None
        attempt = Attempt.objects.create(job=job, connection_id=job.connection_id, token_hash=token_hash(token))
    return attempt, token


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def accepted(attempt: Attempt, *, provider_job_id: str) -> bool:
    """The provider has the job, as a 202 or a look at its list said."""
    with transaction.atomic():
        outcome = Attempt.Outcome.ACCEPTED
        Attempt.objects.filter(pk=attempt.pk).update(outcome=outcome, provider_job_id=provider_job_id)
        # A webhook may have overtaken the answer; then there is something to see already.
        due = timezone.now() + (timedelta(0) if attempt.deliveries.exists() else gap(POLL_GAPS, 0))
        sources = [JobState.SUBMITTING, JobState.UNKNOWN, JobState.NEEDS_REVIEW]
        return _move(attempt.job, sources=sources, to=JobState.SUBMITTED, due_at=due, tries=0)


def put_back(job: Job, *, due_at: datetime, attempt: Attempt | None = None, detail: str = "") -> bool:
    """Queue again what certainly did not run: nothing was sent, or the provider turned it away for now."""
    with transaction.atomic():
        if attempt:
            outcome = Attempt.Outcome.NOT_SENT
            Attempt.objects.filter(pk=attempt.pk).update(outcome=outcome, detail=detail[:500])
        return _move(job, sources=[JobState.SUBMITTING], to=JobState.QUEUED, leased=True, due_at=due_at)


def refuse(job: Job, *, code: str, message: str, attempt: Attempt | None = None) -> bool:
    """The provider will never take this request: fail and give the credits back."""
    with transaction.atomic():
        if attempt:
            outcome = Attempt.Outcome.REFUSED
            Attempt.objects.filter(pk=attempt.pk).update(outcome=outcome, detail=message[:500])
        return _fail(job, sources=[JobState.SUBMITTING], leased=True, code=code, message=message)


def lose(job: Job, *, attempt: Attempt, detail: str) -> bool:
    """Nobody knows whether the POST ran. It is never posted again without a person's decision."""
    with transaction.atomic():
        posting = Attempt.objects.filter(pk=attempt.pk, outcome=Attempt.Outcome.POSTING)
        posting.update(outcome=Attempt.Outcome.UNKNOWN, detail=detail[:500])
        due = timezone.now() + gap(BACKOFF, 0)
        return _move(job, sources=[JobState.SUBMITTING], to=JobState.UNKNOWN, leased=True, due_at=due, tries=0)


def ask_for_review(job: Job, *, message: str) -> bool:
    """Only a person can tell what became of it."""
    with transaction.atomic():
        sources = [JobState.UNKNOWN, JobState.SUBMITTED]
        return _move(job, sources=sources, to=JobState.NEEDS_REVIEW, due_at=None, error_message=message)


def try_again(job: Job) -> bool:
    """A person decided that a job in review never ran."""
    with transaction.atomic():
        now = timezone.now()
        changes: dict[str, Any] = {"due_at": now, "tries": 0, "error_message": ""}
        return _move(job, sources=[JobState.NEEDS_REVIEW], to=JobState.QUEUED, **changes)


def give_up(job: Job, *, actor_id: int | None = None) -> bool:
    """A person decided to let a job in review go."""
    with transaction.atomic():
        message = job.error_message
        return _fail(job, sources=[JobState.NEEDS_REVIEW], code="given_up", message=message, actor_id=actor_id)


def cancel(job: Job, *, actor_id: int | None = None) -> bool:
    """Take a job back while it is queued. Costs nothing."""
    with transaction.atomic():
        now = timezone.now()
        if not _move(job, sources=[JobState.QUEUED], to=JobState.CANCELLED, due_at=None, finished_at=now):
            return False
        ledger.release(job=job, actor_id=actor_id)
        return True


def cancel_all(batch: Batch, *, actor_id: int | None = None) -> int:
    """Take back all of a batch that is still queued, at once; answers how many. Jobs claimed meanwhile go on."""
    with transaction.atomic():
        now = timezone.now()
        rows = Job.objects.filter(batch=batch)
        ended = rows.filter(state=JobState.QUEUED).update(state=JobState.CANCELLED, due_at=None, finished_at=now)
        if ended:
            # A cancelled job whose hold is still open was cancelled right here.
            cancelled = rows.filter(state=JobState.CANCELLED)
            ledger.release_all(team_id=batch.team_id, jobs=cancelled, actor_id=actor_id)
            live.batch_changed(batch)
    return ended


def look_again(job: Job, *, gaps: Sequence[int] = POLL_GAPS, progress: int | None = None) -> None:
    """Nothing new: come back after the next gap."""
    with transaction.atomic():
        seen = job.progress if progress is None else progress
        rows = Job.objects.filter(pk=job.pk, state=job.state)
        rows.update(due_at=timezone.now() + gap(gaps, job.tries), tries=F("tries") + 1, progress=seen)
        if seen != job.progress:
            live.job_changed(job)


def postpone(job: Job, *, until: datetime | None) -> None:
    """Nobody could look: come back then, as if nothing had been tried; ``None`` waits until somebody calls."""
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state=job.state).update(due_at=until)


def keep_answer(attempt: Attempt, *, answer: str) -> None:
    """What the provider said that could not be used, for whoever looks into it."""
    Attempt.objects.filter(pk=attempt.pk).update(answer=answer)


def failed(job: Job, *, remote: RemoteJob) -> bool:
    """The provider says that the job failed; what it charged all the same is captured."""
    message = remote.error_message or "The provider gave no reason."
    with transaction.atomic():
        return _fail(
            job,
            sources=[JobState.SUBMITTED],
            code=remote.error_code or "generation_failed",
            message=message,
            cost=remote.tokens_used or 0,
        )


def _fail(
    job: Job,
    *,
    sources: Iterable[JobState],
    code: str,
    message: str,
    cost: int = 0,
    leased: bool = False,
    actor_id: int | None = None,
) -> bool:
    ended: dict[str, Any] = {
        "due_at": None,
        "finished_at": timezone.now(),
        "error_code": code[:40],
        "error_message": message,
    }
    if not _move(job, sources=sources, to=JobState.FAILED, leased=leased, tokens_used=cost, **ended):
        return False
    if cost:
        ledger.capture(job=job, credits=cost)
    else:
        ledger.release(job=job, actor_id=actor_id)
    return True


def rendered(job: Job, *, remote: RemoteJob) -> bool:
    """The provider finished: capture the true cost now, so that no storage fault can hide it.

    Other pictures than were asked for are taken as they are, and the job says so.
    """
    cost = job.price if remote.tokens_used is None else remote.tokens_used
    with transaction.atomic():
        now = timezone.now()
        sources = [JobState.SUBMITTED]
        done: dict[str, Any] = {"tokens_used": cost, "progress": 100, "due_at": now, "tries": 0}
        done["error_message"] = _count_note(job, remote, cost=cost)
        if not _move(job, sources=sources, to=JobState.RENDERED, **done):
            return False
        ledger.capture(job=job, credits=cost, pictures=len(remote.images))
        Image.objects.bulk_create(
            Image(team_id=job.team_id, job=job, index=index, source_url=link.url, width=link.width, height=link.height)
            for index, link in enumerate(remote.images)
        )
        return True


def _count_note(job: Job, remote: RemoteJob, *, cost: int) -> str:
    made, asked = len(remote.images), job.num_images
    if made == asked:
        return ""
    return f"The provider made {made} picture{'s'[: made > 1]} instead of {asked}, and charged {cost} credits."


def refresh_links(job: Job, *, remote: RemoteJob) -> None:
    """The provider's links expire; take those of a fresh look."""
    for index, link in enumerate(remote.images):
        Image.objects.filter(job=job, index=index, stored_at=None).update(source_url=link.url)


def storing(job: Job) -> None:
    """Its pictures are being fetched."""
    with transaction.atomic():
        _move(job, sources=[JobState.RENDERED], to=JobState.STORING)


def picture_stored(image: Image, *, picture: Picture, keys: StoredKeys) -> bool:
    """Show one picture, and finish its job if it was the last."""
    facts = {name: getattr(picture, name) for name in ("mime", "sha256", "width", "height", "thumb_hash")}
    job = image.job
    with transaction.atomic():
        if connection.features.has_select_for_update:
            # Pictures of one job take turns, or each of two last ones would miss the other; SQLite has one writer.
            Job.objects.select_for_update().only("pk").get(pk=job.pk)
        rows = Image.objects.filter(pk=image.pk, stored_at=None)
        now = timezone.now()
        if not rows.update(**vars(keys), **facts, size=len(picture.data), stored_at=now):
            return False
        if not _complete(job):
            live.job_changed(job)
        return True


def complete(job: Job) -> bool:
    """Finish a job whose pictures are all stored."""
    with transaction.atomic():
        return _complete(job)


def _complete(job: Job) -> bool:
    if Image.objects.filter(job=job, stored_at=None).exists():
        return False
    sources = [JobState.RENDERED, JobState.STORING]
    return _move(job, sources=sources, to=JobState.COMPLETED, due_at=None, finished_at=timezone.now())


def abandon_pictures(job: Job, *, message: str) -> bool:
    """The provider was paid, but its pictures could not be had in all the time allowed."""
    with transaction.atomic():
        ended: dict[str, Any] = {
            "due_at": None,
            "finished_at": timezone.now(),
            "error_code": "pictures_lost",
            "error_message": message,
        }
        return _move(job, sources=[JobState.RENDERED, JobState.STORING], to=JobState.FAILED, **ended)
