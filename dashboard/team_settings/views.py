"""How a team works, and what to do next in a new one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.projects.models import Product
from dashboard.team_settings import rules
from dashboard.team_settings.forms import TeamForm, zones
from dashboard.ui.edits import ChangedMeanwhile, Edit
from generation.models import Connection, CreditAccount


@dataclass(frozen=True)
class Step:
    """Something that a new team needs; ``url`` is empty where nobody in the team can do it."""

    is_done: bool
    title: str
    text: str
    url: str = ""
    action: str = ""


@never_cache
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("context")
def team(request: HttpRequest) -> HttpResponse:
    writes = request.method == "POST"
    acting = access.actor(request, Role.ADMIN if writes else Role.VIEWER)
    edit = Edit.opened(request, rules.settings_of(acting.team))
    form = TeamForm(request.POST if writes else None, team=acting.team)
    going = 0
    if form.is_valid():
        going = _goes_unagreed(request, acting, form)
        if not going:
            try:
                rules.change(acting, name=form.cleaned_data["name"], rules=form.rules, seen=edit.seen)
            except ChangedMeanwhile as error:
                edit.refuse(error, form, last=last_change(acting, acting.team.pk, error))
            else:
                messages.success(request, "Saved.")
                return redirect("team")
    context = {
        "form": form,
        "edit": edit,
        "going": going,
        "may_change": acting.may(Role.ADMIN),
        "steps": _steps(acting),
    }
    context |= {"rules": rules.Rules.of(acting.team), "zones": zones().values(), "steps": _steps(acting)}
    context |= {"count": Membership.objects.filter(team=acting.team).count()}
    return render(request, "team_settings/team.html", context, status=422 if going else edit.status(form))


def _goes_unagreed(request: HttpRequest, acting: Actor, form: TeamForm) -> int:
    """How many pictures would be removed tonight without anybody having been told."""
    days = form.rules.retention_days
    return 0 if request.POST.get("agreed") == str(days) else rules.going_tonight(acting.team, days=days)


@members_only
@require_POST
def try_alerts(request: HttpRequest) -> HttpResponse:
    """Post a test to where the team is warned, and say what came of it."""
    acting = access.actor(request, Role.ADMIN)
    if not acting.team.alert_url:
        messages.error(request, "Give an address for warnings and save it; then it can be tested.")
        return redirect("team")
    answer = rules.send_test(acting.team)
    if answer.arrived:
        messages.success(request, f"The test arrived: the receiver answered {answer.words}.")
    else:
        why = answer.words if answer.words.endswith(".") else f"The receiver answered {answer.words}."
        messages.error(request, f"The test did not arrive. {why}")
    return redirect("team")


def _steps(acting: Actor) -> list[Step]:
    """What an admin's team lacks before its first picture; empty once it lacks nothing."""
    if not acting.may(Role.ADMIN):
        return []
    connection = Connection.objects.filter(team=acting.team).first()
    steps = [
        Step(
            bool(connection and connection.key),
            "Connect ProductAI",
            "Enter the key of your ProductAI account, or start in the sandbox.",
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
