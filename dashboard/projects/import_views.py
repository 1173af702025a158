"""Products from a sheet: choose, say how it is read where that is open, look, confirm, watch."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.projects import imports, previews, tables
from dashboard.projects.encodings import KNOWN
from dashboard.projects.forms import SheetForm
from dashboard.projects.models import ImportFile, ImportRow, ProductImport
from dashboard.projects.reading_forms import ColumnsForm, EncodingForm
from dashboard.ui.filters import identifier

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
    if int(request.META.get("CONTENT_LENGTH") or 0) > tables.FILE_MAX_BYTES + _FORM_BYTES:
        return _choose(request, acting, SheetForm(), problem=tables.TOO_LARGE)
    return _receive(request, acting)


@csrf_protect
def _receive(request: HttpRequest, acting: Actor) -> HttpResponse:
    if request.method != "POST":
        return _choose(request, acting, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = previews.preview(acting, data=file.read(), filename=file.name or "")
            return redirect("product_import", import_id=batch.id)
        except tables.SheetRefused as error:
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
    if batch.asks:
        return redirect("read_import", import_id=batch.id)
    good = batch.rows.filter(state=ImportRow.State.WAITING).order_by("line", "place")[:LISTED]
    context = {
        **_shown(batch),
        "good": good,
        "encoding": "" if batch.encoding.startswith("utf") else KNOWN.get(batch.encoding, ""),
    }
    return render(request, "projects/import_preview.html", {**context, "may_reread": hasattr(batch, "file")})


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def read_import(request: HttpRequest, import_id: str) -> HttpResponse:
    """How a preview's file is read: its encoding, its worksheet, its columns."""
    acting, batch = _found(request, import_id)
    file = ImportFile.objects.filter(batch=batch).first()
    if file is None or batch.started_at:
        return redirect("product_import", import_id=batch.id)
    encoding = identifier(request.POST.get("encoding", ""))
    opened = previews.open_file(bytes(file.data), encoding=encoding or batch.encoding)
    names = [table.name for table in opened.tables]
    asked = request.POST.get("sheet") or request.GET.get("sheet", "")
    understood = previews.understood(acting, opened.tables)
    chosen = names.index(asked) if asked in names else names.index(understood[0].name) if understood else 0
    table = opened.tables[chosen]
    asks_encoding = batch.asks == batch.Asks.ENCODING
    encodings = EncodingForm(
        request.POST if "encoding" in request.POST else None,
        readings=opened.readings,
        initial={"encoding": opened.encoding},
    )
    columns = ColumnsForm(request.POST if "title" in request.POST else None, table=table)
    problem = ""
    if request.method == "POST" and not (encodings.errors or columns.errors):
        try:
            told = columns.told() if columns.is_bound else None
            previews.read_again(acting, batch, encoding=encoding or batch.encoding, sheet=table.name, told=told)
            return redirect("product_import", import_id=batch.id)
        except tables.SheetRefused as error:
            problem = str(error)
    context = {
        "batch": batch,
        "problem": problem,
        "readings": opened.readings,
        "encodings": encodings,
        "asks_encoding": asks_encoding,
        "columns": columns,
        "table": table,
        "sheets": names if not opened.readings else [],
    }
    return render(request, "projects/import_reading.html", context, status=422 if request.method == "POST" else 200)


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
