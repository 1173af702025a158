"""The state machine. Nothing else changes ``Job.state``.

Every move is one conditional update whose row count is checked, in one transaction with the credits that it
captures or releases. A function that answers ``False`` found the job elsewhere and changed nothing.

A job may be sent more than once, each time by a person's decision, and the provider may charge for each attempt. What
it says of an attempt's end is booked once, whatever the job is by then, so that its books and ours are equal attempt
by attempt. What else follows from the answer:

====================================  =====================================  ==================================
the job is                            the attempt made pictures              the attempt failed, or made none
====================================  =====================================  ==================================
submitted, and waits for it           rendered; the hold is captured         failed; the hold is captured or given
                                                                             back. While another attempt is open:
                                                                             needs_review
needs_review                          rendered; the hold is captured         failed, if no other attempt is open
queued, or claimed: the next attempt  rendered; the hold is captured, and    the next attempt leaves, as a person
has not left                          nothing more is sent                   wanted it
on its way or running once more       rendered; the hold is captured, and    the other attempt goes on
                                      the other attempt only costs
failed, as somebody gave it up        rendered; charged beside the hold,     it stays failed; what was kept is
                                      which was given back                   charged beside the hold
rendered or ended otherwise           charged beside the hold; the           charged beside the hold
                                      pictures that came first stay
====================================  =====================================  ==================================

An attempt that was lost and turns up running becomes what its job waits for, unless the next one has left.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from generation.contract import RemoteJob
from generation.counts import gallery
from generation.credits import ledger
from generation.credits.caps import Priced
from generation.database import bulk_insert
from generation.database.public_ids import new_id
from generation.media.pictures import Picture, StoredKeys
from generation.models import HOLDING, TERMINAL, Attempt, Batch, Image, Job, JobState
from generation.pipeline import events
from generation.text import searchable

LEASE = timedelta(seconds=45)
"""How long a worker may take for an upload, from its claim on, and for the POST, from the attempt's commit on; their
deadlines are shorter."""
POLL_GAPS = (10, 20, 40, 60)
"""Seconds between looks at a job of which nothing is heard, each from the look before, the first from the provider's
acceptance; the last repeats."""
BACKOFF = (2, 5, 10, 20, 40, 60)
"""Seconds until the next try of what failed, from that failure on; the last repeats."""
RARELY = timedelta(hours=1)
"""The longest gap between looks for an attempt that its job no longer waits for, from the look before."""
WATCHED = timedelta(days=30)
"""How long such an attempt is looked for, from its POST on; afterwards only a webhook brings its answer."""
BESIDE = "ProductAI charged for another run of this job."
LATE = "ProductAI's answer came after the job was given up."
GIVEN_UP = "given_up"


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
    if to in TERMINAL:
        changes["is_end_untold"] = job.webhook_url != ""
    if not rows.update(state=to, **changes):
        return False
    for name, value in changes.items():
        setattr(job, name, value)
    if job.state != to:
        job.state = to
        events.job_changed(job)
    return True


OPEN = Q(charge=None, outcome__in=[Attempt.Outcome.POSTING, Attempt.Outcome.ACCEPTED, Attempt.Outcome.UNKNOWN])
"""Attempts for which the provider may still charge."""


def awaited(job: Job) -> Attempt | None:
    """The attempt that a submitted job waits for: the one that was accepted, or found, last."""
    accepted = job.attempts.filter(outcome=Attempt.Outcome.ACCEPTED, charge=None)
    return accepted.order_by(F("due_at").asc(nulls_first=True), "-accepted_at", "-id").first()


def _lock(job: Job) -> None:
    """Let answers, decisions and workers that are about one job take turns; ``job`` carries what is true now.

    Locks are taken in this order: job, attempt, account. SQLite has one writer anyway.
    """
    rows = Job.objects.all() if not connection.features.has_select_for_update else Job.objects.select_for_update()
    now = rows.only("state", "error_code", "error_message", "tokens_used").get(pk=job.pk)
    for name in ("state", "error_code", "error_message", "tokens_used"):
        setattr(job, name, getattr(now, name))


def watch(attempts: QuerySet[Attempt]) -> None:
    """Look for attempts, of which the open ones are no longer waited for by their job: the older, the more rarely."""
    now = timezone.now()
    for attempt in attempts.filter(OPEN):
        age = now - attempt.created_at
        wait = min(max(age / 8, gap(POLL_GAPS, 0)), RARELY)
        attempts.filter(pk=attempt.pk).update(due_at=now + wait if age < WATCHED else None)


def _watch(job: Job, *, but: Attempt | None = None) -> None:
    """See to the open attempts ``but`` one that nobody sees to yet."""
    watch(job.attempts.filter(due_at=None).exclude(pk=but.pk if but else ""))


def enqueue(
    *,
    batch: Batch,
    like: Job,
    columns: Mapping[str, Sequence[Any]],
    requested: Sequence[Priced],
    actor_id: int | None,
    spender_id: int | None,
) -> None:
    """Write jobs ``like`` one but for ``columns``, with holds of what is ``requested``, in one transaction.

    Raises ``ledger.InsufficientCredits``.
    """
    with transaction.atomic():
        bulk_insert.insert(like, {**columns, "search_text": [searchable(prompt) for prompt in columns["prompt"]]})
        ledger.hold(batch=batch, jobs=requested, actor_id=actor_id, spender_id=spender_id)


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
    """The provider has the job, as a 202, a webhook, a look at its list or a person said. Whether its job waits for it.

    An id that another attempt has, or an attempt that has another id, changes nothing.
    """
    job, outcome = attempt.job, Attempt.Outcome.ACCEPTED
    with transaction.atomic():
        _lock(job)
        if not _link(attempt, outcome=outcome, provider_job_id=provider_job_id, accepted_at=timezone.now()):
            return False
        others = job.attempts.exclude(pk=attempt.pk)
        newer = others.filter(id__gt=attempt.pk, outcome=Attempt.Outcome.UNKNOWN, due_at=None)
        next_has_left = others.filter(outcome=Attempt.Outcome.POSTING).exists()
        if next_has_left or (job.state == JobState.UNKNOWN and newer.exists()):
            watch(Attempt.objects.filter(pk=attempt.pk))
            return False
        # A webhook may have overtaken the answer; then there is something to see already.
        due = timezone.now() + (timedelta(0) if attempt.deliveries.exists() else gap(POLL_GAPS, 0))
        if not _move(job, sources=_BEFORE_ACCEPTANCE, to=JobState.SUBMITTED, due_at=due, tries=0, error_message=""):
            watch(Attempt.objects.filter(pk=attempt.pk))
            return False
        _watch(job, but=attempt)
        return True


_BEFORE_ACCEPTANCE = [JobState.QUEUED, JobState.SUBMITTING, JobState.UNKNOWN, JobState.NEEDS_REVIEW]


def _link(attempt: Attempt, **facts: Any) -> bool:
    rows = Attempt.objects.filter(pk=attempt.pk, provider_job_id=None)
    try:
        with transaction.atomic():
            return bool(rows.update(due_at=None, candidates=[], **facts))
    except IntegrityError:  # another attempt was tied to it meanwhile
        return False


def requeue(job: Job, *, due_at: datetime, attempt: Attempt | None = None, detail: str = "") -> bool:
    """Queue again what certainly did not run: nothing was sent, or the provider turned it away for now."""
    with transaction.atomic():
        _lock(job)
        if attempt:
            outcome = Attempt.Outcome.NOT_SENT
            Attempt.objects.filter(pk=attempt.pk).update(outcome=outcome, detail=detail[:500])
        return _move(job, sources=[JobState.SUBMITTING], to=JobState.QUEUED, leased=True, due_at=due_at)


def refuse(job: Job, *, code: str, message: str, attempt: Attempt | None = None) -> bool:
    """The provider will never take this request: fail and give the credits back."""
    with transaction.atomic():
        _lock(job)
        if attempt:
            outcome = Attempt.Outcome.REFUSED
            Attempt.objects.filter(pk=attempt.pk).update(outcome=outcome, detail=message[:500])
        if job.state == JobState.SUBMITTING and job.attempts.filter(OPEN).exists():
            # Of an earlier attempt nobody knows yet: to fail would close the job to its answer.
            changes: dict[str, Any] = {"due_at": None, "error_message": message}
            return _move(job, sources=[JobState.SUBMITTING], to=JobState.NEEDS_REVIEW, leased=True, **changes)
        return _fail(job, sources=[JobState.SUBMITTING], leased=True, code=code, message=message)


def mark_unknown(job: Job, *, attempt: Attempt, detail: str) -> bool:
    """Nobody knows whether the POST ran. It is never posted again without a person's decision."""
    with transaction.atomic():
        _lock(job)
        posting = Attempt.objects.filter(pk=attempt.pk, outcome=Attempt.Outcome.POSTING)
        lost = posting.update(outcome=Attempt.Outcome.UNKNOWN, detail=detail[:500])
        due = timezone.now() + gap(BACKOFF, 0)
        moved = _move(job, sources=[JobState.SUBMITTING], to=JobState.UNKNOWN, leased=True, due_at=due, tries=0)
        if lost and not moved:  # another attempt's answer ended the job meanwhile
            watch(Attempt.objects.filter(pk=attempt.pk))
        return moved


