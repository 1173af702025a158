"""Which of the provider's jobs is what became of a POST whose answer was lost.

The list says little of a job: its model, how many pictures, when it was made, and of a finished one the shape of its
pictures. So a job is only tied to an attempt by itself where nothing else is possible: it is the only one that fits,
no attempt has it, and no other attempt whose answer is missing could have made it, whatever became of that attempt's
job. Otherwise all of them wait for a person, who sees what is known of each.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from generation.contract import AspectRatio, ImageLink, RemoteJob
from generation.models import Attempt, Connection, Job, JobState
from generation.pipeline import jobs

SKEW = timedelta(seconds=90)
"""How far the provider's clock and a slow answer may move a job's creation from our POST, which is the moment that the
attempt was committed."""
DOUBT = timedelta(minutes=10)
"""How far from our POST, counted likewise, a job's creation still leaves room for doubt: should a clock be further off
than :data:`SKEW`, it may be the attempt's all the same."""


def made(remote: RemoteJob) -> datetime | None:
    """When it was made, if the provider says so in a way that can be read."""
    return moment(remote.created_at)


def moment(text: str) -> datetime | None:
    """The provider's time in UTC, which it means where it names no zone; ``None`` for what cannot be read."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def fits(remote: RemoteJob, attempt: Attempt, *, within: timedelta = SKEW) -> bool:
    """Whether the provider's job may be what became of the attempt, as far as its list tells."""
    job, at = attempt.job, made(remote)
    same = remote.model == job.model and remote.num_images == job.num_images
    return same and at is not None and abs(at - attempt.created_at) <= within and _has_shape(remote, job)


def _has_shape(remote: RemoteJob, job: Job) -> bool:
    return all(_nearest(image) == job.aspect_ratio for image in remote.images if image.width > 0 and image.height > 0)


def _nearest(image: ImageLink) -> AspectRatio:
    """Providers round sizes, so a picture has the named ratio that is nearest."""
    return min(AspectRatio, key=lambda ratio: abs(math.log(image.width / image.height / ratio.value_ratio)))


def only_one(remotes: Sequence[RemoteJob], attempt: Attempt) -> RemoteJob | None:
    """The one of an account's jobs that can only be the attempt's, if there is one."""
    fitting = [remote for remote in _free(remotes, attempt) if fits(remote, attempt)]
    return fitting[0] if len(fitting) == 1 and not rivals(fitting[0], attempt) else None


def possible(remotes: Sequence[RemoteJob], attempt: Attempt) -> list[RemoteJob]:
    """Those that a person may choose from."""
    return [remote for remote in _free(remotes, attempt) if fits(remote, attempt, within=DOUBT)]


def _free(remotes: Sequence[RemoteJob], attempt: Attempt) -> list[RemoteJob]:
    taken = _taken(_accounts(attempt.connection), {remote.job_id for remote in remotes})
    return [remote for remote in remotes if remote.job_id not in taken]


def rivals(remote: RemoteJob, attempt: Attempt) -> list[Attempt]:
    """Attempts of other jobs, of any team at the same account, that the provider's job may be of as well."""
    moment = made(remote)
    if moment is None:
        return []
    rows = answerless(_accounts(attempt.connection), around=(moment - DOUBT, moment + DOUBT))
    return [rival for rival in rows.exclude(job=attempt.job_id) if fits(remote, rival, within=DOUBT)]


def answerless(accounts: Iterable[Connection], *, around: tuple[datetime, datetime]) -> Any:
    """Attempts between two moments whose answer is missing, in their order: it was lost, or is on its way."""
    missing = Q(outcome__in=[Attempt.Outcome.POSTING, Attempt.Outcome.UNKNOWN], provider_job_id=None)
    rows = Attempt.objects.filter(missing, connection__in=list(accounts), created_at__range=around)
    return rows.select_related("job").order_by("id")


def _accounts(connection: Connection) -> list[Connection]:
    """The connections that lead to the same account at the provider, perhaps of other teams."""
    alike = Connection.objects.filter(base_url=connection.base_url).order_by("pk")
    return [found for found in alike if found.pk == connection.pk or found.key == connection.key]


