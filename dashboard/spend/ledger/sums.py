"""What the filtered lines add up to, where that can be told without reading all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.spend.ledger.filters import Kind, LedgerFilters
from dashboard.spend.ledger.lines import own_keys
from dashboard.spend.links import SPENT
from dashboard.spend.reconciliation.labels import number
from generation.models import CreditAccount, DailySpend, LedgerEntry

_LABELS = {"granted": "Granted", "held": "On hold", "spent": "Spent", "pictures": "Pictures paid for"}
_MOVES = {
    SPENT: ("spent", "pictures"),
    Kind.GRANT.value: ("granted",),
    Kind.HOLD.value: ("held",),
    Kind.CAPTURE.value: ("spent", "pictures"),
    Kind.RELEASE.value: ("held",),
    Kind.REFUND.value: ("spent",),
    Kind.ADJUST.value: ("granted", "spent"),
}
"""What the lines of a kind are about; a payment also ends a hold, which is beside the point."""


@dataclass(frozen=True)
class LedgerSums:
    """Credits; ``None`` where only reading every line would tell."""

    granted: int | None = None
    held: int | None = None
    spent: int | None = None
    pictures: int | None = None

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Labels and figures of those that are known."""
        known = [(label, getattr(self, name)) for name, label in _LABELS.items()]
        return [(label, number(figure)) for label, figure in known if figure is not None]


def sums(acting: Actor, filters: LedgerFilters, *, lines: Sequence[LedgerEntry] | None = None) -> LedgerSums:
    """``lines`` are all that match, where one page holds them."""
    if lines is not None:
        names = _MOVES.get(filters.kind, tuple(_LABELS))
        return LedgerSums(**{name: sum(getattr(line, name) for line in lines) for name in names})
    if not filters and acting.may(Role.ADMIN):
        account = CreditAccount.objects.get(pk=acting.team.id)
        return LedgerSums(account.granted, account.held, account.spent)
    if not filters.is_by_day:
        return LedgerSums()
    days = filters.narrow_days(_days(acting)).aggregate(spent=Sum("spent"), pictures=Sum("pictures"))
    return LedgerSums(spent=days["spent"] or 0, pictures=days["pictures"] or 0)


def _days(acting: Actor) -> QuerySet[DailySpend]:
    rows = DailySpend.objects.filter(team=acting.team)
    if acting.may(Role.ADMIN):
        return rows
    return rows.filter(Q(member=acting.user.pk if acting.user else 0) | Q(api_key__in=own_keys(acting)))
