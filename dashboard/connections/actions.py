"""How a team's connection to its provider is changed."""

import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.connections.messages import masked
from dashboard.presets.models import Preset
from dashboard.studio.actions import NotPossible, hint_submission
from dashboard.ui.edits import check
from generation.contract import PLAN_LIMITS, Account
from generation.models import Asset, Connection, Job, JobState
from generation.provider import connections, rate_limit
from generation.provider.base_url import sandbox_address
from generation.provider.client import Client, ProviderError
from generation.reconciliation import readings
from generation.sandbox.keys import open_account

TEST_SECONDS = 10
AT_PROVIDER = (JobState.SUBMITTING, JobState.SUBMITTED, JobState.UNKNOWN, JobState.RENDERED, JobState.STORING)
"""Jobs of which only the provider that has them can tell."""
SANDBOX_CREDITS = 1500


def ask_account(*, base_url: str, key: str) -> Account:
    """Ask the provider whose key it is. Raises ``client.ProviderError``."""
    trusted = connections.trusted_providers()
    with Client(base_url=base_url, key=key, seconds=TEST_SECONDS, trusted=trusted) as client:
        return client.get_account()


def settings_of(row: Connection | None) -> dict[str, str]:
    """What the form changes, by the names of its fields; of the key only its end."""
    if row is None:
        return {"base_url": "", "key": "", "plan": "", "photo_delivery": ""}
    plan = next((plan for plan, limit in PLAN_LIMITS.items() if limit == row.plan_limit), "pro")
    return _settings(row.base_url, row.key, plan, row.photo_delivery)


def _settings(base_url: str, key: str, plan: str, photo_delivery: str) -> dict[str, str]:
    shown = masked(key) if key else ""
    return {"base_url": base_url, "key": shown, "plan": plan, "photo_delivery": str(photo_delivery)}


def connect(
    acting: Actor,
    *,
    base_url: str,
    key: str,
    plan: str,
    photo_delivery: str,
    account: Account | None,
    seen: str = "",
) -> Connection:
    """Use another provider, account or key from now on. Raises :class:`NotPossible` and ``ChangedMeanwhile``.

    ``account`` is whose key it is, where the provider said so; its plan then counts, else ``plan``.
    """
    acting.require(Role.ADMIN)
    known = Connection.objects.filter(team=acting.team).first() or Connection(team=acting.team, base_url=base_url)
    moved = known.base_url != base_url or _is_another(account, known, key=key)
    with transaction.atomic():
        # Locked before jobs are counted: whoever posts locks it too, so that no job leaves for the account left behind.
        row = Connection.objects.select_for_update().filter(team=acting.team).first() or known
        present = settings_of(None if row._state.adding else row)
        check(seen, present=present, wanted=_settings(base_url, key, plan, photo_delivery))
        if moved:
            _leave(row)
        before = _facts(row) | _pause(row)
        replaced = row.key != key
        row.base_url, row.key, row.photo_delivery = base_url, key, photo_delivery
        row.plan_limit = PLAN_LIMITS[account.plan if account and account.plan in PLAN_LIMITS else plan]
        if moved:
            row.balance, row.balance_at, row.moved_at = None, None, timezone.now()
        row.save()
        if row.pause == Connection.Pause.KEY or (moved and row.pause != Connection.Pause.PERSON):
            _reopen(row)
            row.pause = Connection.Pause.NONE
        if moved:
            readings.begin_anew(row)  # last, since whoever moves a job takes its row before the account's
        after = _facts(row) | _pause(row) | {"key_replaced": replaced}
        record(acting, "connection.changed", row.id, before=before, after=after)
    if account:
        rate_limit.stamp(row.id, secrets.token_hex(8), kind=rate_limit.Kind.LOOK)  # saying so was a request of its plan
        connections.note_balance(row, credits=account.credits)
    return row


def _is_another(account: Account | None, known: Connection, *, key: str) -> bool:
    """Whether the new key opens another account than the present one, as far as the provider tells."""
    if known.key in {key, ""} or account is None:
        return False
    try:
        with connections.open_client(known, seconds=TEST_SECONDS) as client:
            present = client.get_account().id
    except ProviderError:  # a refused key is the usual reason for a new one
        present = readings.known_account(known) or account.id
    return account.id != present


