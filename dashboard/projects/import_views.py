"""Products from a CSV file: choose, look, confirm, watch."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.projects import imports, sheets
from dashboard.projects.forms import SheetForm
from dashboard.projects.models import ImportRow, ProductImport

RECENT = 10
LISTED = 100
"""Rows of a kind that the page names; the file for download names them all."""
_FORM_BYTES = 64 * 1024
"""What a form adds to its file, generously."""


@csrf_exempt  # the check reads the whole form; a form that is kept is checked below
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def import_products(request: HttpRequest) -> HttpResponse:
    """Choose a file. One that is far too large is refused by its announced size, before it is taken apart."""
    acting = access.actor(request, Role.CREATOR)
    if int(request.META.get("CONTENT_LENGTH") or 0) > sheets.FILE_MAX_BYTES + _FORM_BYTES:
        return _choose(request, acting, SheetForm(), problem=sheets.TOO_LARGE)
    return _receive(request, acting)


@csrf_protect
def _receive(request: HttpRequest, acting: Actor) -> HttpResponse:
    if request.method != "POST":
        return _choose(request, acting, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = imports.preview(acting, data=file.read(), filename=file.name or "")
            return redirect("product_import", import_id=batch.id)
        except sheets.SheetRefused as error:
            form.add_error("file", str(error))
    return _choose(request, acting, form)


def _choose(request: HttpRequest, acting: Actor, form: SheetForm, *, problem: str = "") -> HttpResponse:
    recent = ProductImport.objects.filter(team=acting.team, started_at__isnull=False).select_related("member")
    context = {"form": form, "problem": problem, "recent": recent.order_by("-id")[:RECENT]}
    return render(request, "projects/import_form.html", context, status=422 if problem or form.errors else 200)


def _found(request: HttpRequest, import_id: str) -> tuple[Actor, ProductImport]:
    acting = access.actor(request, Role.CREATOR)
    return acting, access.find(acting, ProductImport.objects.select_related("member"), pk=import_id)


def _shown(batch: ProductImport) -> dict[str, Any]:
    return {"batch": batch, "progress": imports.progress(batch), "left_out": imports.left_out(batch)[:LISTED]}


@members_only
@require_safe
def product_import(request: HttpRequest, import_id: str) -> HttpResponse:
    """A preview until it is confirmed; from then on how far it is, and what was left out."""
    _, batch = _found(request, import_id)
    if batch.started_at:
        return render(request, "projects/import_progress.html", _shown(batch))
    good = batch.rows.filter(state=ImportRow.State.WAITING).order_by("line")[:LISTED]
    return render(request, "projects/import_preview.html", {**_shown(batch), "good": good})


@members_only
@require_safe
def import_progress(request: HttpRequest, import_id: str) -> HttpResponse:
    """The part of the page that moves."""
    return render(request, "projects/_import_progress.html", _shown(_found(request, import_id)[1]))


@members_only
@require_POST
def start_import(request: HttpRequest, import_id: str) -> HttpResponse:
    acting, batch = _found(request, import_id)
    imports.start(acting, batch)
    return redirect("product_import", import_id=batch.id)


@members_only
@require_safe
def left_out_rows(request: HttpRequest, import_id: str) -> HttpResponse:
    """The rows that did not become products, as a file to mend and import again."""
    _, batch = _found(request, import_id)
    answer = HttpResponse(imports.as_file(batch), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="left-out-{batch.id}.csv"'
    return answer
