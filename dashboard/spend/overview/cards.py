"""The figures at the top of the overview, each with the words and the links that belong to it."""

from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Count, Sum
from django.urls import reverse

from dashboard.spend import links
from dashboard.spend.overview.figures import Figures
from dashboard.spend.overview.scopes import Scope
from dashboard.spend.overview.tables import change
from dashboard.spend.periods import Period, Span, month_of
from generation.credits.caps import CapUsage
from generation.models import CreditAccount, Reconciliation
from generation.plurals import counted
from generation.reconciliation import readings


@dataclass(frozen=True, kw_only=True)
class Card:
    label: str
    value: str
    url: str = ""
    notes: tuple[str, ...] = ()
    tone: str = ""


def spent(
    now: Figures, before: Figures, *, period: Period, scope: Scope, account: CreditAccount, cap: CapUsage | None
) -> Card:
    notes = [compared(now.spent, before.spent, period)]
    if cap:
        notes.insert(0, f"of {cap.limit:,} allowed")
    elif scope.is_team and period.is_this_month:
        notes.insert(0, f"{account.left:,} of {account.granted:,} granted are left")
    url = links.ledger(period.so_far, **scope.query)
    return Card(label="Spent", value=f"{now.spent:,}", url=url, notes=tuple(notes))


def compared(now: int, before: int, period: Period) -> str:
    """As in "12 % less than 1–22 Oct"."""
    days = label_of(period.before, period)
    if before <= 0:
        return f"nothing in {days}"
    words = change(now, before)
    if words == "same":
        return f"as much as {days}"
    return f"{words[1:]} {'more' if words.startswith('+') else 'less'} than {days}"


def label_of(span: Span, period: Period) -> str:
    """Its name, without the present year."""
    name = f"{span.first:%B}" if span == month_of(span.first) else span.name
    return name.removesuffix(f" {period.today.year}")


def on_hold(scope: Scope, team_id: str) -> Card:
    found = scope.open_holds(team_id).aggregate(jobs=Count("pk"), credits=Sum("credits"))
    jobs = found["jobs"]
    note = f"for {counted(jobs, 'job')} under way" if jobs else "no job is under way"
    url = links.ledger(None, kind="hold", **scope.query)
    return Card(label="On hold now", value=f"{found['credits'] or 0:,}", url=url, notes=(note,))


def approved(now: Figures, before: Figures, *, period: Period, scope: Scope) -> Card:
    url = links.ledger(period.so_far, kind="capture", **scope.query)
    notes = [f"{now.approved:,} approved of {now.pictures:,}" if now.pictures else "no picture was made"]
    if before.each is not None:
        notes.insert(0, f"was {before.each:,.1f}")
    value = "–" if now.each is None else f"{now.each:,.1f}"
    return Card(label="Per approved picture", value=value, url=url, notes=tuple(notes))


def agreement(team_id: str) -> Card:
    """Whether the provider's balance moved as our captures say."""
    last = Reconciliation.objects.filter(team=team_id).order_by("-id").first()
    if last is None:
        return _agreement("Not checked", "its balance is read once an hour")
    checked = f"checked {naturaltime(last.checked_at)}"
    drifts = readings.open_drifts(team_id=team_id)  # an older one stays until somebody settles it
    if drifts:
        off = f"Off by {abs(drifts[0].drift):,}" if len(drifts) == 1 else f"{len(drifts)} drifts"
        return _agreement(off, "nobody has looked into it", checked, tone="warn")
    if last.drift:
        return _agreement("Explained", f"off by {abs(last.drift):,}", checked)
    if last.in_flight:
        return _agreement("Agrees", "with jobs under way", checked, tone="good")
    return _agreement("Exactly", checked, tone="good")


def _agreement(value: str, *notes: str, tone: str = "") -> Card:
    return Card(label="Agrees with the provider", value=value, url=reverse("reconciliation"), notes=notes, tone=tone)
