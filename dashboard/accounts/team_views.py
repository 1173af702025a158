"""Making a team, naming it, and what to do next in it."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dashboard.accounts import access, members
from dashboard.accounts.access import Actor
from dashboard.accounts.forms import TeamNameForm
from dashboard.accounts.founding import open_team
from dashboard.accounts.models import Membership, Role, User
from dashboard.accounts.views import members_only
from dashboard.connections.addresses import PRODUCTAI
from dashboard.projects.models import Product
from generation.contract import PLAN_LIMITS
from generation.models import Connection, CreditAccount


@dataclass(frozen=True)
class Step:
    """Something that a new team needs; ``url`` is empty where nobody in the team can do it."""

    is_done: bool
    title: str
    text: str
    url: str = ""
    action: str = ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_team(request: HttpRequest) -> HttpResponse:
    """Make a team that the signed-in person owns, and work in it."""
    assert isinstance(request.user, User)  # noqa: S101 narrows the type
    form = TeamNameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        connection = Connection(base_url=PRODUCTAI, plan_limit=PLAN_LIMITS["pro"])
        address = request.META.get("REMOTE_ADDR") or None
        team = open_team(name=form.cleaned_data["name"], owner=request.user, connection=connection, address=address)
        request.session[access.TEAM_IN_SESSION] = team.id
        messages.success(request, f"{team.name} is ready.")
        return redirect("team")
    return render(request, "accounts/new_team.html", {"form": form}, status=422 if form.errors else 200)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    writes = request.method == "POST"
    acting = access.actor(request, Role.ADMIN if writes else Role.VIEWER)
    form = TeamNameForm(request.POST if writes else None, initial={"name": acting.team.name})
    if form.is_valid():
        members.rename(acting, name=form.cleaned_data["name"])
        messages.success(request, "The team has its new name.")
        return redirect("team")
    context = {"form": form, "may_change": acting.may(Role.ADMIN), "steps": _steps(acting)}
    context |= {"count": Membership.objects.filter(team=acting.team).count()}
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)


def _steps(acting: Actor) -> list[Step]:
    """What an admin's team lacks before its first picture; empty once it lacks nothing."""
    if not acting.may(Role.ADMIN):
        return []
    connection = Connection.objects.filter(team=acting.team).first()
    steps = [
        Step(
            bool(connection and connection.key),
            "Connect ProductAI",
            "Give the key of your ProductAI account, or start in the sandbox.",
            reverse("connection"),
            "Connect",
        ),
        _credits(acting),
        Step(
            Product.objects.filter(team=acting.team).exists(),
            "Add product photos",
            "One photo for each product is enough.",
            reverse("products"),
            "Add photos",
        ),
        Step(
            Membership.objects.filter(team=acting.team).count() > 1,
            "Invite your colleagues",
            "By mail or by a link that you pass on.",
            reverse("members"),
            "Invite",
        ),
    ]
    return [] if all(step.is_done for step in steps[:3]) else steps


def _credits(acting: Actor) -> Step:
    granted = CreditAccount.objects.filter(team=acting.team, granted__gt=0).exists()
    if acting.user and acting.user.is_staff:
        url = reverse("admin:accounts_team_change", args=[acting.team.id])
        return Step(granted, "Grant credits", "A new team has none. You run Packshot, so you grant them.", url, "Grant")
    text = "A new team has none. Ask the person who runs Packshot to grant some."
    return Step(granted, "Get credits", text)
