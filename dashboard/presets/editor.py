"""The editor of presets: one form that is sent to save, to add or take out a variable, or to see the prompt."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.presets import actions, brand, rows
from dashboard.presets.access import Sharing, visible
from dashboard.presets.drafts import Draft, check_names, draft_of
from dashboard.presets.forms import NEW, PresetForm, initial_of
from dashboard.presets.models import Preset
from dashboard.presets.preview import PresetPreview, preview
from dashboard.presets.rows import Row, VariableRows
from dashboard.presets.templating import TemplateError
from dashboard.presets.variables import VARIABLES_MAX, read
from dashboard.projects.models import Product
from dashboard.ui.edits import ChangedMeanwhile, Edit
from generation.contract import PROMPT_MAX

SAMPLE_NAME = "Your product"


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def new_preset(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    if request.method != "POST":
        return _show(request, acting, PresetForm(acting=acting, initial=NEW), VariableRows([], bound=False))
    if "do" in request.POST:
        return _changed(request, acting)
    form, described = PresetForm(request.POST, acting=acting), VariableRows(rows.posted(request.POST), bound=True)
    draft = _draft(form, described)
    if draft is None:
        return _show(request, acting, form, described, status=422)
    row = actions.add(acting, draft, sharing=form.sharing())
    return redirect("preset", preset_id=row.id)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def edit_preset(request: HttpRequest, preset_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, visible(acting).select_related("current", "project", "created_by"), pk=preset_id)
    edit = Edit.opened(request, actions.facts(row))
    if request.method != "POST":
        return _open(request, acting, row, edit)
    if "do" in request.POST:
        return _changed(request, acting, row, edit)
    form = PresetForm(request.POST, acting=acting, preset=row)
    described = VariableRows(rows.posted(request.POST), bound=True)
    draft = _draft(form, described)
    if draft:
        try:
            changed = actions.edit(acting, row, draft, sharing=form.sharing(), seen=edit.seen)
        except actions.Locked as error:
            form.add_error(None, str(error))
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=last_change(acting, row.pk, error))
            if "variables" in error.theirs:
                described = VariableRows(rows.stored(read(error.present["variables"])), bound=False)
        else:
            text = "Saved. Pictures made before keep their version." if changed else "Nothing was changed."
            messages.success(request, text)
            return redirect("preset", preset_id=row.id)
    return _show(request, acting, form, described, preset=row, edit=edit, status=edit.status(form) if draft else 422)


def _open(request: HttpRequest, acting: Actor, row: Preset, edit: Edit) -> HttpResponse:
    try:
        actions.check_lock(acting, row)
    except actions.Locked as error:
        messages.error(request, str(error))
        return redirect("preset", preset_id=row.id)
    draft = draft_of(row)
    form = PresetForm(acting=acting, preset=row, initial=initial_of(draft, Sharing.of(row)))
    return _show(request, acting, form, VariableRows(rows.stored(draft.variables), bound=False), preset=row, edit=edit)


def _draft(form: PresetForm, described: VariableRows) -> Draft | None:
    """What was written, or nothing and each error where it belongs."""
    variables = described.read()
    if variables is not None and form.is_valid():
        try:
            check_names(form.cleaned_data["template"], variables)
        except TemplateError as error:
            form.add_error("template", str(error))
    if variables is None or not form.is_valid():
        return None
    given = {name: value for name, value in form.cleaned_data.items() if name not in {"visibility", "project"}}
    return Draft(**given | {"tags": tuple(given["tags"]), "variables": variables})


def _changed(
    request: HttpRequest, acting: Actor, preset: Preset | None = None, edit: Edit | None = None
) -> HttpResponse:
    """The same form with another row, with one row less, or only with its preview; nothing is saved."""
    kept = rows.changed(rows.posted(request.POST), request.POST["do"])
    form = PresetForm(acting=acting, preset=preset, initial=request.POST.dict())
    return _show(request, acting, form, VariableRows(kept, bound=False), preset=preset, edit=edit)


def _show(
    request: HttpRequest,
    acting: Actor,
    form: PresetForm,
    described: VariableRows,
    *,
    preset: Preset | None = None,
    edit: Edit | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "rows": described,
        "preset": preset,
        "edit": edit,
        "may_add": len(described.given) < VARIABLES_MAX,
        "palette": brand.palette(brand.kit_of(acting.team)),
        "preview": _preview(acting, str(form["template"].value() or ""), described.given),
    }
    return render(request, "presets/preset_form.html", context, status=status)


@members_only
@require_POST
def prompt_preview(request: HttpRequest) -> HttpResponse:
    """What the editor's words would make, at every pause in writing."""
    acting = access.actor(request, Role.CREATOR)
    shown = _preview(acting, request.POST.get("template", ""), rows.posted(request.POST))
    return render(request, "presets/_preview.html", {"preview": shown})


def _preview(acting: Actor, template: str, given: Sequence[Row]) -> PresetPreview:
    product = Product.objects.filter(team=acting.team, archived_at=None).order_by("-id").first()
    return preview(
        template.replace("\r\n", "\n")[: 2 * PROMPT_MAX],
        rows.readable(given),
        product_name=product.name if product else SAMPLE_NAME,
        kit=brand.kit_of(acting.team),
    )
