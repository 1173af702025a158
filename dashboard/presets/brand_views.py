"""The team's brand kit, for its admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.presets import brand
from dashboard.presets.brand_forms import BrandForm, Colours, changed, posted
from dashboard.ui.edits import ChangedMeanwhile, Edit


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def brand_kit(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    kit = brand.kit_of(acting.team)
    edit = Edit.opened(request, brand.kit_facts(kit))
    if request.method != "POST":
        form, colours = (
            BrandForm(initial=brand.kit_facts(kit)),
            Colours([vars(one) for one in brand.palette(kit)], bound=False),
        )
        return _show(request, form, colours, edit)
    given = posted(request.POST)
    if press := request.POST.get("do"):
        return _show(request, BrandForm(initial=request.POST.dict()), Colours(changed(given, press), bound=False), edit)
    form, colours = BrandForm(request.POST), Colours(given, bound=True)
    palette = colours.read()
    if not form.is_valid() or palette is None:
        return _show(request, form, colours, edit)
    try:
        kept = brand.save(acting, palette=palette, seen=edit.seen, **form.cleaned_data)
    except ChangedMeanwhile as error:
        edit.refuse(error, form, last=last_change(acting, acting.team.pk, error))
        if "palette" in error.theirs:
            colours = Colours(error.present["palette"], bound=False)
        return _show(request, form, colours, edit)
    messages.success(request, "Saved. Every prompt from now on follows it." if kept else "Nothing was changed.")
    return redirect("brand_kit")


def _show(request: HttpRequest, form: BrandForm, colours: Colours, edit: Edit) -> HttpResponse:
    sample = {name: form[name].value() or "" for name in ("prefix", "suffix")}
    context = {"form": form, "colours": colours, "may_add": len(colours.forms) < brand.COLOURS_MAX, "sample": sample}
    status = edit.status(form, *colours.forms)
    return render(request, "presets/brand.html", context | {"edit": edit}, status=422 if colours.error else status)
