"""Where a request comes from, behind as many proxies as the settings say."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


@sync_and_async_middleware
def client_address(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Answer]:
    """Put the client's address into ``REMOTE_ADDR``: the audit log, throttling and the list of sessions read it there.

    Each proxy adds whom it heard from at the end of ``X-Forwarded-For``. What stands before the entries of our own
    proxies was written by the client and is believed by nobody.
    """
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            _correct(request)
            answer: HttpResponseBase = await get_response(request)
            return answer

        return later

    def now(request: HttpRequest) -> HttpResponseBase:
        _correct(request)
        answer: HttpResponseBase = get_response(request)
        return answer

    return now


def _correct(request: HttpRequest) -> None:
    heard_from = request.headers.get("X-Forwarded-For", "").split(",")
    try:
        known = ip_address(heard_from[-settings.TRUSTED_PROXIES].strip()) if settings.TRUSTED_PROXIES else None
    except (IndexError, ValueError):
        return  # it came past our proxies
    if known:
        request.META["REMOTE_ADDR"] = str(known)
