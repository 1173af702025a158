"""What a request gets whose session has ended, or is another than the page was opened in.

A browser that would show the answer goes to sign in and comes back. A script of a page that is still open hears 401
and keeps the page as it is (``static/js/session.js``): no sign-in form lands inside a grid, a panel or a lightbox.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from dashboard.ui.htmx import HtmxRequest

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HtmxRequest, Rest], HttpResponseBase]

SIGNED_OUT = "You are signed out. Sign in, and go on where you were."
RENEWED = "You have signed in again since this page was opened."
TEAM_HEADER = "Packshot-Team"
"""In which a page's script says whose page it is."""


def signed_in(view: "View[Rest]") -> "View[Rest]":
    """Ask the stranger to sign in."""

    @wraps(view)
    def seen(request: HtmxRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return to_the_script(SIGNED_OUT) if is_script(request) else redirect_to_login(_page_of(request))

    return seen


def is_script(request: HtmxRequest) -> bool:
    """Whether the answer goes to a script: ours say so, and browsers where they trust the address."""
    return bool(request.htmx) or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def to_the_script(sentence: str, status: int = 401) -> HttpResponse:
    headers = {"WWW-Authenticate": "Cookie"} if status == 401 else {}  # RFC 9110 wants one; browsers ask nothing for it
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8", headers=headers)


def _page_of(request: HttpRequest) -> str:
    """Where to come back to. What a form sent is not sent again: its page is."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    place = urlsplit(referer)
    return (f"{place.path}?{place.query}" if place.query else place.path) if ours and place.path else "/"


def stale(request: HtmxRequest, reason: str = "") -> HttpResponse:
    """What a form gets whose token is not the session's (Django's ``CSRF_FAILURE_VIEW``): nothing was changed."""
    if is_script(request):
        return to_the_script(RENEWED if request.user.is_authenticated else SIGNED_OUT)
    return render(request, "403_csrf.html", status=403)
