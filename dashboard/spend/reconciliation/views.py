"""Whether the provider's books agree with ours, for admins."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, F, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.accounts.order_tokens import ordered_once
from dashboard.accounts.views import members_only
from dashboard.spend.reconciliation import actions, labels
from dashboard.spend.reconciliation.forms import SettleForm, Verdict
from dashboard.ui.filters import whole_number
from generation.credits.ledger import BadEntry
from generation.models import Connection, Discrepancy, Reconciliation
from generation.pipeline.hints import hint
from generation.provider.client import KeyRefused, ProviderError
from generation.reconciliation import readings

PAGE = 50
JOBS = 50
SUSPECTS_MAX = 2_000
"""Jobs that are read to explain the open drifts; of more than that nobody says what they cost together."""
"""Of those to look at, how many are shown at once."""
FEW = 6
SECONDS = 10
"""How long a person waits for the provider."""


@members_only
@require_safe
def provider(request: HttpRequest) -> HttpResponse:
    acting = access.actor(request, Role.ADMIN)
    before = whole_number(request.GET.get("before", ""))
    only = "drift" if request.GET.get("only") == "drift" else ""
    return render(request, "spend/reconciliation/reconciliation.html", _page(acting, before=before, only=only))


def _page(
    acting: Actor, *, before: int | None = None, only: str = "", answered: SettleForm | None = None, to: int = 0
) -> dict[str, Any]:
    """``answered`` is a form that did not fit, for the reading ``to``; ``only`` the readings that differed, or all."""
    team, home = acting.team, reverse("reconciliation")
    rows = Reconciliation.objects.filter(team=team).select_related("settled_by").order_by("-id")
    rows = rows.annotate(odd=Count("discrepancies"))
    shown = Discrepancy.objects.select_related("job").order_by(F("job").desc(nulls_last=True), "id")[:JOBS]
    rows = rows.prefetch_related(Prefetch("discrepancies", shown, to_attr="shown"))
    rows = rows.exclude(drift=0) if only else rows
    found = list((rows.filter(id__lt=before) if before else rows)[: PAGE + 1])
    query = {"only": only, "before": str(found[PAGE - 1].pk) if len(found) > PAGE else ""}
    older = f"{home}?{urlencode({name: value for name, value in query.items() if value})}" if query["before"] else ""
    drifts = [] if before else readings.open_drifts(team_id=team.id)
    suspects = _suspects(drifts)
    return {
        "state": labels.state(team.id),
        "has_connection": Connection.objects.filter(team=team).exclude(key="").exists(),
        "drifts": [_drift(row, suspects[row.pk], answered if answered and row.pk == to else None) for row in drifts],
        "readings": [_reading(row) for row in found[:PAGE]],
        "older_url": older,
        "before": before,
        "only": only,
        "newest_url": f"{home}?only={only}" if only else home,
    }


def _drift(row: Reconciliation, suspects: list[Discrepancy], answered: SettleForm | None) -> dict[str, Any]:
    """What is known of an open drift."""
    return {
        "row": row,
        "question": labels.question(row),
        "moved": labels.number(abs(row.moved)),
        "suspects": suspects[:FEW],
        "further": suspects[FEW:JOBS],
        "more": max(0, len(suspects) - JOBS),
        "explained": labels.explained(row, suspects) if len(suspects) < SUSPECTS_MAX else "",
        "form": answered or SettleForm(reading=row),
    }


def _suspects(drifts: list[Reconciliation]) -> dict[int, list[Discrepancy]]:
    """By drift, the jobs of which the readings since its base told; what was learned of them later counts."""
    since_bases = Q(pk__in=[])
    for row in drifts:
        readings_of = {"connection": row.connection_id, "id__lte": row.pk, "checked_at__gt": row.since}
        since_bases |= Q(**{f"reconciliation__{name}": value for name, value in readings_of.items()})
    accounts = {row.connection_id for row in drifts}
    rows = Discrepancy.objects.filter(reconciliation__connection__in=accounts).select_related("job", "reconciliation")
    # Others may have made any number of jobs with the same account: ours come first.
    known = {
        odd.pk: odd for odd in rows.filter(since_bases).order_by(F("job").desc(nulls_last=True), "-id")[:SUSPECTS_MAX]
    }
    named = {odd.provider_job_id for odd in known.values() if odd.provider_job_id}
    known |= {odd.pk: odd for odd in rows.filter(provider_job_id__in=named)} if named else {}
    newest_last = [known[pk] for pk in sorted(known)]
    return {row.pk: _suspects_of(row, newest_last) for row in drifts}


def _suspects_of(drift: Reconciliation, newest_last: list[Discrepancy]) -> list[Discrepancy]:
    of_account = [odd for odd in newest_last if odd.reconciliation.connection_id == drift.connection_id]
    since_base = [odd for odd in of_account if _is_since_base(odd.reconciliation, drift)]
    named = {odd.provider_job_id for odd in since_base if odd.provider_job_id}
    pks = {odd.pk for odd in since_base}
    return _newest_words(odd for odd in of_account if odd.pk in pks or odd.provider_job_id in named)


def _is_since_base(reading: Reconciliation, drift: Reconciliation) -> bool:
    return reading.pk <= drift.pk and drift.since is not None and reading.checked_at > drift.since


def _newest_words(odd: Iterable[Discrepancy]) -> list[Discrepancy]:
    """Of each job what was said of it last."""
    return list({found.provider_job_id or found.pk: found for found in odd}.values())


def _reading(row: Any) -> dict[str, Any]:
    word, tone = labels.verdict(row)
    return {
        "row": row,
        "word": word,
        "tone": tone,
        "odd": _newest_words(row.shown),
        "more": max(0, row.odd - JOBS),
        "moved": labels.number(row.moved),
        "drift": labels.number(row.drift),
        "is_new": labels.is_new_account(row),
    }


@members_only
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Take a reading now."""
    acting = access.actor(request, Role.ADMIN)
    connection = Connection.objects.filter(team=acting.team).exclude(key="").first()
    if connection is None:
        messages.error(request, "There is no connection to ProductAI to read from yet.")
        return redirect("reconciliation")
    try:
        readings.check(connection, seconds=SECONDS)
    except KeyRefused:
        messages.error(request, "ProductAI refused the team's key. Nothing was read; replace the key first.")
    except ProviderError as error:
        messages.error(request, f"Nothing was read. {error} Try again in a while.")
    else:
        if readings.is_behind(connection):
            hint("compare_jobs", connection.id)
        state = labels.state(acting.team.id)
        (messages.success if not state.drift else messages.warning)(request, f"Checked. {state.sentence}")
    return redirect("reconciliation")


@members_only
@require_POST
@ordered_once
def settle(request: HttpRequest, reading_id: int) -> HttpResponse:
    """Answer an open drift."""
    acting = access.actor(request, Role.ADMIN)
    reading = access.find(acting, Reconciliation, pk=reading_id)
    form = SettleForm(request.POST, reading=reading)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.settle(acting, reading, **given | {"verdict": Verdict(given["verdict"])})
        except readings.NotOpen as error:
            messages.error(request, str(error))
            return redirect("reconciliation")
        except BadEntry as error:
            form.add_error("verdict", str(error))
        else:
            messages.success(request, "Settled. From now on it counts as explained.")
            return redirect("reconciliation")
    return render(
        request, "spend/reconciliation/reconciliation.html", _page(acting, answered=form, to=reading.pk), status=422
    )
