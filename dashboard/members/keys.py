"""The keys of a team's scripts: issued, recognised, revoked."""

import base64
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.audit.record import record
from generation.contract import ContractError, ErrorCode
from generation.errors import UserFacingError

USE_NOTED = timedelta(minutes=1)
"""How old ``last_used_at`` may get, so that not every request writes a row."""
IN_USE, A_DAY = 100, 50
"""Keys that a team may have, and make within a day."""


class TooManyKeys(UserFacingError):
    """The team cannot have another key."""


def authenticate(header: str, *, address: str | None) -> Actor:
    """Who an ``Authorization: Bearer`` header speaks for. Raises ``ContractError(unauthorized)``."""
    scheme, _, key = header.partition(" ")
    known = ApiKey.objects.select_related("team").filter(digest=ApiKey.hash(key.strip()), revoked_at=None)
    row = known.first() if scheme.lower() == "bearer" else None
    if row is None:
        raise ContractError(ErrorCode.UNAUTHORIZED, "Invalid or missing API key")
    _note_use(row)
    return Actor(row.team, Role.CREATOR, api_key=row, address=address)


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or abs(now - key.last_used_at) >= USE_NOTED:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now) | Q(last_used_at__gt=now + USE_NOTED)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def issue(acting: Actor, *, name: str) -> tuple[ApiKey, str]:
    """Make a key for the team; the second value is the key itself, which cannot be had again.

    Raises :class:`TooManyKeys`.
    """
    acting.require(Role.ADMIN)
    if acting.user is None:
        raise ValueError("A key is issued by a person.")
    with transaction.atomic():
        _check_bounds(acting.team)
        row, key = ApiKey.issue(team=acting.team, name=name, created_by=acting.user)
        record(acting, "key.issued", row.id, after={"name": name})
    return row, key


def _check_bounds(team: Team) -> None:
    """In a transaction, in which others of the same team wait."""
    Team.objects.select_for_update().get(pk=team.pk)
    made, now = ApiKey.objects.filter(team=team), timezone.now()
    if made.filter(revoked_at=None).count() >= IN_USE:
        raise TooManyKeys(f"This team has {IN_USE} keys. Revoke one that nothing uses any longer.")
    if made.filter(created_at__range=(now - timedelta(days=1), now)).count() >= A_DAY:
        raise TooManyKeys(f"This team made {A_DAY} keys within a day. Make the next one tomorrow.")


def revoke(acting: Actor, key: ApiKey) -> bool:
    """Refuse the key from now on; ``False`` when it was revoked before."""
    acting.require(Role.ADMIN)
    return _end(acting, key)


def revoke_all(acting: Actor, *, of: User) -> None:
    """Refuse from now on the keys of this team that a member made, for a member who may no longer have any."""
    for key in ApiKey.objects.filter(team=acting.team, created_by=of, revoked_at=None):
        _end(acting, key)


def _end(acting: Actor, key: ApiKey) -> bool:
    with transaction.atomic():
        if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            return False
        record(acting, "key.revoked", key.id, before={"name": key.name})
    return True


def webhook_secret(key: ApiKey) -> str:
    """The Standard Webhooks secret that signs what is sent on behalf of the key.

    Derived from the installation's secret, so it is stored nowhere and changes only with that.
    """
    derived = salted_hmac("packshot.api.webhook", key.digest, algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(derived).decode()}"
