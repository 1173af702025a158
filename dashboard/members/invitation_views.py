"""Where an invitation's link leads, signed in or not."""

from typing import Any

from allauth.account.views import SignupView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from dashboard.accounts import access
from dashboard.accounts.models import Invitation, Membership, User
from dashboard.accounts.order_tokens import ordered_once
from dashboard.members import invitations
from dashboard.members.actions import MemberRefused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token")
@ordered_once
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say who invites to what, and let the signed-in person join; others sign up or sign in first."""
    row = invitations.opened(request, token)
    if row is None:
        return _refuse(request, "There is no such invitation. Check that the whole link was copied.", status=404)
    if isinstance(request.user, User):
        return _answer(request, row, request.user)
    if why := invitations.fault(row):
        return _refuse(request, why, status=410)
    has_account = bool(row.email) and User.objects.filter(email__iexact=row.email).exists()
    return render(request, "members/invitation.html", {"invitation": row, "has_account": has_account})


def _answer(request: HttpRequest, row: Invitation, user: User) -> HttpResponse:
    if Membership.objects.filter(team=row.team, user=user).exists():
        return _refuse(request, f"You are in {row.team} already.", status=409)
    if why := invitations.fault(row):
        return _refuse(request, why, status=410)
    if not invitations.is_for(row, user.email):
        why = f"This invitation is for {row.email}, and you are signed in as {user.email}."
        return _refuse(request, why, status=403, may_switch=True)
    return _join(request, row, user) if request.method == "POST" else _offer(request, row)


def _offer(request: HttpRequest, row: Invitation) -> HttpResponse:
    return render(request, "members/invitation.html", {"invitation": row})


def _join(request: HttpRequest, row: Invitation, user: User) -> HttpResponse:
    try:
        invitations.accept(row, user=user, address=request.META.get("REMOTE_ADDR") or None)
    except MemberRefused as error:
        return _refuse(request, str(error), status=409)
    request.session[access.TEAM_IN_SESSION] = row.team_id
    request.session.pop(invitations.IN_SESSION, None)
    messages.success(request, f"Welcome to {row.team}.")
    return redirect("home")


def _refuse(request: HttpRequest, why: str, *, status: int, may_switch: bool = False) -> HttpResponse:
    context = {"why": why, "may_switch": may_switch}
    return render(request, "members/invitation_refused.html", context, status=status)


class SignUp(SignupView):  # type: ignore[misc]
    """allauth's, which also says to what one is invited."""

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**values)
        return context | {"invitation": invitations.remembered(self.request)}

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        found = invitations.remembered(self.request)
        return initial | ({"email": found.email} if found and found.email else {})

    def get_success_url(self) -> str:
        """The start: ``next`` is the invitation, for those who turn to sign in, and is done with by now."""
        return reverse("home")
