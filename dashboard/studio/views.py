"""The generate page: one screen from products to a price to pictures."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.idempotency import made_before, once
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import order_of, ordered_once
from dashboard.accounts.views import members_only
from dashboard.presets.brand import palette
from dashboard.presets.models import Preset
from dashboard.shell.context import BACKGROUND_IS_SILENT, frame_of
from dashboard.spend.caps import queries
from dashboard.spend.caps.why import why
from dashboard.studio import actions, cards, duplicates, tray
from dashboard.studio.forms import GenerateForm
from dashboard.studio.plan import BatchPlan, Trim
from dashboard.studio.prefill import prefill
from dashboard.studio.quote import quote
from dashboard.ui.htmx import HtmxRequest
from generation.contract import CATALOGUE, PICTURES_MAX, AspectRatio
from generation.credits.ledger import CapReached
from generation.database.redis_client import breaker
from generation.errors import UserFacingError
from generation.models import Batch, Job

MAKE_NEW, MAKE_ALL = "new", "all"
"""What may be chosen when some of the pictures exist."""
STALE_TRIM = "Your selection has changed since it was trimmed. Check the new price and press again."


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def generate(request: HtmxRequest) -> HttpResponse:
    """The page, and its one POST that starts a batch."""
    if request.method != "POST":
        acting = access.actor(request)
        form = GenerateForm(acting=acting, initial=prefill(acting, request.GET))
        return _page(request, form, BatchPlan.of(form), words=request.GET.get("q", ""))

    acting = access.actor(request, Role.CREATOR)
    order = order_of(request)
    made = made_before(order)
    if made is None:
        form, trim = GenerateForm(request.POST, acting=acting), Trim.read(request.POST)
        plan = BatchPlan.of(form).trimmed(trim)
        if form.is_valid() and trim != plan.trim:
            form.add_error(None, STALE_TRIM)
        if not form.is_valid():
            return _refused(request, form, plan)

        specs, choice = plan.to_start, request.POST.get("duplicates")
        if choice != MAKE_ALL:
            existing = duplicates.find(acting, specs)
            if existing.made and (choice != MAKE_NEW or not existing.new):
                # Nothing is charged yet: some of the pictures exist, and may be used for free.
                return _refused(request, form, plan, offered=True)
            specs = existing.new
        try:
            made, _ = once(order, lambda: {"batch": actions.start(acting, specs=specs).id})
        except UserFacingError as error:
            form.add_error(None, str(error))
            return _refused(request, form, plan, stopped=error if isinstance(error, CapReached) else None)

    if not request.htmx:
        return redirect("generate")
    (arrival,) = cards.arrivals([access.find(acting, Batch, pk=made["batch"])], acting)
    return with_credits(request, render(request, "studio/_started.html", {"arrival": arrival}))


@members_only
@require_POST
def live_quote(request: HtmxRequest) -> HttpResponse:
    """The price of the form as it is typed; ``trim`` is how many jobs it is to be cut to, nothing for all again."""
    acting = access.actor(request, Role.CREATOR)
    form = GenerateForm(request.POST, acting=acting)
    plan = BatchPlan.of(form)
    pressed = {"take": request.POST["trim"], "take_of": plan.requested} if "trim" in request.POST else request.POST
    plan = plan.trimmed(Trim.read(pressed))
    form.forgive()
    if not request.htmx:
        return _page(request, form, plan)
    context = _requested(request, form, plan) | {"new_fields": form.layout != request.POST.get("layout")}
    return render(request, "studio/_live_quote.html", context)


@members_only
@require_POST
@ordered_once
def make_again(request: HttpRequest, job_id: str) -> HttpResponse:
    """Ask for the same once more, without a form."""
    acting = access.actor(request, Role.CREATOR)
    rows = Job.objects.select_related("product", "project", "asset", "preset_version")
    try:
        actions.rerun(acting, access.find(acting, rows, pk=job_id))
    except UserFacingError as error:
        messages.error(request, str(error))
    return redirect("generate")


def with_credits(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the page's script what is left now, and why nothing goes on where that is so."""
    events: dict[str, Any] = {"credits": {"left": frame_of(request).credits_left}}
    if breaker.is_open:
        events["toast"] = {"text": BACKGROUND_IS_SILENT}
    response["HX-Trigger"] = json.dumps(events)
    return response


def _refused(
    request: HtmxRequest,
    form: GenerateForm,
    plan: BatchPlan,
    *,
    offered: bool = False,
    stopped: CapReached | None = None,
) -> HttpResponse:
    """The form again, as it was typed, with a sentence beside what is wrong; or the price alone, with an offer."""
    if not request.htmx:
        return _page(request, form, plan, status=422, offered=offered, stopped=stopped)
    context = _requested(request, form, plan, offered=offered, stopped=stopped)
    if offered:
        response = render(request, "studio/_quote.html", context, status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#quote", "innerHTML"
    else:
        response = render(request, "studio/_form.html", context | _choices(form), status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#generate", "outerHTML"
    return response


def _page(
    request: HttpRequest, form: GenerateForm, plan: BatchPlan, *, status: int = 200, words: str = "", **more: Any
) -> HttpResponse:
    """The whole page; ``more`` is for :func:`_requested`."""
    acting = form.acting
    newest = Batch.objects.filter(team=acting.team, member=acting.user).order_by("-id")[: cards.RECENT]
    context = _requested(request, form, plan, **more) | _choices(form, words=words)
    context |= {"arrivals": cards.arrivals(newest, acting), "connection": frame_of(request).connection}
    return render(request, "studio/generate.html", context, status=status)


def _requested(
    request: HttpRequest,
    form: GenerateForm,
    plan: BatchPlan,
    *,
    offered: bool = False,
    stopped: CapReached | None = None,
) -> dict[str, Any]:
    """What is requested: its price, its words and the fields of its presets.

    ``stopped`` is what refused a press; without it the quote says whether a cap would.
    """
    acting, frame = form.acting, frame_of(request)
    price = quote(acting, plan, credits_left=frame.credits_left, connection=frame.connection)
    if stopped:
        reason = why(acting, queries.row(acting, stopped.standing.cap), asked=stopped.asked)
    elif price.is_short and price.tightest.row:
        reason = why(acting, price.tightest.row, asked=plan.credits)
    else:
        reason = None
    return {
        "form": form,
        "plan": plan,
        "quote": price,
        "why": reason,
        "offered": offered,
        "common_fields": [form[question.field] for question in form.questions],
        "singles": [
            (product, [form[question.field_of(product.pk)] for question in form.questions])
            for product in form.single_products
        ],
        "palette": palette(form.kit),
    }


def _choices(form: GenerateForm, *, words: str = "") -> dict[str, Any]:
    """What the form offers."""
    acting = form.acting
    return {
        "variation_of": form.parent_job,
        "presets": form.presets,
        "categories": Preset.Category.choices,
        "models": CATALOGUE.values(),
        "shapes": list(AspectRatio),
        "counts": range(1, PICTURES_MAX + 1),
        "may_create": acting.may(Role.CREATOR),
        **tray.context(
            acting,
            words=words,
            chosen=list(form.chosen_photos),
            photos={pk: {photo.pk for photo in photos} for pk, photos in form.chosen_photos.items()},
        ),
    }
