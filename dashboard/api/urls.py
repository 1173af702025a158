"""Included under ``/v1/``. What ninja does not know is refused in the contract's words too."""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from dashboard.api.v1 import api
from generation.contract import ContractError, ErrorCode
from generation.provider.contract_http import refusal, wrong_method


def _in_contract(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @functools.wraps(view)
    def answer(request: HttpRequest, **path: str) -> HttpResponseBase:
        given = view(request, **path)
        return wrong_method(given["Allow"]) if given.status_code == 405 else given

    return answer


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponseBase:
    return refusal(ContractError(ErrorCode.NOT_FOUND, "There is no such endpoint."))


app_name = "v1"
urlpatterns = [
    URLPattern(known.pattern, _in_contract(known.callback), known.default_args, known.name)
    for known in api.urls[0]
    if isinstance(known, URLPattern) and known.name != "api-root"
] + [re_path(r"", unknown)]
