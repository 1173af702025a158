"""One look for many: a page of the provider's list settles every job of ours that it shows.

Asking for each job alone takes a request each, and a plan of ten a minute has ten. A list that only sums up, or does
not show a job, is no answer: such jobs are asked for one by one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from generation.contract import Page, RemoteJob
from generation.models import Attempt, Connection, Job, JobState
from generation.pipeline import jobs, matching, settlement
from generation.provider import connections
from generation.provider.client import Client, ProviderError, Refused, UnreadableAnswer, Unusable

SOON = timedelta(seconds=30)
"""What is due so soon is looked at together with what is due now."""
_AT_ONCE = 1_000
_ALONE = 100


def sweep(connection: Connection) -> list[Job]:
    """Look for all jobs of a connection that are due. Answers those whose next step is worth a message at once."""
    due = Job.objects.filter(connection=connection, due_at__lte=timezone.now() + SOON).order_by("due_at")
    waiting = {job.id: job for job in due.filter(state=JobState.SUBMITTED)[:_AT_ONCE]}
    lost = list(due.filter(state=JobState.UNKNOWN)[:_AT_ONCE])
    rendered: list[Job] = []
    try:
        with connections.open_client(connection, asks_once=True) as client:
            for page in _pages(client, since=_oldest(waiting)):
                rendered += _settle(connection, page, waiting)
                while lost:
                    job = lost.pop()
                    job.connection = connection
                    settlement.resolve(job, client=client)
                if not waiting:
                    break
    except (Refused, UnreadableAnswer, Unusable):
        pass  # there is no list to look at
    except ProviderError as error:
        until = connections.handle_fault(connection, error)
        for job in (*waiting.values(), *lost):
            if until:
                jobs.postpone(job, until=until)
            else:
                jobs.look_again(job)
        return rendered
    return [*rendered, *waiting.values(), *lost][:_ALONE]


def _pages(client: Client, *, since: datetime | None) -> Iterator[Page[RemoteJob]]:
    """Newest first, until what follows is older than ``since``; one page without."""
    for number in range(settlement.PAGES):
        page = client.list_jobs(limit=settlement.LISTED, offset=number * settlement.LISTED)
        yield page
        made = matching.made(page.items[-1]) if page.items else None
        if since is None or not page.has_more or not page.count or (made and made < since - matching.SKEW):
            return


def _oldest(waiting: dict[str, Job]) -> datetime | None:
    """When the first of their POSTs was."""
    accepted = Attempt.objects.filter(job__in=waiting, outcome=Attempt.Outcome.ACCEPTED)
    found: datetime | None = accepted.aggregate(first=Min("created_at"))["first"]
    return found


def _settle(connection: Connection, page: Page[RemoteJob], waiting: dict[str, Job]) -> list[Job]:
    """Believe what the page says of our open attempts, due or not, and take their jobs out of ``waiting``.

    Answers the jobs that it rendered.
    """
    told = {remote.job_id: remote for remote in page.items if settlement.tells_all(remote)}
    ours = Attempt.objects.filter(jobs.OPEN, connection=connection, provider_job_id__in=told).select_related("job")
    rendered = []
    for attempt in ours:
        job, attempt.connection = attempt.job, connection
        if connections.is_of_earlier_account(attempt):
            continue
        is_awaited = job.state == JobState.SUBMITTED and attempt.due_at is None
        settlement.apply_status(job, told[str(attempt.provider_job_id)])
        if is_awaited:
            waiting.pop(job.id, None)
        if job.state == JobState.RENDERED:
            rendered.append(job)
    return rendered
