"""The team's account at the provider, for its admins."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.models import Role
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.connections import actions
from dashboard.connections import messages as words
from dashboard.connections.forms import ConnectionForm, PauseForm
from dashboard.ui.counts import tally
from dashboard.ui.edits import ChangedMeanwhile, Edit
from generation.errors import UserFacingError
from generation.models import Connection, Job, JobState
from generation.provider.base_url import is_sandbox, provider_name
from generation.provider.client import KeyRefused, ProviderError


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def connection(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    row = _present(acting)
    edit = Edit.opened(request, actions.settings_of(row))
    form = ConnectionForm(request.POST if request.method == "POST" else None, connection=row)
    if form.is_valid():
        try:
            actions.connect(acting, **form.cleaned_data, account=form.account, seen=edit.seen)
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=last_change(acting, row.pk if row else "", error))
        except UserFacingError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, form)
            return redirect("connection")
    context = _facts(_present(acting)) | {"form": form, "edit": edit, "has_sandbox": settings.SANDBOX}
    return render(request, "connections/connection.html", context, status=edit.status(form))


def _present(acting: access.Actor) -> Connection | None:
    return Connection.objects.filter(team=acting.team).first()


def _tell(request: HttpRequest, form: ConnectionForm) -> None:
    if form.account:
        messages.success(request, f"Connected to ProductAI. The account has {form.account.credits:,} credits.")
    else:
        messages.warning(request, f"Saved, but the key could not be tested. {form.fault}")


def _facts(row: Connection | None) -> dict[str, Any]:
    if row is None:
        return {"connection": None}
    return {
        "connection": row,
        "provider": provider_name(row.base_url),
        "is_sandbox": is_sandbox(row.base_url),
        "plan": words.plan(row),
        "key": words.masked(row.key) if row.key else "",
        "ways": [("Finished pictures", words.news(row)), ("Product photos", words.photos(row))],
        "pause": words.pause(row),
        "pause_form": PauseForm(),
        "waiting": tally(Job.objects.filter(connection=row, state=JobState.QUEUED)),
    }


@members_only
@require_POST
def use_sandbox(request: HttpRequest) -> HttpResponse:
    try:
        actions.use_sandbox(access.actor(request, Role.ADMIN))
    except UserFacingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Back in the sandbox: pictures are pretend and cost nothing real.")
    return redirect("connection")


@members_only
@require_POST
def test_key(request: HttpRequest) -> HttpResponse:
    """Ask the provider whose key the present one is, and say what it answered."""
    acting = access.actor(request, Role.ADMIN)
    row = access.find(acting, Connection)
    try:
        account = actions.test(acting, row)
    except KeyRefused:
        messages.error(request, f"{provider_name(row.base_url)} refused the key. Give a new one; jobs wait until then.")
    except ProviderError as error:
        messages.error(request, f"The key could not be tested. {error}")
    else:
        messages.success(request, f"The key works: {words.owner_of(account)}.")
    return redirect("connection")


@members_only
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Let nothing leave until somebody resumes."""
    acting = access.actor(request, Role.ADMIN)
    row = access.find(acting, Connection)
    form = PauseForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reason"][0]))
    elif actions.pause(acting, row, reason=form.cleaned_data["reason"]):
        messages.success(request, "Paused. New jobs wait until somebody resumes; those under way still finish.")
    return redirect("connection")


@members_only
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    actions.resume(acting, access.find(acting, Connection))
    messages.success(request, "Resumed. Waiting jobs leave now.")
    return redirect("connection")
