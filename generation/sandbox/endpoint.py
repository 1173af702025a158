"""What every endpoint shares: the key, the fault switches, and errors in the contract's form."""

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from generation.contract import ContractError, ErrorCode
from generation.provider.contract_http import json_body, refusal, wrong_method
from generation.sandbox import keys, limits
from generation.sandbox.faults import BadFaults, Faults
from generation.sandbox.models import SandboxKey

logger = logging.getLogger(__name__)
_CUT_SHORT = 512


@dataclass(frozen=True)
class Call:
    """A request with its known key and the switches in force."""

    request: HttpRequest
    key: SandboxKey
    faults: Faults

    def json(self) -> Any:
        """The decoded body. Raises ``ContractError(invalid_request)``."""
        return json_body(self.request)


View = Callable[..., HttpResponseBase]


def endpoint(verb: str, *, name: str = "", counts: bool = True) -> Callable[[View], View]:
    """Wrap ``view(call, **path)``; ``name`` is what the ``on`` of fault switches calls it.

    It ``counts`` in the plan's requests unless it is no part of the contract.
    """

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, **path: str) -> HttpResponseBase:
            try:
                return _answer(view, request, verb, name, path, counts=counts)
            except ContractError as error:
                return refusal(error)
            except RequestDataTooBig:
                return refusal(ContractError(ErrorCode.INVALID_REQUEST, "The request body is too large."))
            except (SuspiciousOperation, BadRequest, MultiPartParserError):
                return refusal(ContractError(ErrorCode.INVALID_REQUEST, "The request could not be read."))
            except Exception:
                logger.exception("%s %s", request.method, request.path)
                return refusal(ContractError(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side."))

        return answer

    return wrap


def _answer(
    view: View, request: HttpRequest, verb: str, name: str, path: dict[str, str], *, counts: bool
) -> HttpResponseBase:
    if request.method != verb:
        return wrong_method(verb)
    key = keys.authenticate(request.headers.get("Authorization", ""))
    faults = _faults(request, key, name)
    if faults.refuse:
        return _refuse(faults)
    if counts:
        limits.count_request(key=key)
    done = view(Call(request, key, faults), **path)
    time.sleep(faults.answer_after_seconds)
    return _cut() if faults.drop_answer else done


def _faults(request: HttpRequest, key: SandboxKey, name: str) -> Faults:
    given = request.headers.get("X-Sandbox-Faults", "")
    if not given:
        return keys.take_faults(key=key, endpoint=name)
    try:
        faults = Faults.read(given)
    except BadFaults as error:
        raise ContractError(ErrorCode.INVALID_REQUEST, f"X-Sandbox-Faults: {error}") from error
    return faults if faults.on == name else Faults()


def _refuse(faults: Faults) -> HttpResponse:
    wait = faults.retry_after
    refusals = {
        401: ContractError(ErrorCode.UNAUTHORIZED, "Invalid or missing API key"),
        402: ContractError(ErrorCode.INSUFFICIENT_CREDITS, "Not enough credits. Required: 5, Available: 0"),
        403: ContractError(ErrorCode.FORBIDDEN, "This API key is suspended"),
        429: ContractError(
            ErrorCode.RATE_LIMIT_EXCEEDED, f"Rate limit exceeded. Try again in {wait} seconds.", retry_after=wait
        ),
    }
    broken = ContractError(ErrorCode.INTERNAL_ERROR, "Something went wrong on our side.")
    return refusal(refusals.get(faults.refuse, broken), status=faults.refuse)


def _cut() -> HttpResponse:
    """An answer that promises more bytes than it has, so that the server closes the connection inside it."""
    return HttpResponse(b"", status=202, headers={"Content-Length": str(_CUT_SHORT)}, content_type="application/json")
