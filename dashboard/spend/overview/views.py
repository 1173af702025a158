"""What was spent, on what, and whether it was worth it; as a page and as a file."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.accounts import access
from dashboard.accounts.views import members_only
from dashboard.audit.export import streamed
from dashboard.spend.overview import export, report


@members_only
@require_safe
def spend(request: HttpRequest) -> HttpResponse:
    """The overview; below admin of one's own spending."""
    return render(request, "spend/overview/overview.html", report.overview(access.actor(request), request.GET))


@members_only
@require_safe
def spend_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The days of the overview, one line for each combination that reports tell apart."""
    acting = access.actor(request)
    _, period, scope = report.asked(acting, request.GET)
    name = f"packshot-spend-{period.span.first}-to-{period.span.last}.csv"
    lines = export.csv_lines(acting, period.so_far, scope)
    return streamed(request, lines, name=name, mime="text/csv; charset=utf-8")
