"""The team's brand kit, for its admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.presets import brand
from dashboard.presets.brand_forms import BrandForm, Colours, changed, posted
from dashboard.presets.models import BrandKit


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def brand_kit(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    kit = brand.kit_of(acting.team)
    if request.method != "POST":
        form, colours = (
            BrandForm(initial=_initial(kit)),
            Colours([vars(one) for one in brand.palette(kit)], bound=False),
        )
        return _show(request, form, colours)
    given = posted(request.POST)
    if press := request.POST.get("do"):
        return _show(request, BrandForm(initial=request.POST.dict()), Colours(changed(given, press), bound=False))
    form, colours = BrandForm(request.POST), Colours(given, bound=True)
    palette = colours.read()
    if not form.is_valid() or palette is None:
        return _show(request, form, colours, status=422)
    kept = brand.save(acting, palette=palette, **form.cleaned_data)
    messages.success(request, "Saved. Every prompt from now on follows it." if kept else "Nothing was changed.")
    return redirect("brand_kit")


def _initial(kit: BrandKit | None) -> dict[str, str]:
    if kit is None:
        return {}
    return {"prefix": kit.prefix, "suffix": kit.suffix, "banned_words": "\n".join(kit.banned_words)}


def _show(request: HttpRequest, form: BrandForm, colours: Colours, *, status: int = 200) -> HttpResponse:
    sample = {name: form[name].value() or "" for name in ("prefix", "suffix")}
    context = {"form": form, "colours": colours, "may_add": len(colours.forms) < brand.COLOURS_MAX, "sample": sample}
    return render(request, "presets/brand.html", context, status=status)
