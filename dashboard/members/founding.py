"""How teams come to be, and how the first people come in where nobody can invite them yet."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.audit.record import record
from generation.credits import ledger
from generation.errors import UserFacingError
from generation.models import Connection
from generation.text import normalise

A_DAY = 5
"""Teams that one person may make within a day."""


class CannotFound(UserFacingError):
    """The team cannot be made."""


def found_team(*, name: str, email: str, password: str, connection: Connection | None = None, credits: int = 0) -> Team:
    """Make a team with its owner, an unsaved ``connection`` of its own and ``credits``; all of it or nothing."""
    email = email.strip().lower()
    owner = User(email=email)
    check_name(name)
    _check_owner(owner, password)
    owner.username = email
    owner.set_password(password)
    with transaction.atomic():
        owner.save()
        return open_team(name=name, owner=owner, connection=connection, credits=credits)


def open_team(
    *,
    name: str,
    owner: User,
    founder: User | None = None,
    connection: Connection | None = None,
    credits: int = 0,
    address: str | None = None,
) -> Team:
    """Make a team of a user who exists, as :func:`found_team` does. Raises :class:`CannotFound`.

    A ``founder`` makes it for themselves, and may make only so many; an operator makes any number for others.
    """
    name = check_name(name)
    with transaction.atomic():
        if founder is not None:
            _check_bounds(founder)
        team = Team.objects.create(name=name, founded_by=founder)
        Membership.objects.create(team=team, user=owner, role=Role.OWNER)
        if connection is not None:
            connection.team = team
            connection.save()
        if credits:
            ledger.grant(team_id=team.id, credits=credits, actor_id=owner.pk, reason="First credits")
        acting = Actor(team, Role.OWNER, user=owner, address=address)
        record(acting, "team.founded", team.id, after={"name": name, "owner": owner.email})
    return team


def _check_bounds(founder: User) -> None:
    """In a transaction, in which others of the same person wait."""
    User.objects.select_for_update().get(pk=founder.pk)
    made = Team.objects.filter(founded_by=founder)
    owned = made.filter(memberships__user=founder, memberships__role=Role.OWNER).count()
    if owned >= settings.TEAMS_PER_PERSON:
        raise CannotFound(
            f"You may own {settings.TEAMS_PER_PERSON} teams that you made yourself. Hand one over to somebody else, or "
            "ask the person who runs Packshot to allow more."
        )
    now = timezone.now()
    if made.filter(created_at__range=(now - timedelta(days=1), now)).count() >= A_DAY:
        raise CannotFound(f"You made {A_DAY} teams within a day. Make the next one tomorrow.")


def check_name(name: str) -> str:
    """The name as it is kept. Raises :class:`CannotFound`."""
    name = normalise(name)
    if not 1 <= len(name) <= 80:
        raise CannotFound("A team's name has 1 to 80 characters.")
    return name


def _check_owner(owner: User, password: str) -> None:
    try:
        validate_email(owner.email)
    except ValidationError as error:
        raise CannotFound(f"{owner.email or 'An empty text'} is not a mail address.") from error
    if User.objects.filter(email__iexact=owner.email).exists():
        raise CannotFound(f"{owner.email} has an account already; choose another address for the owner.")
    try:
        validate_password(password, owner)
    except ValidationError as error:
        raise CannotFound(" ".join(error.messages)) from error
