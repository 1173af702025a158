"""The contract's endpoints for a team's scripts."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from ninja.security import HttpBearer
from redis.exceptions import RedisError

from dashboard.accounts.access import Actor, find
from dashboard.api import actions, answers, parameters, photos
from dashboard.members import keys
from dashboard.presets.access import usable
from generation.contract import PLAN_LIMITS, Account, ContractError, ErrorCode, GenerateRequest, is_text
from generation.credits import ledger
from generation.errors import UserFacingError
from generation.media.folder_storage import own_links
from generation.models import Asset
from generation.provider import rate_limit
from generation.provider.contract_http import json_body, read_upload, refusal

log = logging.getLogger(__name__)
PLAN = "enterprise"
"""What we say of every key: there is no plan here, only this plan's rate."""
REQUESTS_A_MINUTE = PLAN_LIMITS[PLAN]


class TeamKey(HttpBearer):
    """Turns the bearer token into the ``Actor`` that operations find in ``request.auth``."""

    def __call__(self, request: HttpRequest) -> Actor:
        address = request.META.get("REMOTE_ADDR") or None
        acting = keys.authenticate(request.headers.get("Authorization", ""), address=address)
        if acting.api_key:
            _count_request(acting.api_key.id)
        return acting

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        raise NotImplementedError  # __call__ reads the header itself: ninja's own logs the keys it refuses


def _count_request(key_id: str) -> None:
    try:
        wait = rate_limit.take(key_id, limit=REQUESTS_A_MINUTE)
    except RedisError as error:
        log.warning("Requests are not counted at the moment: %s", error)
        return
    if wait:
        seconds = max(1, -int(-wait // 1))
        message = f"Rate limit exceeded. Try again in {seconds} seconds."
        raise ContractError(ErrorCode.RATE_LIMIT_EXCEEDED, message, retry_after=seconds)


api = NinjaAPI(title="Packshot", version="1", auth=TeamKey(), urls_namespace="v1", docs_url=None, openapi_url=None)


def _acting(request: HttpRequest) -> Actor:
    acting: Actor = request.auth  # type: ignore[attr-defined]
    return acting


@api.post("/generate")
def generate(request: HttpRequest) -> HttpResponse:
    asked = GenerateRequest.parse(json_body(request))
    return JsonResponse(answers.accepted(actions.generate(_acting(request), asked)).as_json(), status=202)


@api.get("/jobs/{job_id}")
def job(request: HttpRequest, job_id: str) -> HttpResponse:
    acting = _acting(request)
    if not is_text(job_id):
        raise Http404
    return JsonResponse(answers.show_job(find(acting, answers.jobs_of(acting.team), pk=job_id)).as_json())


@api.get("/jobs")
def jobs(request: HttpRequest, asked: Query[parameters.Jobs]) -> HttpResponse:
    rows = answers.jobs_of(_acting(request).team)
    if asked.status:
        rows = rows.filter(state__in=answers.in_status(asked.status))
    page = parameters.page(rows, asked)
    return JsonResponse(page.as_json("jobs", [answers.show_job(row).as_json() for row in page.items]))


@api.post("/training-asset")
def training_asset(request: HttpRequest) -> HttpResponse:
    product = photos.add(_acting(request), read_upload(request, trusted=own_links()))
    return JsonResponse(answers.show_asset(product.asset, product).as_json(), status=201)


@api.get("/my-uploaded-assets")
def assets(request: HttpRequest, asked: Query[parameters.Assets]) -> HttpResponse:
    page = parameters.page(Asset.objects.filter(team=_acting(request).team).order_by("-id"), asked)
    return JsonResponse(page.as_json("assets", [row.as_json() for row in answers.show_assets(list(page.items))]))


@api.get("/presets")
def presets(request: HttpRequest, asked: Query[parameters.Presets]) -> HttpResponse:
    rows = usable(_acting(request)).order_by("-id")
    if asked.category:
        rows = rows.filter(category=asked.category)
    page = parameters.page(rows.none() if asked.type == parameters.PresetType.SYSTEM else rows, asked)
    return JsonResponse(page.as_json("presets", [answers.show_preset(row).as_json() for row in page.items]))


@api.get("/me")
def me(request: HttpRequest) -> HttpResponse:
    """The team; its mail address is that of whoever issued the key."""
    acting = _acting(request)
    email = acting.api_key.created_by.email if acting.api_key else ""
    left = max(0, ledger.left(team_id=acting.team.id))
    return JsonResponse(Account(id=acting.team.id, email=email, plan=PLAN, credits=left).as_json())


@api.exception_handler(ContractError)
def _refused(request: HttpRequest, error: ContractError) -> HttpResponse:
    return refusal(error)


@api.exception_handler(ledger.InsufficientCredits)
def _unaffordable(request: HttpRequest, error: ledger.InsufficientCredits) -> HttpResponse:
    message = f"Not enough credits. Required: {error.asked}, Available: {max(0, error.left)}"
    return refusal(ContractError(ErrorCode.INSUFFICIENT_CREDITS, message))


@api.exception_handler(ledger.CapReached)
def _capped(request: HttpRequest, error: ledger.CapReached) -> HttpResponse:
    return refusal(ContractError(ErrorCode.INSUFFICIENT_CREDITS, str(error)))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first: dict[str, Any] = error.errors[0]
    reason = str(first["msg"]).removeprefix("Input ")
    return refusal(ContractError(ErrorCode.INVALID_REQUEST, f"Invalid parameter: {first['loc'][-1]} {reason}"))


@api.exception_handler(UserFacingError)
@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(ContractError(ErrorCode.FORBIDDEN, str(error)))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return refusal(ContractError(ErrorCode.NOT_FOUND, "Job not found"))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return refusal(ContractError(ErrorCode.INVALID_REQUEST, "The request body is too large."))


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(BadRequest)
@api.exception_handler(MultiPartParserError)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(ContractError(ErrorCode.INVALID_REQUEST, "The request could not be read."))


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return refusal(ContractError(ErrorCode.INTERNAL_ERROR, "The server made a mistake; nothing was charged."))
