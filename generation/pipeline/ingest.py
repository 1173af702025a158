"""A rendered job's pictures into our own storage: downloaded, decoded, derived, stored; each on its own.

They are paid for. What cannot be decoded is kept as it came, once it is certain that the provider has nothing better.
"""

import logging
from datetime import timedelta

from django.utils import timezone

from generation.media import pictures
from generation.media.pictures import Flaw, Picture
from generation.models import Attempt, Image, Job, JobState
from generation.network import download
from generation.pipeline import jobs
from generation.provider import connections
from generation.provider.client import ProviderError

log = logging.getLogger(__name__)

PICTURE_MAX_BYTES = 100 * 1024 * 1024
DOUBTED = 6
"""Tries, over two minutes, after which a file that cannot be decoded is kept, though other bytes come every time."""
STORE_FOR = timedelta(days=2)
"""How long storage and provider may be out of order before a paid job is given up, from when we heard that its pictures
are made."""
TRIES = 20
"""Tries before that at least, in some quarter of an hour: a Packshot that stood still has not tried."""


def missing(job: Job) -> list[Image]:
    """The pictures that are still to be stored."""
    if job.state not in {JobState.RENDERED, JobState.STORING}:
        return []
    images = list(Image.objects.filter(job=job, stored_at=None).order_by("index"))
    if len(images) > 1:  # a lone picture is there before anybody could read that it is on its way
        jobs.mark_storing(job)
    if not images:  # an earlier version stored the last one and died before it finished the job
        jobs.complete(job)
    return images


def store_picture(image: Image) -> None:
    """Bring one picture home. A fault is left to the job's next look; the cost is captured already."""
    if image.stored_at is not None:
        return
    try:
        picture = _fetch(image)
        if picture.flaw and not _is_certain(image, picture):
            Image.objects.filter(pk=image.pk, stored_at=None).update(sha256=picture.sha256)
            log.warning("Picture %s of %s is %s; it is fetched again", image.index, image.job_id, picture.flaw)
            _postpone(image.job)
            return
        keys = pictures.store(picture, folder=f"{image.team_id}/pictures/{image.id}")
    except (download.FetchError, OSError) as error:
        log.warning("Picture %s of %s is not stored yet: %s", image.index, image.job_id, error)
        _postpone(image.job)
        return
    jobs.picture_stored(image, picture=picture, keys=keys)


def _fetch(image: Image) -> Picture:
    trusted = connections.trusted_links(image.job.connection)
    try:
        data = download.download(image.source_url, max_bytes=PICTURE_MAX_BYTES, seconds=60, trusted=trusted)
    except download.TooLarge:
        return pictures.without_sizes(b"", flaw=Flaw.TOO_LARGE)
    return pictures.read_delivery(data)


def _is_certain(image: Image, picture: Picture) -> bool:
    """Whether a flaw is the file's own, and not of its way here: the same bytes came twice.

    Nothing, or a page instead of a picture, is what a server out of order sends every time; that takes longer.
    """
    tries = image.job.tries
    if picture.flaw == Flaw.TOO_LARGE:
        return True
    if not picture.data.strip() or picture.data.lstrip().startswith((b"<", b"{")):
        return tries >= TRIES
    return image.sha256 == picture.sha256 or tries >= DOUBTED


def _postpone(job: Job) -> None:
    if timezone.now() - (job.rendered_at or job.created_at) > STORE_FOR and job.tries >= TRIES:
        jobs.abandon_pictures(job, message="The pictures could not be fetched from the provider for two days.")
        return
    jobs.look_again(job, gaps=jobs.BACKOFF)
    _refresh_links(job)


def _refresh_links(job: Job) -> None:
    """Result links expire; ask the provider for new ones before the next try."""
    attempt = job.attempts.filter(outcome=Attempt.Outcome.ACCEPTED).order_by("-id").first()
    if attempt is None or attempt.provider_job_id is None:
        return
    attempt.connection = job.connection
    if connections.is_of_earlier_account(attempt):
        return
    try:
        with connections.open_client(job.connection) as client:
            jobs.refresh_links(job, remote=client.get_job(attempt.provider_job_id))
    except ProviderError as error:
        connections.handle_fault(job.connection, error)
        log.warning("No fresh links for %s: %s", job.id, error)
