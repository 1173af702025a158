"""The generate page: one screen from products to a price to pictures."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.idempotency import made_before, once
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import order_of, ordered_once
from dashboard.accounts.views import members_only
from dashboard.presets.brand import palette
from dashboard.presets.models import Preset
from dashboard.projects.library import search
from dashboard.projects.models import Product
from dashboard.shell.context import BACKGROUND_IS_SILENT
from dashboard.spend.caps import queries
from dashboard.spend.caps.why import Why, why
from dashboard.studio import actions, cards, duplicates
from dashboard.studio.actions import JobSpec
from dashboard.studio.forms import GenerateForm
from dashboard.studio.prefill import prefill
from dashboard.studio.quote import Quote, Trim, asked, quote
from dashboard.ui.filters import identifier
from dashboard.ui.search import Search
from generation.contract import CATALOGUE, PICTURES_MAX, AspectRatio
from generation.credits import ledger
from generation.credits.ledger import CapReached, InsufficientCredits
from generation.database.redis_client import breaker
from generation.models import Batch, Connection, Job

TRAY = 60
"""Products that the tray shows at once; the others are found by searching."""
MAKE_NEW, MAKE_ALL = "new", "all"
"""What may be chosen when some of the pictures exist."""
STALE_TRIM = "What you chose has changed since it was trimmed. Look at the new price and press again."


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def generate(request: HttpRequest) -> HttpResponse:
    """The page, and its one POST that starts a batch."""
    if request.method == "POST":
        return _start(request)
    acting = access.actor(request)
    form = GenerateForm(acting=acting, initial=prefill(acting, request.GET))
    return _page(request, form, words=request.GET.get("q", ""))


def _page(request: HttpRequest, form: GenerateForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = _context(form, **more) | {"arrivals": cards.recent(form.acting)}
    return render(request, "studio/generate.html", context, status=status)


def _start(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    if made := made_before(order_of(request)):
        return _started(request, acting, made["batch"])
    form = GenerateForm(request.POST, acting=acting)
    trim = Trim.read(request.POST)
    if form.is_valid() and trim and trim.of != len(form.specs):
        form.add_error(None, STALE_TRIM)
    if not form.is_valid():
        return _refused(request, form)
    specs = form.specs[: trim.take] if trim else form.specs
    choice = request.POST.get("repeats")
    if choice != MAKE_ALL:
        found = duplicates.find(acting, specs)
        if found.made and (choice != MAKE_NEW or not found.new):
            return _offered(request, form, trim)
        specs = found.new
    return _batch(request, form, specs, trim)


def _batch(request: HttpRequest, form: GenerateForm, specs: list[JobSpec], trim: Trim | None) -> HttpResponse:
    try:
        made, _ = once(order_of(request), lambda: {"batch": actions.start(form.acting, specs=specs).id})
    except (InsufficientCredits, actions.NotPossible) as error:
        form.add_error(None, str(error))
        return _refused(request, form, trim, stopped=error if isinstance(error, CapReached) else None)
    return _started(request, form.acting, made["batch"])


def _started(request: HttpRequest, acting: Actor, batch_id: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("generate")
    batch = access.find(acting, Batch, pk=batch_id)
    response = render(request, "studio/_started.html", {"arrival": cards.arrival(batch, acting)})
    return with_credits(response, acting)


def _refused(
    request: HttpRequest, form: GenerateForm, trim: Trim | None = None, *, stopped: CapReached | None = None
) -> HttpResponse:
    """The form again, as it was typed, with a sentence beside what is wrong."""
    if not request.headers.get("HX-Request"):
        return _page(request, form, status=422, trim=trim, stopped=stopped)
    response = render(request, "studio/_form.html", _context(form, trim=trim, stopped=stopped), status=422)
    return _into(response, "#generate", "outerHTML")


def _offered(request: HttpRequest, form: GenerateForm, trim: Trim | None) -> HttpResponse:
    """Nothing is charged yet: some of the pictures exist, and may be used for free."""
    if not request.headers.get("HX-Request"):
        return _page(request, form, status=422, trim=trim, offered=True)
    response = render(request, "studio/_quote.html", _context(form, trim=trim, offered=True), status=422)
    return _into(response, "#quote", "innerHTML")


def _into(response: HttpResponse, place: str, swap: str) -> HttpResponse:
    response["HX-Retarget"], response["HX-Reswap"] = place, swap
    return response


def with_credits(response: HttpResponse, acting: Actor) -> HttpResponse:
    """Tell the page's script what is left now, and why nothing goes on where that is so."""
    told: dict[str, Any] = {"credits": {"left": ledger.left(team_id=acting.team.id)}}
    if breaker.is_open:
        told["toast"] = {"text": BACKGROUND_IS_SILENT}
    response["HX-Trigger"] = json.dumps(told)
    return response


