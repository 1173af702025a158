"""Short Celery tasks: an id in, the row reloaded, one step done. Each is safe to run twice."""

import logging

from celery import current_app, shared_task
from kombu.exceptions import OperationalError

from generation import connections, dispatch, ingest, settlement, submission
from generation.client import ProviderError
from generation.models import Connection, Image, Job, JobState

log = logging.getLogger(__name__)


def hint(task: str, id: str) -> None:
    """Send a task of this module. A hint that is lost costs seconds: the dispatcher sends it again."""
    try:
        current_app.send_task(f"generation.tasks.{task}", args=[id])
    except OperationalError as error:
        log.warning("The hint %s for %s was not sent: %s", task, id, error)


@shared_task
def look_around() -> None:
    """The dispatcher's beat: hint whatever is due."""
    for found in dispatch.due():
        hint(found.task, found.id)


@shared_task
def submit_next(connection_id: str) -> None:
    """Submit the job that should leave next, then make room for another."""
    job = dispatch.next_job(Connection.objects.get(pk=connection_id))
    if job is not None:
        submission.submit(job)
        submit_next.delay(connection_id)


@shared_task
def reclaim_job(job_id: str) -> None:
    job = Job.objects.get(pk=job_id)
    if job.state == JobState.SUBMITTING:
        dispatch.reclaim(job)


@shared_task
def settle_job(job_id: str) -> None:
    job = _job(job_id)
    settlement.settle(job)
    if job.state == JobState.RENDERED:
        store_job(job_id)


@shared_task
def resolve_job(job_id: str) -> None:
    settlement.resolve(_job(job_id))


@shared_task
def store_job(job_id: str) -> None:
    """Fetch a job's pictures side by side."""
    for image in ingest.missing(_job(job_id)):
        store_picture.delay(image.id)


@shared_task
def store_picture(image_id: str) -> None:
    ingest.store_picture(Image.objects.select_related("job__connection").get(pk=image_id))


@shared_task
def check_balances() -> None:
    """Ask every provider what is left; a top-up ends a pause for lack of credits."""
    for connection in Connection.objects.exclude(key=""):
        try:
            with connections.open_client(connection) as client:
                connections.note_balance(connection, credits=client.get_account().credits)
        except ProviderError:
            continue  # said on the connection's page by the age of the balance


def _job(job_id: str) -> Job:
    return Job.objects.select_related("connection", "asset", "product").get(pk=job_id)
