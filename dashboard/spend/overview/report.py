"""Everything that the overview shows, from the roll-up, the account and the caps."""

from datetime import date
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.spend import links
from dashboard.spend.overview import cards, figures, names, scopes, tables
from dashboard.spend.overview.burndown import BurnDown, burn_down
from dashboard.spend.overview.charts import chart
from dashboard.spend.overview.figures import Days
from dashboard.spend.overview.forecast import Forecast, forecast
from dashboard.spend.overview.names import Names
from dashboard.spend.overview.scopes import Scope
from dashboard.spend.periods import LENGTHS, Period, Span, month_query, months, read
from dashboard.ui.filters import CHOICES_MAX
from generation.credits import caps
from generation.credits.caps import CapUsage
from generation.models import Cap, CreditAccount


def asked(acting: Actor, address: QueryDict) -> tuple[CreditAccount, Period, Scope]:
    """The team's account, and what the address names. Raises 404 for what is not the team's."""
    team = acting.team
    account = CreditAccount.objects.filter(pk=team.id).first() or CreditAccount(team=team)
    today = timezone.now().astimezone(account.zone).date()
    return account, read(address, today=today), scopes.read(acting, address)


def overview(acting: Actor, address: QueryDict) -> dict[str, Any]:
    """The context of ``spend/spend.html``."""
    account, period, scope = asked(acting, address)
    days = figures.by_day(acting.team.id, scope, first=_known_from(period), last=period.so_far.last)
    groups = figures.groups(acting.team.id, scope, period)
    known = names.of_team(
        acting, members={group.member for group in groups}, versions={group.preset_version for group in groups}
    )
    standings = caps.standings(team_id=acting.team.id)
    monthly = [one for one in standings if one.cap.period == Cap.Period.MONTH] if period.is_this_month else []
    cap = _of(scope, monthly)
    limits = {one.cap.project_id: one.limit for one in monthly if one.cap.project_id}
    ahead = forecast(days, period.span, today=period.today)
    return {
        "period": period,
        "scope": scope,
        "standings": standings,
        "is_new": scope.is_team and not days and not account.spent,
        "cards": _cards(acting, days, account, period, scope, cap),
        "now": figures.total(days, period.so_far),
        "chart": chart(days, period),
        "forecast": ahead,
        "burn_down": _burn_down(days, account, period, scope, cap, ahead),
        "tables": tables.tables(
            groups, known, period=period, scope=scope, caps=limits, unfolded=address.get("all", "")
        ),
        "compared_with": cards.label_of(period.before, period),
        **_choosers(acting, period, scope, known),
    }


def _cards(
    acting: Actor, days: Days, account: CreditAccount, period: Period, scope: Scope, cap: CapUsage | None
) -> list[cards.Card]:
    now, before = figures.total(days, period.so_far), figures.total(days, period.before)
    shown = [
        cards.spent(now, before, period=period, scope=scope, account=account, cap=cap),
        cards.on_hold(scope, acting.team.id),
        cards.approved(now, before, period=period, scope=scope),
    ]
    return [*shown, cards.agreement(acting.team.id)] if acting.may(Role.ADMIN) else shown


def _known_from(period: Period) -> date:
    """Early enough for the comparison, and for the mean that the first day of a chart shows."""
    return min(period.before.first, Span(period.span.first, period.span.first).shifted(-6).first)


def _of(scope: Scope, standings: list[CapUsage]) -> CapUsage | None:
    """The monthly cap of just what is shown."""
    if scope.caps is None:
        return None
    bound = scope.caps.items()
    return next((one for one in standings if all(getattr(one.cap, name) == value for name, value in bound)), None)


def _burn_down(
    days: Days, account: CreditAccount, period: Period, scope: Scope, cap: CapUsage | None, ahead: Forecast | None
) -> BurnDown | None:
    """Of the cap; without one, of the team's credits."""
    if not period.is_this_month or not (cap or scope.is_team):
        return None
    spent = figures.total(days, period.so_far).spent
    limit = cap.limit if cap else account.granted - account.spent + spent
    if limit <= 0:
        return None
    return burn_down(days, period.span, today=period.today, limit=limit, of_cap=cap is not None, ahead=ahead)


def _choosers(acting: Actor, period: Period, scope: Scope, known: Names) -> dict[str, Any]:
    def to(query: dict[str, str]) -> str:
        return links.overview(query, scope.query)

    today = period.today
    spans = [(f"Last {days} days", {"period": str(days)}) for days in LENGTHS]
    firsts = [(first, month_query(first, today)) for first in months(today)]
    found: dict[str, Any] = {
        "earlier_url": to(period.earlier),
        "later_url": to(period.later) if period.later is not None else "",
        "lengths": [(label, to(query), period.query == query) for label, query in spans],
        "months": [(first, to(query), period.query == query) for first, query in firsts],
        "csv_url": links.address(reverse("spend_csv"), period.query, scope.query),
    }
    if acting.may(Role.ADMIN):
        found["scopes"] = _scopes(period, scope, known)
    return found


def _scopes(period: Period, scope: Scope, known: Names) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Headings with labels, addresses, and whether they are chosen."""

    def choices(name: str, found: dict[Any, str]) -> list[tuple[str, str, bool]]:
        queries = [(label, {name: str(value)}) for value, label in list(found.items())[:CHOICES_MAX]]
        return [(label, links.overview(period.query, query), scope.query == query) for label, query in queries]

    kinds: list[tuple[str, str, dict[Any, str]]] = [
        ("Projects", "project", known.projects),
        ("Members", "member", known.members),
        ("API keys", "key", known.keys),
    ]
    whole = ("", [("Whole team", links.overview(period.query), scope.is_team)])
    return [whole, *((heading, choices(name, found)) for heading, name, found in kinds if found)]