def ask_for_review(job: Job, *, message: str) -> bool:
    """Only a person can tell what became of it; an answer that comes all the same ends it."""
    with transaction.atomic():
        sources = [JobState.UNKNOWN, JobState.SUBMITTED]
        if not _move(job, sources=sources, to=JobState.NEEDS_REVIEW, due_at=None, error_message=message):
            return False
        _watch(job)
        return True


def try_again(job: Job) -> bool:
    """A person decided that a job in review never ran."""
    with transaction.atomic():
        now = timezone.now()
        changes: dict[str, Any] = {"due_at": now, "tries": 0, "error_message": ""}
        return _move(job, sources=[JobState.NEEDS_REVIEW], to=JobState.QUEUED, **changes)


def give_up(job: Job, *, actor_id: int | None = None) -> bool:
    """A person decided to let a job in review go."""
    with transaction.atomic():
        _lock(job)
        message = job.error_message
        return _fail(job, sources=[JobState.NEEDS_REVIEW], code=GIVEN_UP, message=message, actor_id=actor_id)


def cancel(job: Job, *, actor_id: int | None = None) -> bool:
    """Take a job back while it is queued. Costs nothing, unless it was sent before: then it is given up."""
    with transaction.atomic():
        _lock(job)
        if job.attempts.filter(OPEN).exists() or job.tokens_used:
            message = job.error_message
            return _fail(job, sources=[JobState.QUEUED], code=GIVEN_UP, message=message, actor_id=actor_id)
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
        queued = rows.filter(state=JobState.QUEUED)
        sent_before = queued.filter(Exists(Attempt.objects.filter(OPEN, job=OuterRef("pk"))) | Q(tokens_used__gt=0))
        given_up = sum(cancel(job, actor_id=actor_id) for job in sent_before.order_by("pk"))
        ended = queued.update(state=JobState.CANCELLED, due_at=None, finished_at=now, is_end_untold=~Q(webhook_url=""))
        if ended:
            # A cancelled job whose hold is still open was cancelled right here.
            cancelled = rows.filter(state=JobState.CANCELLED)
            ledger.release_all(team_id=batch.team_id, jobs=cancelled, actor_id=actor_id)
            events.batch_changed(batch)
    return ended + given_up


