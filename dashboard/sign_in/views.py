"""A person's own account: who they are, how they sign in, and where they are signed in."""

from collections.abc import Iterable
from smtplib import SMTPException
from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.decorators import rate_limit
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts.models import User
from dashboard.accounts.sessions import signed_in
from dashboard.members.actions import MemberRefused
from dashboard.sign_in import mail_address
from dashboard.sign_in.audit_trail import note
from dashboard.sign_in.devices import device
from dashboard.sign_in.forms import AddressForm, NameForm
from dashboard.sign_in.second_factor import second_factors
from dashboard.ui.edits import ChangedMeanwhile, Edit, LastChange, check


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def your_account(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    edit = Edit.opened(request, {"name": user.name})
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": user.name})
    if form.is_valid():
        try:
            _rename(request, user, form.cleaned_data["name"], seen=edit.seen)
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=LastChange("You, in another window,"))
        else:
            messages.success(request, "Your name is saved.")
            return redirect("your_account")
    context = {
        "form": form,
        "edit": edit,
        "factors": second_factors(user),
        "sessions": [(session, device(session.user_agent)) for session in _sessions(request, user)],
        "single_sign_on": settings.OIDC_NAME if settings.SINGLE_SIGN_ON else "",
        "is_tied": SocialAccount.objects.filter(user=user).exists(),
    }
    return render(request, "sign_in/you.html", context, status=edit.status(form))


def _rename(request: HttpRequest, user: User, name: str, *, seen: str) -> None:
    """Raises ``ChangedMeanwhile``."""
    with transaction.atomic():
        former = User.objects.select_for_update().get(pk=user.pk).name
        check(seen, present={"name": former}, wanted={"name": name})
        user.name = name
        if former != name:
            user.save(update_fields=["name"])
            note(request, user, "person.renamed", before={"name": former}, after={"name": name})


def _sessions(request: HttpRequest, user: User) -> list[UserSession]:
    """Where the person is signed in: this browser, then the latest first."""
    if not UserSession.objects.filter(session_key=request.session.session_key).exists():
        UserSession.objects.create_from_request(request)  # it began before sessions were listed
    sessions: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(sessions, key=lambda session: (session.is_current(), session.created_at), reverse=True)


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    if session.is_current():
        return redirect("account_logout")
    _end(request, [session])
    messages.success(request, "That browser is signed out.")
    return redirect("your_account")


def _end(request: HttpRequest, sessions: Iterable[UserSession]) -> None:
    with transaction.atomic():
        ended = []
        for session in sessions:
            session.end()
            ended.append(device(session.user_agent))
        if ended:
            note(request, cast("User", request.user), "sessions.ended", before={"browsers": ended})


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    _end(request, UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key))
    messages.success(request, "You are signed out everywhere else.")
    return redirect("your_account")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="manage_email")  # type: ignore[untyped-decorator]
@reauthentication_required  # type: ignore[untyped-decorator]
def change_address(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            mail_address.ask(user, email=form.cleaned_data["email"])
        except MemberRefused as error:
            form.add_error("email", str(error))
        except (OSError, SMTPException):
            form.add_error(None, "The mail could not be sent, so nothing has changed. Try again later.")
        else:
            messages.success(request, "A mail is on its way to the new address. Open the link in it within a day.")
            return redirect("your_account")
    return render(request, "sign_in/address.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail's link leads. Whoever reads the mail may follow it: it was asked for when signed in."""
    try:
        user, email = mail_address.asked(token)
        if request.method == "POST":
            mail_address.confirm(request, token)
            messages.success(request, f"From now on you sign in with {email}.")
            return redirect("your_account")
    except MemberRefused as error:
        return render(request, "members/invitation_refused.html", {"why": str(error)}, status=410)
    return render(request, "sign_in/confirm_address.html", {"person": user, "email": email})
