"""The way in: the first page, and the choice of team."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.models import User
from dashboard.ui.htmx import HtmxRequest

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HtmxRequest, Rest], HttpResponseBase]

TOO_OFTEN = "This was asked too often in a short time. Wait a while, an hour at most, then try again."


def members_only(view: "View[Rest]") -> "View[Rest]":
    """Ask the stranger to sign in, and tell the user without a team what to do about it."""

    @wraps(view)
    def seen(request: HtmxRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        member = access.current(request)
        if member is None:
            return render(request, "accounts/no_team.html", status=403)
        access.note_activity(member)
        return view(request, *args, **kwargs)

    return login_required(seen)


@members_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("generate")


def too_often(request: HtmxRequest) -> HttpResponse:
    """What whoever asks too often gets; where a part of a page was asked for, the page shows the sentence."""
    if request.htmx:
        return HttpResponse(TOO_OFTEN, status=429, content_type="text/plain")
    return render(request, "429.html", {"text": TOO_OFTEN}, status=429)


@login_required
@require_POST
def switch_team(request: HttpRequest) -> HttpResponse:
    """Work for another of one's teams from now on."""
    assert isinstance(request.user, User)  # noqa: S101 narrows the type
    mine = {membership.team_id for membership in access.memberships(request.user)}
    if request.POST.get("team") not in mine:
        raise Http404("There is no such team for you.")
    request.session[access.TEAM_IN_SESSION] = request.POST["team"]
    return redirect("home")