def look_again(job: Job, *, gaps: Sequence[int] = POLL_GAPS, progress: int | None = None) -> None:
    """Nothing new: come back after the next gap."""
    with transaction.atomic():
        seen = job.progress if progress is None else progress
        rows = Job.objects.filter(pk=job.pk, state=job.state)
        rows.update(due_at=timezone.now() + gap(gaps, job.tries), tries=F("tries") + 1, progress=seen)
        if seen != job.progress:
            events.job_changed(job)


def postpone(job: Job, *, until: datetime | None) -> None:
    """Nobody could look: come back then, as if nothing had been tried; ``None`` waits until somebody calls."""
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state=job.state).update(due_at=until)


def keep_answer(attempt: Attempt, *, answer: str) -> None:
    """What the provider said that could not be used, for whoever looks into it."""
    Attempt.objects.filter(pk=attempt.pk).update(answer=answer)


def failed(job: Job, *, remote: RemoteJob) -> bool:
    """The provider says that an attempt failed; what it charged all the same is booked. Whether that ended the job."""
    message, cost = remote.error_message or "The provider gave no reason.", remote.tokens_used or 0
    with transaction.atomic():
        _lock(job)
        waits = job.state == JobState.NEEDS_REVIEW or (job.state == JobState.SUBMITTED and _waits_for(job, remote))
        if not _book(job, remote, cost):
            return False
        if waits and not job.attempts.filter(OPEN).exists():
            code = remote.error_code or "generation_failed"
            return _fail(job, sources=[JobState(job.state)], code=code, message=message, cost=cost)
        _charge_beside(job, cost)
        if waits and job.state == JobState.SUBMITTED:
            ask_for_review(job, message=message)
        return False


def _waits_for(job: Job, remote: RemoteJob) -> bool:
    attempt = awaited(job)
    return attempt is not None and attempt.provider_job_id == remote.job_id


def _book(job: Job, remote: RemoteJob, cost: int) -> bool:
    """Take note of what an attempt cost, once. The caller writes it to the ledger."""
    rows = Attempt.objects.filter(OPEN, job=job, provider_job_id=remote.job_id)
    return bool(rows.update(charge=cost, due_at=None))


