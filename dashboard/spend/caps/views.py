"""Caps: seen by those whom they bind, set by admins and owners."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.audit.edits import last_change
from dashboard.spend.caps import actions, alert_list, labels, queries
from dashboard.spend.caps.actions import CapRefused
from dashboard.spend.caps.forms import AmountForm, CapForm, RaiseForm
from dashboard.spend.caps.queries import CapRow
from dashboard.ui.edits import ChangedMeanwhile, Edit, stamp
from dashboard.ui.filters import whole_number
from generation.credits.caps import MOST
from generation.models import Cap, CreditAccount
from generation.plurals import counted


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
@ordered_once
def caps(request: HttpRequest) -> HttpResponse:
    """List the caps with past warnings, and set another."""
    writes = request.method == "POST"
    acting = access.actor(request, Role.ADMIN if writes else Role.VIEWER)
    may_change = acting.may(Role.ADMIN)
    form = CapForm(request.POST if writes else None, acting=acting) if may_change else None
    if form and form.is_valid():
        try:
            cap = actions.add(acting, **form.cleaned_data)
        except CapRefused as error:
            form.add_error(None, str(error))
        else:
            return _said(request, queries.row(acting, cap))
    found = queries.rows(acting)
    context: dict[str, Any] = {"groups": queries.groups(found), "form": form, "may_change": may_change}
    context |= {"alerts": alert_list.latest(acting, found)}
    return render(request, "spend/caps/caps.html", context, status=422 if form and form.errors else 200)


def _said(request: HttpRequest, row: CapRow) -> HttpResponse:
    """What the cap allows now, and what it no longer does."""
    until = f" until {row.resets}" if row.resets else ""
    allows = counted(row.left, "more credit")
    if row.is_used_up and row.standing.used:
        messages.warning(request, f"Already {row.standing.used:,} used; nothing more fits{until}.")
    else:
        messages.success(request, f"The {row.label} allows {allows}{until}.")
    return redirect("caps")


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def cap(request: HttpRequest, cap_id: str) -> HttpResponse:
    """One cap: how it stands, how much it allows, a raise for a while (``?lack=35`` proposes one), its end."""
    acting = access.actor(request, Role.ADMIN)
    found = _find(acting, cap_id)
    edit = Edit.opened(request, actions.amount_of(found))
    form = _amount_form(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            act = partial(actions.change, acting, found, seen=edit.seen, **form.cleaned_data)
            return _done(request, acting, act)
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=last_change(acting, found.pk, error))
    return _page(request, acting, found, form=form, edit=edit)


@members_only
@require_POST
@ordered_once
def raise_cap(request: HttpRequest, cap_id: str) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    found = _find(acting, cap_id)
    edit = Edit.opened(request, actions.raise_of(found), page=reverse("cap", args=[found.pk]))
    form = RaiseForm(request.POST, cap=found, zone=CreditAccount.zone_of(acting.team.id))
    if form.is_valid():
        try:
            act = partial(actions.raise_for_a_while, acting, found, seen=edit.seen, **form.cleaned_data)
            return _done(request, acting, act)
        except ChangedMeanwhile as error:
            edit.refuse(error, form, last=last_change(acting, found.pk, error))
    return _page(request, acting, found, raise_form=form, raise_edit=edit)


@members_only
@require_POST
@ordered_once
def end_raise(request: HttpRequest, cap_id: str) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    found = _find(acting, cap_id)
    return _done(request, acting, lambda: actions.end_raise(acting, found))


@members_only
@require_POST
@ordered_once
def remove_cap(request: HttpRequest, cap_id: str) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    found = _find(acting, cap_id)
    try:
        actions.remove(acting, found)
    except CapRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The {labels.label_of(found)} is gone. It stops nothing any more.")
    return redirect("caps")


def _find(acting: Actor, cap_id: str) -> Cap:
    rows = Cap.objects.select_related("team", "project", "member", "created_by")
    return access.find(acting, rows, pk=cap_id)


def _done(request: HttpRequest, acting: Actor, act: Callable[[], Cap]) -> HttpResponse:
    try:
        changed = act()
    except CapRefused as error:
        messages.error(request, str(error))
        return redirect("caps")
    return _said(request, queries.row(acting, changed))


def _page(
    request: HttpRequest,
    acting: Actor,
    found: Cap,
    *,
    form: AmountForm | None = None,
    raise_form: RaiseForm | None = None,
    edit: Edit | None = None,
    raise_edit: Edit | None = None,
) -> HttpResponse:
    found = _find(acting, found.pk)
    row = queries.row(acting, found)
    edit = edit or Edit(stamp(actions.amount_of(found)))
    raise_edit = raise_edit or Edit(stamp(actions.raise_of(found)))
    context: dict[str, Any] = {
        "row": row,
        "form": form or _amount_form(found),
        "raise_form": raise_form or _raise_form(request, row),
        "edit": edit,
        "raise_edit": raise_edit,
    }
    status = max(edit.status(context["form"]), raise_edit.status(context["raise_form"]))
    return render(request, "spend/caps/cap.html", context, status=status)


def _amount_form(found: Cap, data: Any = None) -> AmountForm:
    return AmountForm(data, initial=actions.amount_of(found))


def _raise_form(request: HttpRequest, row: CapRow) -> RaiseForm:
    """Proposes what somebody lacks, to the end of the cap's month or for a week."""
    ends = row.standing.resets_at or timezone.now() + timedelta(days=8)
    last = (ends - timedelta(seconds=1)).astimezone(row.zone).date()
    initial = {"credits": whole_number(request.GET.get("lack", ""), at_most=MOST), "until": last}
    return RaiseForm(cap=row.cap, zone=row.zone, initial=initial)
