"""The audit log: for admins and owners, newest first, and as files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.time_zone import zone_of
from dashboard.accounts.views import members_only
from dashboard.audit import export, heads, lines
from dashboard.audit.filters import AuditFilters, menus
from dashboard.audit.models import AuditEvent
from dashboard.ui.filters import whole_number
from dashboard.ui.htmx import HtmxRequest, part_or_page

_BIGGEST = 2**63 - 1


@members_only
@require_safe
def audit(request: HtmxRequest) -> HttpResponse:
    """A page of events; asked by a script for the next one, only that."""
    acting, filters = access.actor(request, Role.ADMIN), AuditFilters.of(request.GET)
    before = whole_number(request.GET.get("before", ""), at_most=_BIGGEST)
    is_part = before is not None
    context = _page(acting, filters, before=before, continued=request.GET.get("day", ""))
    if not (request.htmx and is_part):
        context |= _frame(acting, filters)
    return part_or_page(request, context, part="audit/_page.html", page="audit/audit.html", is_part=is_part)


def _page(acting: Actor, filters: AuditFilters, *, before: int | None, continued: str) -> dict[str, Any]:
    rows, has_more = lines.page(acting.team, filters, before=before)
    context: dict[str, Any] = {"days": lines.days(rows, filters, continued=continued), "filters": filters}
    if has_more:
        day = timezone.localdate(rows[-1].created_at).isoformat()
        context["next_url"] = filters.address(reverse("audit"), before=str(rows[-1].sequence), day=day)
    return context


def _frame(acting: Actor, filters: AuditFilters) -> dict[str, Any]:
    home = reverse("audit")
    shown = [menu.drawn(filters, home) for menu in menus(acting.team, filters)]
    return {
        "menus": shown,
        "all_days_url": filters.address(home, since="", until=""),
        "all_objects_url": filters.address(home, object=""),
        "csv_url": filters.address(reverse("audit_csv")),
        "head": heads.current(acting.team.id),
        "public_key": heads.public_key(),
        "log_name": _name(acting, "jsonl"),
        "head_name": _name(acting, "head.json"),
    }


@members_only
@require_safe
def audit_event(request: HtmxRequest, sequence: int) -> HttpResponse:
    """What one event changed: inside its line for a script, as a page of its own otherwise."""
    acting, filters = access.actor(request, Role.ADMIN), AuditFilters.of(request.GET)
    if sequence > _BIGGEST:
        raise Http404("There is no such thing here.")
    event = access.find(acting, AuditEvent, sequence=sequence)
    context = {
        "line": lines.line(event, filters),
        "changes": lines.changes(event),
        "same_object_url": AuditFilters(object=event.object_id).address(reverse("audit")),
        "back_url": filters.address(reverse("audit")),
    }
    return part_or_page(request, context, part="audit/_changes.html", page="audit/event.html")


@members_only
@require_safe
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The events that the filters show, for a spreadsheet."""
    acting, filters = access.actor(request, Role.ADMIN), AuditFilters.of(request.GET)
    rows = export.csv_lines(lines.shown(acting.team, filters), zone_of(acting.team))
    return export.streamed(request, rows, name=_name(acting, "csv"), mime="text/csv; charset=utf-8")


@members_only
@require_safe
def audit_json_lines(request: HttpRequest) -> StreamingHttpResponse:
    """The whole chain, for the verifier."""
    acting = access.actor(request, Role.ADMIN)
    rows = export.json_lines(acting.team)
    return export.streamed(request, rows, name=_name(acting, "jsonl"), mime="application/x-ndjson")


@members_only
@require_safe
def audit_head(request: HttpRequest) -> HttpResponse:
    """The chain's end as it is now, signed, to be kept elsewhere."""
    acting = access.actor(request, Role.ADMIN)
    signed = heads.as_file(heads.sign(heads.current(acting.team.id)))
    headers = {"Content-Disposition": f'attachment; filename="{_name(acting, "head.json")}"'}
    return HttpResponse(signed, content_type="application/json", headers=headers)


@members_only
@require_safe
def audit_verifier(request: HttpRequest) -> HttpResponse:
    """The program that verifies the file, for whoever has no copy of Packshot."""
    access.actor(request, Role.ADMIN)
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return HttpResponse(export.verifier(), content_type="text/x-python", headers=headers)


def _name(acting: Actor, ending: str) -> str:
    return f"audit-{acting.team.id}-{timezone.localdate().isoformat()}.{ending}"
