"""The page of a batch: how far it is, its jobs as they move, and what can be done with all of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.studio import batch_actions, batch_csv, cards, estimate
from dashboard.studio.batches import GROUPS, BatchGroup, summaries
from dashboard.studio.titles import titles
from dashboard.ui.filters import identifier
from dashboard.ui.htmx import HtmxRequest, part_or_page
from generation.errors import UserFacingError
from generation.models import Batch, Connection
from generation.plurals import counted

JOBS = 50
"""Rows of a page; the next ones come as one scrolls."""
SEEN = 60
"""Rows that a page may ask for anew at once."""
GROUP_OF_NAME = {group.name: group for group in GROUPS}


@members_only
@require_safe
def batch(request: HtmxRequest, batch_id: str) -> HttpResponse:
    """One batch: how far it is, and its jobs in keyset pages, all or those of one state."""
    acting, after = access.actor(request), identifier(request.GET.get("after", ""))
    row, group = _find(acting, batch_id), GROUP_OF_NAME.get(request.GET.get("state", ""))
    jobs = cards.batch_jobs(row).filter(id__gt=after)
    if group:
        jobs = jobs.filter(state__in=group.states)
    page = list(jobs[: JOBS + 1])
    address = {"state": group.name} if group else {}
    context = {
        "batch": row,
        "jobs": cards.rows(page[:JOBS], acting),
        "next_url": f"?{urlencode(address | {'after': page[JOBS - 1].id})}" if len(page) > JOBS else "",
    }
    if not (after and request.htmx):
        context |= _summary(acting, row, group) | {"title": titles([row])[row.id]}
    return part_or_page(request, context, part="studio/_batch_rows.html", page="studio/batch.html", is_part=bool(after))


@members_only
@require_safe
def batch_now(request: HttpRequest, batch_id: str) -> HttpResponse:
    """The summary as it is now, with those rows (``row``, repeated) that the page has in view."""
    acting = access.actor(request)
    row, group = _find(acting, batch_id), GROUP_OF_NAME.get(request.GET.get("state", ""))
    wanted = [identifier(job_id) for job_id in request.GET.getlist("row")[:SEEN]]
    jobs = cards.batch_jobs(row).filter(pk__in=wanted) if wanted else []
    context = _summary(acting, row, group) | {"jobs": cards.rows(jobs, acting)}
    return render(request, "studio/_batch_now.html", context)


def _find(acting: Actor, batch_id: str) -> Batch:
    return access.find(acting, Batch.objects.select_related("project", "member"), pk=batch_id)


def _summary(acting: Actor, row: Batch, group: BatchGroup | None) -> dict[str, Any]:
    """The context of ``studio/_batch_summary.html``."""
    summary = summaries([row])[row.id]
    seconds = None
    if summary.queued or summary.jobs["rendering"]:
        seconds = estimate.seconds_left(
            Connection.objects.get(team=row.team_id),
            queued=summary.queued,
            running=summary.jobs["rendering"],
            pace=summary.pace,
            batch_id=row.id,
        )
    return {
        "batch": row,
        "summary": summary,
        "left": estimate.words(seconds),
        "group": group,
        "may_create": acting.may(Role.CREATOR),
    }


@members_only
@require_POST
@ordered_once
def retry_batch(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Try everything that failed again, for the ``credits`` that the button said."""
    acting = access.actor(request, Role.CREATOR)
    row = _find(acting, batch_id)
    agreed = request.POST.get("credits", "")
    try:
        started = batch_actions.retry_failed(
            acting, row, agreed=int(agreed) if agreed.isdecimal() and len(agreed) < 10 else 0
        )
    except UserFacingError as error:
        messages.error(request, str(error))
        return redirect("batch", row.id)
    return redirect("batch", started.id)


@members_only
@require_POST
@ordered_once
def cancel_batch(request: HttpRequest, batch_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = _find(acting, batch_id)
    try:
        ended = batch_actions.cancel_rest(acting, row)
    except UserFacingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{counted(ended, 'job')} cancelled. Their credits are back.")
    return redirect("batch", row.id)


@members_only
@require_safe
def batch_csv_file(request: HttpRequest, batch_id: str) -> StreamingHttpResponse:
    """Every job of the batch for a spreadsheet."""
    row = _find(access.actor(request), batch_id)
    headers = {"Content-Disposition": f'attachment; filename="{row.id}.csv"'}
    return StreamingHttpResponse(batch_csv.lines(row), "text/csv; charset=utf-8", headers=headers)
