"""A team of one's own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dashboard.accounts import access
from dashboard.accounts.forms import TeamNameForm
from dashboard.accounts.models import User
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.sessions import signed_in
from dashboard.members.founding import CannotFound, open_team
from generation.contract import PLAN_LIMITS
from generation.models import Connection
from generation.provider.base_url import PRODUCTAI


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def new_team(request: HttpRequest) -> HttpResponse:
    """Make a team that the signed-in person owns, and work in it."""
    assert isinstance(request.user, User)  # noqa: S101 narrows the type
    form = TeamNameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        connection = Connection(base_url=PRODUCTAI, plan_limit=PLAN_LIMITS["pro"])
        address = request.META.get("REMOTE_ADDR") or None
        me, name = request.user, form.cleaned_data["name"]
        try:
            team = open_team(name=name, owner=me, founder=me, connection=connection, address=address)
        except CannotFound as error:
            form.add_error("name", str(error))
        else:
            request.session[access.TEAM_IN_SESSION] = team.id
            messages.success(request, f"{team.name} is ready.")
            return redirect("team")
    return render(request, "members/new_team.html", {"form": form}, status=422 if form.errors else 200)
