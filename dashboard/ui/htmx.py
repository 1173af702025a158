"""Pages of which the page's script may ask for a part."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request as ``HtmxMiddleware`` leaves it: ``htmx`` is true where a script asks."""

    htmx: HtmxDetails


def part_or_page(
    request: HtmxRequest, context: Any, *, part: str, page: str, is_part: bool = True, status: int | None = None
) -> HttpResponse:
    """``part`` alone where a script asks for it, the whole ``page`` otherwise.

    One address answers both: browsers must not show the part for the page.
    """
    response = render(request, part if request.htmx and is_part else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
