"""Campaigns."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.projects import actions, activity, overview, pages
from dashboard.projects.forms import ProjectForm
from dashboard.projects.library import latest
from dashboard.projects.models import Project
from dashboard.ui.edits import ChangedMeanwhile, Edit
from dashboard.ui.htmx import HtmxRequest, part_or_page
from generation.models import Image


@members_only
@require_safe
def projects(request: HtmxRequest) -> HttpResponse:
    acting = access.actor(request)
    archived = "archived" in request.GET
    rows = pages.page(request, Project.objects.filter(team=acting.team, archived_at__isnull=not archived))
    context = {
        "projects": overview.summaries(rows.rows),
        "next_url": rows.next_url,
        "archived": archived,
        "may_create": acting.may(Role.CREATOR),
    }
    part, page = "projects/_projects.html", "projects/projects.html"
    return part_or_page(request, context, part=part, page=page, is_part=pages.is_next(request))


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def new_project(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = actions.add_project(acting, **form.cleaned_data)
        return redirect("project", project_id=row.id)
    return render(request, "projects/project_form.html", {"form": form}, status=422 if form.errors else 200)


@members_only
@require_safe
def project(request: HttpRequest, project_id: str) -> HttpResponse:
    acting = access.actor(request)
    row = access.find(acting, Project, pk=project_id)
    pictures = Image.objects.in_gallery().filter(team=acting.team, job__project=row)
    products, product_count = overview.products_of(row)
    context = {
        "project": row,
        "summary": overview.summaries([row])[0],
        "pictures": latest(pictures),
        "products": products,
        "product_count": product_count,
        "happenings": activity.recent(row),
        "may_create": acting.may(Role.CREATOR),
    }
    return render(request, "projects/project.html", context)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_project(request: HttpRequest, project_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Project, pk=project_id)
    edit = Edit.opened(request, actions.details_of(row))
    form = ProjectForm(request.POST or None, initial=actions.details_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_project(acting, row, seen=edit.seen, **form.cleaned_data)
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=last_change(acting, row.pk, error))
        else:
            messages.success(request, "Saved.")
            return redirect("project", project_id=row.id)
    context = {"form": form, "project": row, "edit": edit}
    return render(request, "projects/project_form.html", context, status=edit.status(form))


@members_only
@require_POST
def cover(request: HttpRequest, project_id: str) -> HttpResponse:
    """Show the project by one of its pictures, or by its newest again."""
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Project, pk=project_id)
    chosen = request.POST.get("picture", "")
    pictures = Image.objects.with_thumbnail().filter(job__project=row)
    picture = access.find(acting, pictures, pk=chosen) if chosen else None
    actions.choose_cover(acting, row, picture=picture)
    messages.success(request, "This is the cover now." if picture else "The newest picture is the cover again.")
    return redirect("project", project_id=row.id)


@members_only
@require_POST
def put_away_project(request: HttpRequest, project_id: str) -> HttpResponse:
    acting = access.actor(request, Role.CREATOR)
    row = access.find(acting, Project, pk=project_id)
    away = request.POST.get("away") != "no"
    actions.put_away_project(acting, row, away=away)
    messages.success(request, f"{row.name} is {'archived; its pictures stay' if away else 'open again'}.")
    return redirect("project", project_id=row.id)
