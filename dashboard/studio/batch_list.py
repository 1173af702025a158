"""The team's batches, newest first."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.studio.batches import summaries
from dashboard.studio.titles import titles
from dashboard.ui.filters import identifier
from generation.models import Batch, Image

BATCHES = 30
"""Rows of a page; the next ones come as one scrolls."""
THUMBNAILS = 4


@members_only
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    acting, before = access.actor(request), identifier(request.GET.get("before", ""))
    rows = Batch.objects.filter(team=acting.team).select_related("project").annotate(**_thumbnails()).order_by("-id")
    found = list((rows.filter(id__lt=before) if before else rows)[: BATCHES + 1])
    shown = found[:BATCHES]
    sums, names = summaries(shown), titles(shown)
    context = {
        "batches": [
            {"row": row, "summary": sums[row.id], "title": names[row.id], "thumbnails": _shown_thumbnails(row)}
            for row in shown
            if row.id in names
        ],
        "next_url": f"?{urlencode({'before': shown[-1].id})}" if len(found) > BATCHES else "",
        "may_create": acting.may(Role.CREATOR),
    }
    return part_or_page(request, context, part="studio/_batches.html", page="studio/batches.html", is_part=bool(before))


def _thumbnails() -> dict[str, Subquery]:
    """A batch's first pictures, in the order of its jobs."""
    pictures = Image.objects.in_gallery().filter(job__batch=OuterRef("pk")).order_by("job_id", "index")
    keys = pictures.values("thumbnail")
    return {f"thumbnail_{place}": Subquery(keys[place : place + 1]) for place in range(THUMBNAILS)}


def _shown_thumbnails(row: Batch) -> list[str]:
    return [key for place in range(THUMBNAILS) if (key := getattr(row, f"thumbnail_{place}"))]


def part_or_page(request: HttpRequest, context: Any, *, part: str, page: str, is_part: bool) -> HttpResponse:
    """The next rows alone for a script, the whole page otherwise."""
    only_rows = is_part and bool(request.headers.get("HX-Request"))
    response = render(request, part if only_rows else page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
