"""Every picture of the team, and each of them with its receipt."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.files.links import page_link
from dashboard.gallery import pictures, review, tiles
from dashboard.gallery.filters import GalleryFilters, menus
from dashboard.gallery.lineage import offspring
from dashboard.gallery.receipt import file_name, receipt
from dashboard.projects.templatetags.pictures import alt_text, flaw_label, flaw_sentence, reviewed, shape
from dashboard.ui.counts import tally
from dashboard.ui.filters import identifier
from dashboard.ui.htmx import HtmxRequest, part_or_page
from generation.counts import gallery as gallery_counts
from generation.models import Image

LATEST = 24
"""Pictures that a page looks for when it may have missed some; more come with a reload."""
WITH_RECEIPT = (
    "team", "job__product", "job__asset", "job__project", "job__member", "job__api_key", "job__preset_version__preset",
    "job__parent",
)  # fmt: skip


@members_only
@require_safe
def gallery(request: HtmxRequest) -> HttpResponse:
    """A page of pictures; asked by a script for the next one, only that."""
    acting, filters, before = (
        access.actor(request),
        GalleryFilters.of(request.GET),
        identifier(request.GET.get("before", "")),
    )
    context = _page(acting, filters, before=before, continued=request.GET.get("day", ""))
    if not (request.htmx and before):
        context |= _frame(acting, filters)
    return part_or_page(request, context, part="gallery/_page.html", page="gallery/gallery.html", is_part=bool(before))


def _page(acting: access.Actor, filters: GalleryFilters, *, before: str = "", continued: str = "") -> dict[str, Any]:
    page = pictures.page(acting.team, filters, before=before)
    days = tiles.days(page.pictures, filters, has_more=page.has_more, continued=continued)
    if page.has_more and days[-1].begins and not filters:
        days[-1].count = (gallery_counts.by_day(acting.team.id, [days[-1].date]) or {}).get(days[-1].date)
    home = reverse("gallery")
    context: dict[str, Any] = {
        "days": days,
        "filters": filters,
        "is_first": not before,
        "home": filters.address(home),
    }
    if page.has_more:
        last = page.pictures[-1]
        mark = {"before": last.id, "day": tiles.day_of(last).isoformat()}
        context["next_url"] = filters.address(home, **mark)
    return context


def _frame(acting: access.Actor, filters: GalleryFilters) -> dict[str, Any]:
    home = reverse("gallery")
    shown = [menu.drawn(filters, home) for menu in menus(acting, filters)]
    new_url, count_url = (filters.address(reverse(name)) for name in ("gallery_new", "gallery_count"))
    return {"menus": shown, "new_url": new_url, "count_url": count_url, "may_create": acting.may(Role.CREATOR)}


@members_only
@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many pictures the filters show: a request of its own, for it may take longer than the page."""
    acting, filters = access.actor(request), GalleryFilters.of(request.GET)
    found = tally(pictures.shown(acting.team, filters))
    return HttpResponse(found.of("picture"), "text/plain; charset=utf-8")


@members_only
@require_safe
def arrived(request: HttpRequest) -> HttpResponse:
    """The pictures of a job that has just moved, or else the newest, as far as the filters show them."""
    acting, filters = access.actor(request), GalleryFilters.of(request.GET)
    rows = pictures.shown(acting.team, filters)
    if "job" in request.GET:
        rows = rows.filter(job=identifier(request.GET["job"]))
    return render(request, "gallery/_page.html", {"days": tiles.days(rows[:LATEST], filters)})


@members_only
@require_safe
def picture(request: HtmxRequest, picture_id: str) -> HttpResponse:
    """A picture large with its receipt: over the gallery for a script, over a whole gallery page otherwise."""
    acting, filters = access.actor(request), GalleryFilters.of(request.GET)
    row = _find(acting, picture_id)
    context = _lightbox(acting, row, filters)
    if not request.htmx:
        context |= _page(acting, filters) | _frame(acting, filters) | {"opened": True}
    return part_or_page(request, context, part="gallery/_picture.html", page="gallery/gallery.html")


def _find(acting: access.Actor, picture_id: str) -> Image:
    rows = Image.objects.in_gallery().select_related(*WITH_RECEIPT)
    return access.find(acting, rows, pk=picture_id)


def _lightbox(acting: access.Actor, row: Image, filters: GalleryFilters) -> dict[str, Any]:
    newer, older = (
        filters.address(reverse("picture", args=[near])) if near else "" for near in pictures.neighbours(row, filters)
    )
    large = {
        "src": page_link(row.display),
        "original": page_link(row.original) if row.display and not review.download_refusal(acting, row) else "",
        **shape(row),
        "alt": alt_text(row),
        "flaw": flaw_label(row),
        "flaw_note": flaw_sentence(row),
        "thumb_hash": row.thumb_hash,
    }
    return {
        "row": row,
        "large": large,
        "receipt": receipt(row),
        "offspring": offspring(row.job),
        "newer_url": newer,
        "older_url": older,
        "photo": page_link(row.job.asset.display),
        "photo_small": page_link(row.job.asset.thumbnail),
        **_review(acting, row, filters),
    }


def _review(acting: access.Actor, row: Image, filters: GalleryFilters) -> dict[str, Any]:
    """What can be decided of a picture, and what was."""
    return {
        "row": row,
        "may_create": acting.may(Role.CREATOR),
        "review_url": filters.address(reverse("review_picture", args=[row.id])),
        "barred": review.barred(acting, row),
        "download_refusal": review.download_refusal(acting, row),
        "decisions": review.history(row),
    }


@members_only
@require_POST
def review_picture(request: HtmxRequest, picture_id: str) -> HttpResponse:
    """Approve, reject or take back; answers a script with that part of the lightbox and tells the tiles."""
    acting, filters = access.actor(request, Role.CREATOR), GalleryFilters.of(request.GET)
    row = _find(acting, picture_id)
    verdict = request.POST.get("verdict")
    if verdict not in Image.Review.values:
        return HttpResponse("Choose whether to approve or to reject.", "text/plain; charset=utf-8", status=400)
    try:
        review.review(acting, row, verdict=Image.Review(verdict))
    except review.NotAllowed as error:
        if request.htmx and request.htmx.target != "review":  # that part gives the reason itself
            return HttpResponse(str(error), "text/plain; charset=utf-8", status=409)
        if not request.htmx:
            messages.error(request, str(error))
    if not request.htmx:
        return redirect(filters.address(reverse("picture", args=[row.id])))
    row = _find(acting, picture_id)  # somebody may have been faster
    response = render(request, "gallery/_review.html", _review(acting, row, filters))
    return trigger_client_event(response, "picture:reviewed", {"picture": row.id, **reviewed(row)})


@members_only
@require_safe
def download(request: HttpRequest, picture_id: str) -> HttpResponse:
    """The picture as the provider delivered it, under a name that says what it shows."""
    acting = access.actor(request)
    row = _find(acting, picture_id)
    if refusal := review.download_refusal(acting, row):
        return render(request, "gallery/no_download.html", {"row": row, "reason": refusal}, status=403)
    if not row.original:
        raise Http404("No file of this picture was kept.")
    return redirect(page_link(row.original, download_as=file_name(row)))
