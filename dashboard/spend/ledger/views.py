"""The ledger: every change of a team's credits, and the two ways in which an admin puts it right."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.audit.export import streamed
from dashboard.spend.ledger import actions, export, menus, sums
from dashboard.spend.ledger import lines as ledger_lines
from dashboard.spend.ledger.filters import LedgerFilters
from dashboard.spend.ledger.forms import AdjustForm, RefundForm
from dashboard.ui.htmx import HtmxRequest, part_or_page
from generation.credits.ledger import BadEntry, paid
from generation.models import CreditAccount, Job, LedgerEntry
from generation.plurals import counted


@members_only
@require_safe
def ledger(request: HtmxRequest) -> HttpResponse:
    """A page of lines; asked by a script for the next one, only that."""
    acting, filters = access.actor(request), LedgerFilters.of(request.GET)
    if request.htmx and "sums" in request.GET:
        totals = {"sums": sums.sums(acting, filters)}
        return part_or_page(request, totals, part="spend/ledger/_sums.html", page="spend/ledger/ledger.html")
    before = ledger_lines.read_place(request.GET.get("before", ""))
    zone = CreditAccount.zone_of(acting.team.id)
    rows, has_more = ledger_lines.page(filters.narrow(ledger_lines.seen_by(acting), zone), before=before)
    context = _page(request, acting, rows, zone=zone)
    if has_more:
        day = rows[-1].created_at.astimezone(zone).date().isoformat()
        context["next_url"] = filters.address(reverse("ledger"), before=ledger_lines.place_of(rows[-1]), day=day)
    is_part = before is not None
    if not (request.htmx and is_part):
        context |= _frame(acting, filters) | {"is_continued": is_part}
        context |= {} if before else _sums(request, acting, filters, lines=None if has_more else rows)
    part, page = "spend/ledger/_page.html", "spend/ledger/ledger.html"
    return part_or_page(request, context, part=part, page=page, is_part=is_part)


def _sums(
    request: HttpRequest, acting: Actor, filters: LedgerFilters, *, lines: list[LedgerEntry] | None
) -> dict[str, Any]:
    """What the lines add up to, or where a script asks for it: years of days take longer than a page may."""
    is_long = lines is None and filters.is_by_day and filters and not (filters.since and filters.until)
    if is_long and "sums" not in request.GET:
        return {"sums_url": filters.address(reverse("ledger"), sums="1")}
    return {"sums": sums.sums(acting, filters, lines=lines)}


def _page(request: HttpRequest, acting: Actor, rows: list[LedgerEntry], *, zone: ZoneInfo) -> dict[str, Any]:
    is_admin, continued = acting.may(Role.ADMIN), request.GET.get("day", "")
    days = list(ledger_lines.days(rows, zone, may_refund=is_admin, continued=continued))
    return {"days": days, "is_admin": is_admin}


def _frame(acting: Actor, filters: LedgerFilters) -> dict[str, Any]:
    home = reverse("ledger")
    return {
        "filters": filters,
        "menus": menus.menus(acting, filters),
        "chips": menus.chips(acting, filters),
        "kept": [(name, value) for name, value in vars(filters).items() if value and name not in {"since", "until"}],
        "all_days_url": filters.address(home, since="", until=""),
        "csv_url": filters.address(reverse("ledger_csv")),
    }


@members_only
@require_safe
def ledger_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All lines that the filters show, for a spreadsheet."""
    acting, filters = access.actor(request), LedgerFilters.of(request.GET)
    zone = CreditAccount.zone_of(acting.team.id)
    rows = filters.narrow(ledger_lines.seen_by(acting), zone)
    name = f"ledger-{acting.team.id}-{timezone.localdate(timezone=zone).isoformat()}.csv"
    return streamed(request, export.lines(rows, zone), name=name, mime="text/csv; charset=utf-8")


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def ledger_refund(request: HttpRequest, job_id: str) -> HttpResponse:
    """Give back some or all of what a job cost."""
    acting = access.actor(request, Role.ADMIN)
    job = access.find(acting, Job, pk=job_id)
    cost = paid(job)
    form = RefundForm(_posted(request), initial={"credits": cost})
    if form.is_valid():
        try:
            actions.refund(acting, job, **form.cleaned_data)
        except BadEntry as error:
            form.add_error("credits", str(error))
        else:
            messages.success(request, f"{counted(form.cleaned_data['credits'], 'credit')} given back.")
            return redirect(_of_job(job))
    context = _correction(form, job) | {"paid": cost}
    return render(request, "spend/ledger/refund.html", context, status=_status(form))


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def ledger_adjust(request: HttpRequest) -> HttpResponse:
    """Put right, with a reason, what was spent or granted."""
    acting = access.actor(request, Role.ADMIN)
    form = AdjustForm(_posted(request), team=acting.team, initial={"job": request.GET.get("job", "")[:60]})
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.adjust(acting, **form.amounts, job=given["job"], reason=given["reason"])
        except BadEntry as error:
            form.add_error("credits", str(error))
        else:
            messages.success(request, "Adjusted.")
            return redirect(_of_job(given["job"]) if given["job"] else "ledger")
    return render(request, "spend/ledger/adjust.html", {"form": form}, status=_status(form))


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _correction(form: Form, job: Job) -> dict[str, Any]:
    entries = ledger_lines.named(ledger_lines.newest(LedgerEntry.objects.filter(job=job)))
    lines = [ledger_lines.line(entry, may_refund=False) for entry in entries]
    return {
        "form": form,
        "job": job,
        "lines": lines,
        "back_url": _of_job(job),
    }


def _of_job(job: Job) -> str:
    return LedgerFilters(job=job.pk).address(reverse("ledger"))


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200
