"""A generation from acceptance to its end. Nothing else changes ``SandboxJob.status``."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from generation.contract import ContractError, ErrorCode, GenerateRequest
from generation.database.public_ids import new_id
from generation.media import pictures
from generation.provider.contract_http import check_webhook_url
from generation.sandbox import assets, books, files, presets, webhooks
from generation.sandbox.faults import Faults
from generation.sandbox.hints import hint_on_commit
from generation.sandbox.models import SandboxAsset, SandboxJob, SandboxKey
from generation.sandbox.render import UnreadablePhoto, render

Status = SandboxJob.Status
LEASE = timedelta(seconds=30)
RUNS_MAX = 3


def accept(*, key: SandboxKey, request: GenerateRequest, idempotency_key: str, faults: Faults) -> SandboxJob:
    """Charge and start a job, or return the one that the same ``idempotency_key`` started before.

    Raises ``ContractError``; nothing is stored or charged then.
    """
    known = _known(key, idempotency_key)
    if known:
        return known
    if request.webhook_url:
        check_webhook_url(request.webhook_url, trusted=webhooks.own_prefixes())
    books.require_credits(key=key, price=request.price)
    prompt = _prompt(request)
    job_id = new_id("job")
    photo, product = _photo(key, request, job_id)
    now = timezone.now()
    job = SandboxJob(
        id=job_id,
        key=key,
        idempotency_key=idempotency_key or None,
        model=request.model,
        prompt=prompt,
        photo=photo,
        product=product,
        aspect_ratio=request.aspect_ratio,
        num_images=request.num_images,
        webhook_url=request.webhook_url,
        price=request.price,
        faults=faults.as_json(),
        created_at=now,
        due_at=now + _pretend(faults),
        look_at=now,
    )
    try:
        _start(job, faults)
    except IntegrityError:
        twin = _known(key, idempotency_key)
        if twin is None:
            raise
        return twin
    if faults.webhook == "early":
        advance(job_id=job.id)
        webhooks.deliver_all(job=job)
    return job


def _known(key: SandboxKey, idempotency_key: str) -> SandboxJob | None:
    if not idempotency_key:
        return None
    return SandboxJob.objects.filter(key=key, idempotency_key=idempotency_key).first()


def _prompt(request: GenerateRequest) -> str:
    if not request.preset_id:
        return request.prompt
    preset = presets.find(request.preset_id)
    return request.prompt or preset.prompt


def _photo(key: SandboxKey, request: GenerateRequest, job_id: str) -> tuple[str, str]:
    """The storage key of the product photo, and the name of an uploaded one; a link tells none."""
    if request.asset_id:
        asset = SandboxAsset.objects.filter(key=key, pk=request.asset_id).first()
        if asset is None:
            raise ContractError(ErrorCode.NOT_FOUND, "Asset not found: asset_id")
        return asset.original, asset.name
    picture = assets.fetch_photo(request.image_url, parameter="image_url")
    return files.save(f"sandbox/photos/{job_id}.{picture.extension}", picture.data), ""


def _pretend(faults: Faults) -> timedelta:
    if faults.webhook == "early":
        return timedelta(0)
    return timedelta(seconds=settings.SANDBOX_SECONDS + faults.delay_seconds)


def _start(job: SandboxJob, faults: Faults) -> None:
    with transaction.atomic():
        job.save(force_insert=True)
        books.charge(job=job)
        if faults.webhook == "forged" and job.webhook_url:
            webhooks.announce_lie(job=job)
        if faults.webhook != "early":
            hint_on_commit("advance", job.id)


def advance(*, job_id: str) -> None:
    """Do what is due for a job: render its pictures, and end it once its pretend duration is over.

    Safe to run twice at once: one run claims the job for :data:`LEASE`, the others return.
    """
    job = _claim(job_id)
    if job is None:
        return
    if job.runs > RUNS_MAX:
        _end(job, Status.FAILED, "The generation stopped several times.")
        return
    try:
        _render_missing(job)
    except UnreadablePhoto as error:
        _end(job, Status.FAILED, str(error))
        return
    wait = (job.due_at - timezone.now()).total_seconds()
    if wait > 0:
        SandboxJob.objects.filter(pk=job.pk, status=Status.PROCESSING).update(look_at=job.due_at, runs=0)
        hint_on_commit("advance", job.id, seconds=wait)
    elif job.faults.get("failure"):
        _end(job, Status.FAILED, "The model could not generate this picture. Try another prompt.")
    else:
        _end(job, Status.COMPLETED)


def _claim(job_id: str) -> SandboxJob | None:
    now = timezone.now()
    claimed = SandboxJob.objects.filter(pk=job_id, look_at__lte=now).update(
        look_at=now + LEASE, status=Status.PROCESSING, started_at=Coalesce("started_at", now), runs=F("runs") + 1
    )
    return SandboxJob.objects.get(pk=job_id) if claimed else None


def _render_missing(job: SandboxJob) -> None:
    if job.pictures or job.faults.get("failure"):
        return
    photo = pictures.read(job.photo)
    for index in range(job.num_images):
        made = render(
            photo,
            prompt=job.prompt,
            model=job.model,
            aspect_ratio=job.aspect_ratio,
            index=index,
            seed=job.id,
            product=job.product,
            scale=settings.SANDBOX_SCALE,
        )
        key = files.save(f"sandbox/results/{job.id}/{index}.{made.mime.partition('/')[2]}", made.data)
        job.pictures.append({"key": key, "mime": made.mime, "width": made.width, "height": made.height})
    SandboxJob.objects.filter(pk=job.pk, status=Status.PROCESSING).update(pictures=job.pictures)


def _end(job: SandboxJob, status: SandboxJob.Status, message: str = "") -> None:
    with transaction.atomic():
        ended = SandboxJob.objects.filter(pk=job.pk, status=Status.PROCESSING).update(
            status=status, ended_at=timezone.now(), look_at=None, error_message=message[:500]
        )
        if not ended:
            return
        if status == Status.FAILED and not job.faults.get("charge_failure"):
            books.refund(job=job)
        if job.webhook_url:
            webhooks.announce_end(job=job)


def due(*, now: datetime) -> list[str]:
    """Ids of the jobs whose message was lost, or whose worker died."""
    return list(SandboxJob.objects.filter(look_at__lte=now).values_list("pk", flat=True)[:200])
