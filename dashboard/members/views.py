"""The people of a team: seen by all of them, changed by admins and owners."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.idempotency import Made, once
from dashboard.accounts.models import ApiKey, Invitation, Membership, Role
from dashboard.accounts.order_tokens import order_of, ordered_once
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.members import actions, invitations, mails
from dashboard.members.actions import MemberRefused
from dashboard.members.forms import InvitationForm, RoleForm
from dashboard.ui.edits import ChangedMeanwhile, Edit


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members_only
@sensitive_variables("context", "made")
def people(request: HttpRequest) -> HttpResponse:
    """List members and invitations, and invite: the answer to the POST is the only page that shows the link."""
    writes = request.method == "POST"
    acting = access.actor(request, Role.ADMIN if writes else Role.VIEWER)
    form = InvitationForm(request.POST if writes else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            made, is_new = once(order_of(request), lambda: _invited(acting, form))
        except MemberRefused as error:
            form.add_error("email", str(error))
        else:
            row = access.find(acting, Invitation.objects.select_related("team", "created_by"), pk=made["invitation"])
            mailed = mails.send_invitation(row, link=made["link"]) if row.email and is_new else None
            context = {"form": InvitationForm(), "made": row, "link": made["link"], "mailed": mailed}
    context |= _lists(acting)
    return render(request, "members/members.html", context, status=422 if form.errors else 200)


@sensitive_variables("token")
def _invited(acting: Actor, form: InvitationForm) -> Made:
    row, token = invitations.invite(acting, **form.cleaned_data)
    return {"invitation": row.id, "link": invitations.link(token)}


def _lists(acting: Actor) -> dict[str, Any]:
    rows = Membership.objects.filter(team=acting.team).select_related("user").order_by("-role", "user__email")
    may_change = acting.may(Role.ADMIN)
    return {
        "members": [{"member": row, "may_change": _may_change(acting, row)} for row in rows],
        "pending": invitations.pending(acting) if may_change else (),
        "may_invite": may_change,
    }


def _may_change(acting: Actor, member: Membership) -> bool:
    return acting.may(Role.ADMIN) and (acting.may(Role.OWNER) or member.role < Role.OWNER)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, membership_id: int) -> HttpResponse:
    """One member's role, and the ways out of the team."""
    acting = access.actor(request, Role.ADMIN)
    row = access.find(acting, Membership.objects.select_related("user"), pk=membership_id)
    edit = Edit.opened(request, {"role": row.role})
    form = _role_form(acting, row, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.change_role(acting, row, role=form.cleaned_data["role"], seen=edit.seen)
        except MemberRefused as error:
            form.add_error(None, str(error))
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=last_change(acting, str(row.pk), error))
        else:
            messages.success(request, f"{row.user} is {_a(form.cleaned_data['role'])} now.")
            return redirect("members")
    keys = ApiKey.objects.filter(team=acting.team, created_by=row.user, revoked_at=None).count()
    context = {"member": row, "form": form, "edit": edit, "keys": keys, "is_self": row.user_id == request.user.pk}
    context |= {"may_change": _may_change(acting, row), "may_hand_over": acting.may(Role.OWNER)}
    return render(request, "members/member.html", context, status=edit.status(form))


def _role_form(acting: Actor, row: Membership, data: Any) -> RoleForm:
    """Offers what the actor may give; a role beyond that reaches the action, which forbids it."""
    offered = Role if data is not None or acting.may(Role.OWNER) else [role for role in Role if role < Role.OWNER]
    choices = [(role.value, str(role.label)) for role in offered]
    return RoleForm(data, choices=choices, initial={"role": row.role})


def _a(role: Role) -> str:
    return f"{'an' if role.label[0] in 'AO' else 'a'} {role.label.lower()}"


@members_only
@require_POST
@ordered_once
def remove(request: HttpRequest, membership_id: int) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    row = access.find(acting, Membership.objects.select_related("user"), pk=membership_id)
    said = f"{row.user} is no longer in {acting.team}. Jobs under way go on."
    return _done(request, lambda: actions.remove(acting, row), said)


@members_only
@require_POST
@ordered_once
def hand_over(request: HttpRequest, membership_id: int) -> HttpResponse:
    acting = access.actor(request, Role.OWNER)
    row = access.find(acting, Membership.objects.select_related("user"), pk=membership_id)
    return _done(
        request, lambda: actions.hand_over(acting, row), f"{row.user} owns {acting.team} now; you are an admin."
    )


@ordered_once  # asked first: whoever has left is perhaps in no team any more
@members_only
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request)
    try:
        actions.leave(acting)
    except MemberRefused as error:
        messages.error(request, str(error))
        return redirect("members")
    request.session.pop(access.TEAM_IN_SESSION, None)
    messages.success(request, f"You have left {acting.team}.")
    return redirect("home")


@members_only
@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: str) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    row = access.find(acting, Invitation, pk=invitation_id)
    return _done(request, lambda: invitations.revoke(acting, row), "The invitation no longer works.")


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except MemberRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("members")
