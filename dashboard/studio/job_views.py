"""A job's card, and what can be done with it."""

from collections.abc import Callable

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
from generation.credits.ledger import InsufficientCredits
from generation.models import Batch, Job


@members_only
@require_safe
def job_card(request: HttpRequest, job_id: str) -> HttpResponse:
    """One job as it is now, with the line of its batch and the credits, which may have moved too."""
    acting = access.actor(request)
    return _card(request, acting, access.find(acting, cards.jobs(), pk=job_id))


def _card(request: HttpRequest, acting: Actor, job: Job, started: Batch | None = None) -> HttpResponse:
    context = {
        "card": cards.card(job, acting),
        "line": cards.line(job.batch),
        "arrival": cards.arrival(started, acting) if started else None,
    }
    response = render(request, "studio/_job_update.html", context)
    return with_credits(response, acting) if job.is_finished else response


@members_only
@require_POST
def cancel_job(request: HttpRequest, job_id: str) -> HttpResponse:
    return _act(request, job_id, actions.cancel)


@members_only
@require_POST
def retry_job(request: HttpRequest, job_id: str) -> HttpResponse:
    return _act(request, job_id, actions.retry)


@members_only
@require_POST
def resolve_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """A person's decision; ``choice`` is ``retry`` or ``give_up``."""
    never_ran = request.POST.get("choice") == "retry"
    if not never_ran and request.POST.get("choice") != "give_up":
        return HttpResponse("Choose whether to try again or to give up.", status=400, content_type="text/plain")
    return _act(request, job_id, _try_again if never_ran else _give_up)


@members_only
@require_POST
def assign_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """Which of the provider's jobs it is: ``candidate`` is the provider's id."""
    chosen = request.POST.get("candidate", "")
    return _act(request, job_id, lambda acting, job: actions.assign(acting, job, provider_job_id=chosen))


def _act(request: HttpRequest, job_id: str, act: Callable[[Actor, Job], Batch | None]) -> HttpResponse:
    """Do it, and show the job's card (or row, where it stands in one) with the batch that it may have started.

    What cannot be done is said in one sentence.
    """
    acting = access.actor(request, Role.CREATOR)
    rows = Job.objects.select_related("batch", "product", "project", "connection", "preset_version")
    job = access.find(acting, rows, pk=job_id)
    by_script = request.headers.get("HX-Request")
    try:
        made, _ = once(order_of(request), lambda: _made(act(acting, job)))
    except (actions.NotPossible, InsufficientCredits) as error:
        if by_script:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect("batch", job.batch_id)
    if not by_script:
        return redirect("batch", made["batch"] or job.batch_id)
    if request.headers.get("HX-Target") == cards.row_id(job):
        fresh = cards.rows(job.batch).get(pk=job.pk)
        return with_credits(render(request, "studio/_batch_row.html", {"row": cards.row(fresh, acting)}), acting)
    started = access.find(acting, Batch, pk=made["batch"]) if made["batch"] else None
    response = _card(request, acting, access.find(acting, cards.jobs(), pk=job.pk), started)
    return with_credits(response, acting)


def _made(started: Batch | None) -> Made:
    return {"batch": started.id if started else ""}


def _try_again(acting: Actor, job: Job) -> None:
    actions.decide(acting, job, never_ran=True)


def _give_up(acting: Actor, job: Job) -> None:
    actions.decide(acting, job, never_ran=False)
