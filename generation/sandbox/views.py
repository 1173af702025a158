"""The documented endpoints."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from generation.contract import Account, ContractError, ErrorCode, GenerateRequest, RemotePreset, is_text
from generation.media import pictures
from generation.provider.contract_http import read_upload, refusal
from generation.sandbox import answers, assets, files, jobs, keys, presets, previews
from generation.sandbox.books import books
from generation.sandbox.endpoint import Call, endpoint
from generation.sandbox.faults import BadFaults, Faults
from generation.sandbox.models import SandboxAsset, SandboxJob
from generation.sandbox.parameters import choice, page_of

_IDEMPOTENCY_KEY_MAX = 255


@endpoint("POST", name="generate")
def generate(call: Call) -> HttpResponse:
    request = GenerateRequest.parse(call.json())
    idempotency_key = call.request.headers.get("Idempotency-Key", "")
    if len(idempotency_key) > _IDEMPOTENCY_KEY_MAX:
        message = f"Invalid parameter: Idempotency-Key must have at most {_IDEMPOTENCY_KEY_MAX} characters"
        raise ContractError(ErrorCode.INVALID_REQUEST, message)
    job = jobs.accept(key=call.key, request=request, idempotency_key=idempotency_key, faults=call.faults)
    return JsonResponse(answers.accepted(job).as_json(), status=202)


@endpoint("GET", name="jobs")
def job(call: Call, job_id: str) -> HttpResponse:
    found = SandboxJob.objects.filter(key=call.key, pk=job_id).first() if is_text(job_id) else None
    if found is None:
        raise ContractError(ErrorCode.NOT_FOUND, "Job not found")
    expired = found.status == SandboxJob.Status.COMPLETED and keys.spend_fault(job=found, name="expired_links")
    return JsonResponse(answers.show(found, expired_links=expired).as_json())


@endpoint("GET", name="jobs")
def job_list(call: Call) -> HttpResponse:
    status = choice(call.request, "status", SandboxJob.Status.values)
    rows = SandboxJob.objects.filter(key=call.key).order_by("-pk")
    page = page_of(call.request, rows.filter(status=status) if status else rows, default=20)
    return JsonResponse(page.as_json("jobs", [answers.show(row).as_json() for row in page.items]))


@endpoint("POST", name="training-asset")
def training_asset(call: Call) -> HttpResponse:
    upload = read_upload(call.request, trusted=files.own_prefixes())
    asset = assets.add_asset(key=call.key, upload=upload)
    return JsonResponse(assets.show(asset).as_json(), status=201)


@endpoint("GET", name="training-asset")
def asset_list(call: Call) -> HttpResponse:
    page = page_of(call.request, SandboxAsset.objects.filter(key=call.key).order_by("-pk"), default=50)
    return JsonResponse(page.as_json("assets", [assets.show(asset).as_json() for asset in page.items]))


@endpoint("GET")
def preset_list(call: Call) -> HttpResponse:
    category = choice(call.request, "category", presets.CATEGORIES)
    kind = choice(call.request, "type", presets.TYPES)
    page = page_of(call.request, presets.select(category=category, type=kind), default=50)
    return JsonResponse(page.as_json("presets", [_show_preset(preset) for preset in page.items]))


def _show_preset(preset: RemotePreset) -> dict[str, object]:
    return preset.as_json() | {"thumbnail_url": previews.link(preset.preset_id)}


@endpoint("GET", name="me")
def me(call: Call) -> HttpResponse:
    account = Account(id=call.key.id, email=call.key.email, plan=call.key.plan, credits=call.key.credits)
    return JsonResponse(account.as_json())


@endpoint("GET", counts=False)
def books_of_key(call: Call) -> HttpResponse:
    """Only the sandbox has this: ``{"balance", "charges": [{"job_id", "credits", "kind"}]}``."""
    return JsonResponse(books(call.key).as_json())


@endpoint("PUT", counts=False)
def faults_of_key(call: Call) -> HttpResponse:
    """Only the sandbox has this: store fault switches on the key; ``{}`` clears them."""
    try:
        faults = Faults.parse(call.json())
    except BadFaults as error:
        raise ContractError(ErrorCode.INVALID_REQUEST, str(error)) from error
    keys.set_faults(key=call.key, faults=faults)
    return JsonResponse(faults.as_json())


@require_safe
def preset_preview(request: HttpRequest, preset_id: str) -> HttpResponse:
    try:
        data = previews.preview(presets.find(preset_id))
    except ContractError as error:
        return refusal(error)
    return HttpResponse(data, content_type="image/webp", headers={"Cache-Control": "public, max-age=86400"})


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponse:
    """A stored picture; the link itself is the permission."""
    try:
        linked = files.resolve(token)
        data = pictures.read(linked.key)
    except files.SandboxLinkExpired:
        return HttpResponse("This link has expired.", status=410, content_type="text/plain")
    except files.LinkInvalid:
        return HttpResponse("This link is not valid.", status=403, content_type="text/plain")
    except FileNotFoundError:
        return HttpResponse("This file is gone.", status=404, content_type="text/plain")
    made_by = SandboxJob.objects.filter(pk=linked.job_id).first() if linked.job_id else None
    if made_by and keys.spend_fault(job=made_by, name="wrong_type"):
        return HttpResponse("<!doctype html><title>Please wait</title>", content_type="text/html")
    if made_by and keys.spend_fault(job=made_by, name="truncated_bytes"):
        data = data[: len(data) // 2]
    return HttpResponse(data, content_type=linked.mime, headers={"Cache-Control": "private, max-age=300"})


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    return refusal(ContractError(ErrorCode.NOT_FOUND, "There is no such endpoint."))