@members_only
@require_POST
def live_quote(request: HttpRequest) -> HttpResponse:
    """The price of the form as it is typed; ``trim`` is how many jobs it is to be cut to, nothing for all again."""
    acting = access.actor(request, Role.CREATOR)
    form = GenerateForm(request.POST, acting=acting)
    form.is_valid()
    trim = Trim.read(request.POST)
    if "trim" in request.POST:
        trim = Trim.read({"take": request.POST["trim"], "take_of": asked(form)})
    if not request.headers.get("HX-Request"):
        return _page(request, form.unjudged(), trim=trim, judged=form)
    fields = form.layout != request.POST.get("layout")
    context = _context(form.unjudged(), trim=trim, judged=form) | {"new_fields": fields}
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
    except (actions.NotPossible, InsufficientCredits) as error:
        messages.error(request, str(error))
    return redirect("generate")


@members_only
@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    """The products that match a search, with those already chosen on top."""
    acting = access.actor(request)
    rows = _tray(acting, words=request.GET.get("q", ""), chosen=_chosen(request))
    return render(request, "studio/_tray.html", rows)


def _chosen(request: HttpRequest) -> list[str]:
    chosen = dict.fromkeys(filter(identifier, request.GET.getlist("product")))
    return list(chosen)[: actions.BATCH_MAX]


def _tray(acting: Actor, *, words: str, chosen: list[str]) -> dict[str, Any]:
    library: QuerySet[Product] = Product.objects.filter(team=acting.team, archived_at=None).select_related("asset")
    typed = Search.of(words)
    found = list(search(library, typed).order_by("-id")[: TRAY + 1])
    shown = {row.pk for row in found[:TRAY]}
    missing = [pk for pk in chosen if pk not in shown]
    kept = list(library.filter(pk__in=missing).order_by("-id")) if missing else []
    return {
        "products": kept + found[:TRAY],
        "chosen": set(chosen),
        "more": len(found) > TRAY,
        "words": typed.text,
        "search_note": typed.note,
    }


def _context(
    form: GenerateForm,
    *,
    words: str = "",
    trim: Trim | None = None,
    offered: bool = False,
    judged: GenerateForm | None = None,
    stopped: CapReached | None = None,
) -> dict[str, Any]:
    """``judged`` is the form to count by, where the one to show says nothing of what is wrong.

    ``stopped`` is what refused a press; without it the quote says whether a cap would.
    """
    acting = form.acting
    price = quote(judged or form, trim=trim)
    return {
        "form": form,
        "quote": price,
        "why": _why(acting, price, stopped),
        "offered": offered,
        "previews": form.previews(),
        "singles": [
            (product, [form[question.field_of(product.pk)] for question in form.questions])
            for product in form.single_products
        ],
        "variation_of": _parent(form),
        "asked": [form[question.field] for question in form.questions],
        "palette": palette(form.kit),
        "presets": form.presets,
        "categories": Preset.Category.choices,
        "models": CATALOGUE.values(),
        "shapes": list(AspectRatio),
        "counts": range(1, PICTURES_MAX + 1),
        "left": price.left,
        "connection": Connection.objects.filter(team=acting.team).first(),
        "may_create": acting.may(Role.CREATOR),
        **_tray(acting, words=words, chosen=[product.pk for product in form.chosen_products]),
    }


def _why(acting: Actor, price: Quote, stopped: CapReached | None) -> Why | None:
    if stopped:
        return why(acting, queries.row(acting, stopped.standing.cap), asked=stopped.asked)
    row = price.tightest.row
    return why(acting, row, asked=price.credits) if row and price.is_short else None


def _parent(form: GenerateForm) -> Job | None:
    """The job that the form makes a variation of."""
    pk = identifier(str(form["parent"].value() or ""))
    return Job.objects.filter(team=form.acting.team, pk=pk).select_related("product").first() if pk else None
