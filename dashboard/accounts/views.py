"""The way in: the first page, and the choice of team."""

from functools import wraps
from typing import ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.models import User
from dashboard.accounts.sessions import TEAM_HEADER, View, signed_in, to_the_script
from dashboard.ui.htmx import HtmxRequest

Rest = ParamSpec("Rest")

OTHER_TEAM = "This browser works for {team} now. Reload the page to go on there, or switch back first."
TOO_OFTEN = "This was asked too often in a short time. Wait a while, an hour at most, then try again."


def members_only(view: "View[Rest]") -> "View[Rest]":
    """Ask the stranger to sign in, and tell the user without a team what to do about it."""

    @wraps(view)
    def seen(request: HtmxRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        member = access.current(request)
        if member is None:
            return render(request, "accounts/no_team.html", status=403)
        if request.headers.get(TEAM_HEADER, member.team_id) != member.team_id:
            return to_the_script(OTHER_TEAM.format(team=member.team.name), status=409)
        access.note_activity(member)
        return view(request, *args, **kwargs)

    return signed_in(seen)


@members_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("generate")


def too_often(request: HtmxRequest) -> HttpResponse:
    """What whoever asks too often gets; where a part of a page was asked for, the page shows the sentence."""
    if request.htmx:
        return HttpResponse(TOO_OFTEN, status=429, content_type="text/plain")
    return render(request, "429.html", {"text": TOO_OFTEN}, status=429)


@signed_in
@require_POST
def switch_team(request: HttpRequest) -> HttpResponse:
    """Work for another of one's teams from now on."""
    assert isinstance(request.user, User)  # noqa: S101 narrows the type
    mine = {membership.team_id for membership in access.memberships(request.user)}
    if request.POST.get("team") not in mine:
        raise Http404("There is no such team for you.")
    request.session[access.TEAM_IN_SESSION] = request.POST["team"]
    return redirect("home")


@signed_in
@require_safe
@never_cache
def session(request: HttpRequest) -> HttpResponse:
    """Whose session it is now, and the token of its forms, for a page that was opened in an earlier one."""
    member = access.current(request)
    assert isinstance(request.user, User)  # noqa: S101 narrows the type
    facts = {"person": str(request.user.pk), "name": str(request.user), "team": member.team_id if member else ""}
    return JsonResponse(facts | {"token": get_token(request)})


@signed_in
@require_safe
def signed_in_beside(request: HttpRequest) -> HttpResponse:
    """Where signing in beside an open page ends: it tells that page, and closes."""
    return render(request, "accounts/signed_in_beside.html")