def _leave(connection: Connection) -> None:
    """Forget what only the present account knows. Raises :class:`NotPossible` while it still has jobs.

    An account whose key is refused tells nothing any more; a person decides on the jobs that it has.
    """
    is_closed = connection.pause == Connection.Pause.KEY
    states = [JobState.SUBMITTING] if is_closed else AT_PROVIDER
    waiting = Job.objects.filter(connection=connection, state__in=states).count()
    if waiting:
        jobs = "A job is" if waiting == 1 else f"{waiting:,} jobs are"
        raise NotPossible(f"{jobs} still being made there. Wait for the pictures, then change the provider.")
    for rows in (Asset.objects, Preset.objects):
        rows.filter(team_id=connection.team_id).exclude(provider_id="").update(provider_id="")


def _facts(connection: Connection) -> dict[str, str | int]:
    return {name: getattr(connection, name) for name in ("base_url", "plan_limit", "photo_delivery")}


def _pause(connection: Connection) -> dict[str, str]:
    return {"pause": connection.get_pause_display()}


def use_sandbox(acting: Actor) -> Connection:
    """Go back to the built-in provider, with an account of the team's own. Raises :class:`NotPossible`."""
    acting.require(Role.ADMIN)
    if not settings.SANDBOX:
        raise NotPossible("The sandbox is switched off on this installation.")
    _, key = open_account(email=f"{acting.team.id}@sandbox.invalid", plan="pro", credits=SANDBOX_CREDITS)
    delivery = Connection.PhotoDelivery.ASSET
    return connect(acting, base_url=sandbox_address(), key=key, plan="pro", photo_delivery=delivery.value, account=None)


def test(acting: Actor, connection: Connection) -> Account:
    """Ask the provider whose key the present one is, and believe it: its plan and balance count, and a pause
    for the key begins or ends. Raises ``client.ProviderError``.
    """
    acting.require(Role.ADMIN)
    try:
        with connections.open_client(connection, seconds=TEST_SECONDS) as client:
            account = client.get_account()
    except ProviderError as error:
        connections.handle_fault(connection, error)
        raise
    connections.note_balance(connection, credits=account.credits)
    with transaction.atomic():
        if connection.pause == Connection.Pause.KEY:
            _reopen(connection)
            record(acting, "connection.resumed", connection.id, before=_pause(connection))
        _take_plan(acting, connection, account.plan)
    return account


def _take_plan(acting: Actor, connection: Connection, plan: str) -> None:
    limit = PLAN_LIMITS.get(plan, connection.plan_limit)
    before = {"plan_limit": connection.plan_limit}
    if Connection.objects.filter(pk=connection.pk).exclude(plan_limit=limit).update(plan_limit=limit):
        record(acting, "connection.changed", connection.id, before=before, after={"plan_limit": limit})


def pause(acting: Actor, connection: Connection, *, reason: str) -> bool:
    """Let nothing leave until somebody resumes; jobs that are out come home. ``False`` when a person has paused it."""
    acting.require(Role.ADMIN)
    who = f"{acting.user}: {reason}" if reason else str(acting.user)
    with transaction.atomic():
        rows = Connection.objects.filter(pk=connection.pk).exclude(pause=Connection.Pause.PERSON)
        if not rows.update(pause=Connection.Pause.PERSON, pause_message=who, paused_until=None):
            return False
        after = {"pause": Connection.Pause.PERSON.label, "reason": reason}
        record(acting, "connection.paused", connection.id, before=_pause(connection), after=after)
    return True


def resume(acting: Actor, connection: Connection) -> None:
    """Let waiting jobs leave again; if the reason is still there, the first one finds it."""
    acting.require(Role.ADMIN)
    with transaction.atomic():
        before = _pause(connection)
        _reopen(connection)
        record(acting, "connection.resumed", connection.id, before=before)


def _reopen(connection: Connection) -> None:
    connections.resume(connection)
    hint_submission(connection)
