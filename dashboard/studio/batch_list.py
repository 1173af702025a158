"""The team's batches, newest first."""

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.studio.batches import summaries
from dashboard.studio.titles import titles
from dashboard.ui.filters import identifier
from dashboard.ui.htmx import HtmxRequest, part_or_page
from generation.models import Batch, Image

BATCHES = 30
"""Rows of a page; the next ones come as one scrolls."""
THUMBNAILS = tuple(f"thumbnail_{place}" for place in range(4))
"""Columns with a batch's first pictures, in the order of its jobs."""


@members_only
@require_safe
def batches(request: HtmxRequest) -> HttpResponse:
    acting, before = access.actor(request), identifier(request.GET.get("before", ""))
    pictures = Image.objects.with_thumbnail().filter(job__batch=OuterRef("pk")).order_by("job_id", "index")
    keys = pictures.values("thumbnail")
    thumbnails = {name: Subquery(keys[place : place + 1]) for place, name in enumerate(THUMBNAILS)}
    rows = Batch.objects.filter(team=acting.team).select_related("project").annotate(**thumbnails).order_by("-id")
    page = list((rows.filter(id__lt=before) if before else rows)[: BATCHES + 1])
    shown = page[:BATCHES]
    sums, names = summaries(shown), titles(shown)
    context = {
        "batches": [
            {
                "row": row,
                "summary": sums[row.id],
                "title": names[row.id],
                "thumbnails": [key for name in THUMBNAILS if (key := getattr(row, name))],
            }
            for row in shown
            if row.id in names
        ],
        "next_url": f"?{urlencode({'before': shown[-1].id})}" if len(page) > BATCHES else "",
        "may_create": acting.may(Role.CREATOR),
    }
    return part_or_page(request, context, part="studio/_batches.html", page="studio/batches.html", is_part=bool(before))