def _charge_beside(job: Job, cost: int) -> None:
    """The attempt does not decide what becomes of the job; its cost is the job's all the same."""
    if cost:
        job.tokens_used = (job.tokens_used or 0) + cost
        Job.objects.filter(pk=job.pk).update(tokens_used=job.tokens_used)
        ledger.charge(job=job, credits=cost, reason=BESIDE)
        events.job_changed(job)


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
    """End a job that is locked: capture what the attempt cost that ended it, or give the hold back."""
    ended: dict[str, Any] = {
        "due_at": None,
        "finished_at": timezone.now(),
        "error_code": code[:40],
        "error_message": message,
        "tokens_used": (job.tokens_used or 0) + cost,
    }
    if not _move(job, sources=sources, to=JobState.FAILED, leased=leased, **ended):
        return False
    if cost:
        ledger.capture(job=job, credits=cost)
    else:
        ledger.release(job=job, actor_id=actor_id)
    return True


def rendered(job: Job, *, remote: RemoteJob) -> bool:
    """The provider finished an attempt: book the true cost now, so that no storage fault can hide it.

    Whether its pictures are the job's: of a job that was sent twice, those that come first are. Other pictures than
    were asked for are taken as they are, and the job says so.
    """
    cost = job.price if remote.tokens_used is None else remote.tokens_used
    with transaction.atomic():
        _lock(job)
        if not _book(job, remote, cost):
            return False
        is_late = job.state == JobState.FAILED and job.error_code == GIVEN_UP
        if not is_late and job.state not in HOLDING:
            _charge_beside(job, cost)
            return False
        now = timezone.now()
        changes: dict[str, Any] = {"due_at": now, "rendered_at": now, "finished_at": None, "tries": 0, "progress": 100}
        changes |= {"tokens_used": (job.tokens_used or 0) + cost, "error_code": ""}
        changes["error_message"] = _count_note(job, remote, cost=cost)
        _move(job, sources=[JobState(job.state)], to=JobState.RENDERED, **changes)
        if is_late:
            ledger.charge(job=job, credits=cost, pictures=len(remote.images), at=now, reason=LATE)
        else:
            ledger.capture(job=job, credits=cost, pictures=len(remote.images), at=now)
        _add_pictures(job, remote, at=now)
        _watch(job)
        return True


def _add_pictures(job: Job, remote: RemoteJob, *, at: datetime) -> None:
    """Where a day ends is one place in the gallery's order, which is that of ids: they carry the pictures' moment."""
    Image.objects.bulk_create(
        Image(
            id=new_id("img", at=at, place=index),
            team_id=job.team_id,
            job=job,
            index=index,
            source_url=link.url,
            width=link.width,
            height=link.height,
            created_at=at,
        )
        for index, link in enumerate(remote.images)
    )


def _count_note(job: Job, remote: RemoteJob, *, cost: int) -> str:
    made, requested = len(remote.images), job.num_images
    if made == requested:
        return ""
    return f"The provider made {made} picture{'s'[: made > 1]} instead of {requested}, and charged {cost} credits."


def refresh_links(job: Job, *, remote: RemoteJob) -> None:
    """The provider's links expire; take those of a fresh look."""
    for index, link in enumerate(remote.images):
        Image.objects.filter(job=job, index=index, stored_at=None).update(source_url=link.url)


def mark_storing(job: Job) -> None:
    """Its pictures are being fetched."""
    with transaction.atomic():
        _move(job, sources=[JobState.RENDERED], to=JobState.STORING)


def picture_stored(image: Image, *, picture: Picture, keys: StoredKeys) -> bool:
    """Show one picture, as far as it can be, and finish its job if it was the last."""
    facts = {name: getattr(picture, name) for name in ("mime", "sha256", "thumb_hash", "flaw")}
    if picture.width:  # else it keeps what the provider said
        facts |= {"width": picture.width, "height": picture.height}
    job = image.job
    with transaction.atomic():
        if connection.features.has_select_for_update:
            # Pictures of one job take turns, or each of two last ones would miss the other; SQLite has one writer.
            Job.objects.select_for_update().only("pk").get(pk=job.pk)
        rows = Image.objects.filter(pk=image.pk, stored_at=None)
        now = timezone.now()
        if not rows.update(**vars(keys), **facts, size=len(picture.data), stored_at=now):
            return False
        gallery.note(team_id=image.team_id, pictures=[(job.project_id, image.created_at)], by=1)
        if not _complete(job):
            events.job_changed(job)
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
