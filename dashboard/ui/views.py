"""The style guide: every component with invented content. Served in debug only."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from dashboard.ui import samples
from dashboard.ui.forms import SampleForm
from dashboard.ui.htmx import HtmxRequest
from dashboard.ui.parts import all_parts

SAMPLE_PAGES = ("generate", "gallery", "signin")
SURFACES = ("bg", "surface", "raised", "sunken", "hover", "line", "line-strong", "field-line")
INKS = ("ink", "ink-2", "ink-3", "accent", "accent-soft", "accent-text", "good", "warn", "bad")


def content() -> dict[str, Any]:
    wrong = SampleForm(
        {"name": "", "prompt": "x", "model": "nanobanana2", "pictures": "9", "shape": "1:1", "light": "soft"},
        auto_id="wrong_%s",
    )
    return {
        "pictures": samples.pictures(),
        "jobs": samples.jobs(),
        "products": samples.PRODUCTS,
        "presets": samples.PRESETS,
        "receipt": samples.RECEIPT,
        "form": SampleForm(),
        "wrong_form": wrong,
        "surfaces": SURFACES,
        "inks": INKS,
        "parts": all_parts(),
        "themes": ("light", "dark"),
        "tabs": samples.TABS,
        "switch_form": SampleForm(auto_id="switch_%s", prefix="switch"),
        "shapes": ("1:1", "4:3", "3:4", "9:16"),
        "yesterday": [samples.picture(name) | {"id": f"old_{name}"} for name in reversed(samples.PICTURES)],
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    if request.GET.get("toast"):
        messages.success(request, "Saved. The next picture uses it.")
    return render(request, "ui/styleguide/index.html", samples.shell("styleguide") | content())


def sample(request: HtmxRequest, page: str) -> HttpResponse:
    """One whole page in the shell, to judge how the parts sit together; the gallery opens its pictures."""
    if page not in SAMPLE_PAGES:
        raise Http404("There is no such sample page.")
    if page == "signin":
        return render(request, "ui/styleguide/signin.html", {"form": SampleForm(), "team": None, "user": None})
    opened = samples.opened(request.GET.get("open", ""))
    if opened and request.htmx:
        return render(request, "ui/_lightbox_body.html", opened)
    return render(request, f"ui/styleguide/{page}.html", samples.shell(page) | content() | opened)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take any file and keep nothing: what an accepted photo looks like in the tray."""
    photo = request.FILES.get("photo")
    if photo is None:
        return HttpResponse("Choose a photo first.", "text/plain", status=400)
    return render(request, "ui/_tray_row.html", {"name": photo.name, "note": "new", "value": photo.name})