def _taken(accounts: Iterable[Connection], provider_job_ids: Iterable[str]) -> set[str]:
    """Those of the provider's job ids that an attempt has already."""
    rows = Attempt.objects.filter(connection__in=list(accounts), provider_job_id__in=set(provider_job_ids))
    return {str(found) for found in rows.values_list("provider_job_id", flat=True)}


def is_taken(attempt: Attempt, provider_job_id: str) -> bool:
    """Whether an attempt has the provider's job already."""
    return bool(_taken(_accounts(attempt.connection), {provider_job_id}))


def link_attempt(attempt: Attempt, remote: RemoteJob, *, certain: bool = False) -> bool:
    """Tie the provider's job to the attempt, unless that is no longer sure: of two who resolve at once, one does.

    ``certain`` where the attempt's own token says that it is its job.
    """
    with transaction.atomic():
        _take_turns(attempt)
        # In this order: a rival whose answer comes in between is no longer one, but then the job is taken.
        return (certain or not rivals(remote, attempt)) and _tie(attempt, remote.job_id)


def assign(job: Job, *, provider_job_id: str) -> bool:
    """A person says which candidate is the job's. ``False`` where it is none of them, or another job's by now."""
    if job.state != JobState.NEEDS_REVIEW:
        return False
    lost = _lost().filter(job=job).select_related("connection").order_by("id")
    attempt = next((attempt for attempt in lost if provider_job_id in _ids(attempt)), None)
    if attempt is None:
        return False
    with transaction.atomic():
        _take_turns(attempt)
        return _tie(attempt, provider_job_id)


@dataclass(frozen=True)
class Candidate:
    """One of the provider's jobs that may be one of ours: ``shown`` as :func:`shown` says it.

    ``others`` are further jobs at the same connection whose it may be.
    """

    shown: dict[str, Any]
    others: list[Job]


def candidates(jobs: Iterable[Job]) -> dict[str, list[Candidate]]:
    """What the provider's list shows for those jobs that wait for a person, by their ids; the others have products.

    Two queries, however many jobs.
    """
    waiting = [job for job in jobs if job.state == JobState.NEEDS_REVIEW]
    if not waiting:
        return {}
    alike: dict[tuple[str, str], list[Job]] = {}
    accounts = {job.connection_id for job in waiting}
    for attempt in _lost().filter(connection__in=accounts).select_related("job__product").order_by("id"):
        for name in _ids(attempt):
            alike.setdefault((attempt.connection_id, name), []).append(attempt.job)
    found: dict[str, list[Candidate]] = {}
    for attempt in _lost().filter(job__in=waiting).order_by("id"):
        for shown in attempt.candidates:
            owners = alike.get((attempt.connection_id, shown["provider_job_id"]), [])
            others = [job for job in owners if job.pk != attempt.job_id]
            found.setdefault(attempt.job_id, []).append(Candidate(shown, others))
    return found


def _lost() -> QuerySet[Attempt]:
    """Attempts whose answer was lost, and of which the provider's list shows something."""
    rows = Attempt.objects.filter(outcome=Attempt.Outcome.UNKNOWN, provider_job_id=None)
    return rows.exclude(candidates=[])


def _ids(attempt: Attempt) -> set[str]:
    return {candidate["provider_job_id"] for candidate in attempt.candidates}


def _take_turns(attempt: Attempt) -> None:
    """Of connections that share an account; the jobs of one are kept apart by its constraint."""
    account = [found.pk for found in _accounts(attempt.connection)]
    if len(account) > 1:
        list(Connection.objects.select_for_update().filter(pk__in=account).order_by("pk"))


def _tie(attempt: Attempt, provider_job_id: str) -> bool:
    if is_taken(attempt, provider_job_id):
        return False
    jobs.accepted(attempt, provider_job_id=provider_job_id)
    attempt.refresh_from_db(fields=["provider_job_id"])
    return attempt.provider_job_id == provider_job_id


def shown(remote: RemoteJob) -> dict[str, Any]:
    """What a person sees of a candidate; ``pictures`` are the provider's links, which expire."""
    links = [image.url for image in remote.images if image.url.startswith(("https://", "http://"))]
    return {
        "provider_job_id": remote.job_id,
        "created_at": remote.created_at[:40],
        "status": remote.status.value,
        "model": remote.model[:40],
        "num_images": remote.num_images,
        "tokens_used": remote.tokens_used,
        "pictures": [link[:2000] for link in links[:4]],
    }
