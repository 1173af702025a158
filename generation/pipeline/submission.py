"""One claimed job to the provider: at most one POST, and everything that is known of it written down."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from generation.contract import GenerateRequest
from generation.media import pictures
from generation.models import Asset, Attempt, Job
from generation.pipeline import jobs
from generation.provider import connections, rate_limit
from generation.provider.client import (
    Client,
    KeyRefused,
    NotSent,
    OutcomeUnknown,
    OutOfCredits,
    ProviderError,
    Refused,
    Unusable,
)

LINK_SECONDS = 3600


def submit(job: Job) -> None:
    """Post a claimed job. Its slot of the rate limit counts from the answer, or is free again if nothing was sent."""
    with connections.open_client(job.connection) as client:
        sent = False
        try:
            photo = _photo(job, client)
        except ProviderError as error:
            _turned_away(job, error, attempt=None)
        except FileNotFoundError:
            jobs.refuse(job, code="photo_missing", message="The product's photo is no longer in the storage.")
        except OSError as error:  # the storage is out of order
            jobs.requeue(job, due_at=timezone.now() + jobs.gap(jobs.BACKOFF, job.tries), detail=str(error))
        else:
            sent = _post(job, client, photo)
    if sent:
        rate_limit.stamp(job.connection_id, job.id)
    else:
        rate_limit.give_back(job.connection_id, job.id)


def _photo(job: Job, client: Client) -> dict[str, str]:
    """The request's ``image_url`` or ``asset_id``; a photo is uploaded once and reused."""
    asset = job.asset
    if connections.reads_links(job.connection):
        return {"image_url": pictures.link(asset.original, seconds=LINK_SECONDS)}
    if not asset.provider_id:
        name = asset.original.rsplit("/", 1)[-1]
        remote = client.upload_asset(
            pictures.read(asset.original), filename=name, mime=asset.mime, name=job.product.name
        )
        with transaction.atomic():
            if connections.lock_unchanged(job.connection):  # another account does not have it
                asset.provider_id = remote.asset_id
                Asset.objects.filter(pk=asset.pk).update(provider_id=remote.asset_id)
    return {"asset_id": asset.provider_id}


def _post(job: Job, client: Client, photo: dict[str, str]) -> bool:
    """Whether a request may have reached the provider."""
    with transaction.atomic():
        # Another worker may have met a 429 during our upload, or an admin may have led the connection elsewhere.
        unchanged = connections.lock_unchanged(job.connection)
        if not unchanged or not connections.takes_jobs(job.connection):
            jobs.requeue(job, due_at=timezone.now())
            return False
        begun = jobs.begin_attempt(job)
    if begun is None:
        return False
    attempt, token = begun
    request = GenerateRequest(
        model=job.model,
        prompt=job.prompt,
        preset_id=job.provider_preset,
        num_images=job.num_images,
        aspect_ratio=job.aspect_ratio,
        webhook_url=connections.hook_address(job.connection, token),
        **photo,
    )
    try:
        answer = client.submit(request, idempotency_key=attempt.id)
    except OutcomeUnknown as error:
        if isinstance(error, Unusable):
            jobs.keep_answer(attempt, answer=error.answer)
        jobs.mark_unknown(job, attempt=attempt, detail=str(error))
    except ProviderError as error:
        if isinstance(error, Refused) and error.status == 404:
            # It may be the photo that the provider no longer knows; another try uploads it anew.
            Asset.objects.filter(pk=job.asset_id).update(provider_id="")
        _turned_away(job, error, attempt=attempt)
        return not isinstance(error, NotSent)
    else:
        jobs.accepted(attempt, provider_job_id=answer.job_id)
    return True


def _turned_away(job: Job, error: ProviderError, *, attempt: Attempt | None) -> None:
    """The job certainly does not run at the provider; pause the connection where the reason is the connection's."""
    if isinstance(error, Refused):
        jobs.refuse(job, code=error.code, message=str(error), attempt=attempt)
    elif isinstance(error, Unusable):
        jobs.refuse(job, code="photo_unusable", message=f"The photo was uploaded in vain. {error}")
    else:
        jobs.requeue(job, due_at=_due(job, error), attempt=attempt, detail=str(error))


def _due(job: Job, error: ProviderError) -> datetime:
    until = connections.handle_fault(job.connection, error)
    if until or isinstance(error, KeyRefused | OutOfCredits):
        return until or timezone.now()
    # Nothing was sent; or an upload's answer was lost, which costs no more than a second upload.
    return timezone.now() + jobs.gap(jobs.BACKOFF, job.tries)
