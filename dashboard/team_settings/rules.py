"""What a team's admins decide for all of it: its name, its days, its rules for pictures, and where it is warned."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role, Team
from dashboard.accounts.webhook_addresses import trusted_webhooks
from dashboard.audit.record import record
from dashboard.gallery import retention
from dashboard.members import actions
from dashboard.ui.edits import check
from generation.credits import ledger
from generation.database.public_ids import new_id
from generation.models import CreditAccount
from generation.network import webhook_sender
from generation.provider.contract_http import iso

TEST = "test"
"""The ``type`` of what "Send a test" posts."""
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything but the name."""

    time_zone: str
    """An IANA name."""
    approve_own: bool
    approved_only: bool
    retention_days: int
    """0 is for ever."""
    alert_url: str

    @classmethod
    def of(cls, team: Team) -> Self:
        account = CreditAccount.objects.filter(pk=team.pk).first() or CreditAccount()
        return cls(
            time_zone=account.time_zone,
            approve_own=team.approve_own,
            approved_only=team.approved_only,
            retention_days=team.retention_days,
            alert_url=team.alert_url,
        )


def going_tonight(team: Team, *, days: int) -> int:
    """Pictures that would be gone tomorrow, if only so many ``days`` were kept from now on; 0 for no stricter rule."""
    if not days or 0 < team.retention_days <= days:
        return 0
    return retention.going_tonight(team, days=days)


def settings_of(team: Team) -> dict[str, Any]:
    """What the page of the team's settings shows, by the names of its fields."""
    return {"name": team.name, **asdict(Rules.of(team))}


def change(acting: Actor, *, name: str, rules: Rules, seen: str = "") -> None:
    """Raises ``ChangedMeanwhile``."""
    acting.require(Role.ADMIN)
    with transaction.atomic():
        zone = Rules.of(acting.team).time_zone
        if rules.time_zone != zone:  # the credits come first: whatever writes both locks them in this order
            ledger.set_time_zone(team_id=acting.team.pk, name=rules.time_zone)
        team = Team.objects.select_for_update().get(pk=acting.team.pk)
        before = replace(Rules.of(team), time_zone=zone)
        check(seen, present={"name": team.name, **asdict(before)}, wanted={"name": name, **asdict(rules)})
        _write(team, rules)
        if rules.retention_days != before.retention_days:
            retention.announce(team)
        actions.rename(acting, name=name)
        if rules != before:
            record(acting, "team.rules_changed", team.pk, before=asdict(before), after=asdict(rules))


def _write(team: Team, rules: Rules) -> None:
    fields = {name: value for name, value in asdict(rules).items() if name != "time_zone"}
    for field, value in fields.items():
        setattr(team, field, value)
    team.alert_secret = (team.alert_secret or _new_secret()) if rules.alert_url else ""
    team.save(update_fields=[*fields, "alert_secret"])


def _new_secret() -> str:
    """As the Standard Webhooks scheme writes one."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def send_test(team: Team) -> webhook_sender.Answer:
    """Post a signed test message to where the team is warned, once."""
    return webhook_sender.post(
        url=team.alert_url,
        secret=team.alert_secret,
        message_id=new_id("test"),
        body={"type": TEST, "timestamp": iso(timezone.now()), "data": _said_by_a_test(team)},
        trusted=trusted_webhooks(),
    )


def _said_by_a_test(team: Team) -> Mapping[str, Any]:
    return {"team": team.name, "text": "This is a test. Warnings about caps arrive here in the same way."}
