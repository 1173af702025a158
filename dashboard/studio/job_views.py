"""A job's card, and what can be done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.idempotency import Made, once
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import order_of
from dashboard.accounts.views import members_only
from dashboard.studio import actions, cards
from dashboard.studio.views import with_credits
from dashboard.ui.htmx import HtmxRequest
from generation.errors import UserFacingError
from generation.models import Batch, Job


@members_only
@require_safe
def job_card(request: HttpRequest, job_id: str) -> HttpResponse:
    """One job as it is now, with the progress of its batch and the credits, which may have moved too."""
    acting = access.actor(request)
    job = access.find(acting, cards.jobs(), pk=job_id)
    response = render(request, "studio/_job_update.html", _card(job, acting))
    return with_credits(request, response) if job.is_finished else response


@members_only
@require_POST
def cancel_job(request: HtmxRequest, job_id: str) -> HttpResponse:
    return _act(request, job_id, actions.cancel)


@members_only
@require_POST
def retry_job(request: HtmxRequest, job_id: str) -> HttpResponse:
    return _act(request, job_id, actions.retry)


@members_only
@require_POST
def resolve_job(request: HtmxRequest, job_id: str) -> HttpResponse:
    """A person's decision; ``choice`` is ``retry`` or ``give_up``."""
    never_ran = request.POST.get("choice") == "retry"
    if not never_ran and request.POST.get("choice") != "give_up":
        return HttpResponse("Choose whether to try again or to give up.", status=400, content_type="text/plain")
    return _act(request, job_id, lambda acting, job: actions.decide(acting, job, never_ran=never_ran))


@members_only
@require_POST
def assign_job(request: HtmxRequest, job_id: str) -> HttpResponse:
    """Which of the provider's jobs it is: ``candidate`` is the provider's id."""
    chosen = request.POST.get("candidate", "")
    return _act(request, job_id, lambda acting, job: actions.assign(acting, job, provider_job_id=chosen))


def _act(request: HtmxRequest, job_id: str, act: Callable[[Actor, Job], Batch | None]) -> HttpResponse:
    """Do it, and show the job's card (or row, where it stands in one) with the batch that it may have started.

    What cannot be done is said in one sentence.
    """
    acting = access.actor(request, Role.CREATOR)
    rows = Job.objects.select_related("batch", "product", "project", "connection", "preset_version")
    job = access.find(acting, rows, pk=job_id)

    def make() -> Made:
        started = act(acting, job)
        return {"batch": started.id if started else ""}

    try:
        made, _ = once(order_of(request), make)
    except UserFacingError as error:
        if request.htmx:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect("batch", job.batch_id)
    if not request.htmx:
        return redirect("batch", made["batch"] or job.batch_id)
    if request.htmx.target == cards.row_id(job):
        (row,) = cards.rows(cards.batch_jobs(job.batch).filter(pk=job.pk), acting)
        return with_credits(request, render(request, "studio/_batch_row.html", {"job": row}))
    context = _card(access.find(acting, cards.jobs(), pk=job.pk), acting)
    if made["batch"]:
        (context["arrival"],) = cards.arrivals([access.find(acting, Batch, pk=made["batch"])], acting)
    return with_credits(request, render(request, "studio/_job_update.html", context))


def _card(job: Job, acting: Actor) -> dict[str, Any]:
    """The context of ``studio/_job_update.html`` for a row of :func:`cards.jobs`."""
    return {"job": cards.cards([job], acting)[0], "progress": cards.progress([job.batch])[job.batch_id]}
