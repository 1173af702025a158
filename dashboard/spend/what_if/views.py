"""What if there had been other caps: for admins and owners. It only reads, so the proposal lives in the address."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.spend import periods
from dashboard.spend.periods import Period, Span
from dashboard.spend.what_if import forms, page
from dashboard.spend.what_if.forms import CapLine, Places
from generation.models import Cap


@members_only
@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """A past period played again under the caps that the address proposes."""
    team = access.actor(request, Role.ADMIN).team
    account = page.account_of(team)
    caps = list(Cap.objects.filter(team=team).select_related("member").order_by("id"))
    today = timezone.now().astimezone(account.zone).date()
    period, lines = periods.read(request.GET, today=today), forms.lines(request.GET, caps)
    changed = forms.edited(lines, request.GET)
    if changed is not None:
        return redirect(_url(changed, period.query))
    places = Places(team, caps)
    rows = forms.rows(lines, places)
    errors = any(row.errors for row in rows)
    context: dict[str, Any] = {"rows": rows, "period": period, "quick": _quick(lines, period)}
    if not errors:
        context["result"] = page.result(account, period.so_far, rows, places, period.query)
    context |= {"has_caps": bool(caps), "more_fit": len(rows) < forms.ROWS_MAX}
    return render(request, "spend/what_if/what_if.html", context, status=422 if errors else 200)


def _url(lines: list[CapLine], query: dict[str, str]) -> str:
    return f"{reverse('what_if')}?{forms.address(lines, query)}"


def _quick(lines: list[CapLine], period: Period) -> list[tuple[str, str, bool]]:
    """Label, address, and whether it is chosen, of the months that are asked about most."""
    this = period.today.replace(day=1)
    months: list[tuple[str, date]] = [("This month", this), ("Last month", this - timedelta(days=1))]
    return [
        (label, _url(lines, periods.month_query(day, period.today)), period.so_far == _so_far(day, period.today))
        for label, day in months
    ]


def _so_far(day: date, today: date) -> Span:
    """As much of a day's month as there has been."""
    whole = periods.month_of(day)
    return Span(whole.first, min(whole.last, today))
