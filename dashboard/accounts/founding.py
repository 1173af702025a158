"""How teams come to be, and how the first people come in where nobody can invite them yet."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.accounts.names import one_line
from dashboard.audit.record import record
from generation import ledger
from generation.models import Connection


class CannotFound(Exception):
    """The team cannot be made; the text is one clear sentence."""


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
    *, name: str, owner: User, connection: Connection | None = None, credits: int = 0, address: str | None = None
) -> Team:
    """Make a team of a user who exists, as :func:`found_team` does. Raises :class:`CannotFound`."""
    name = check_name(name)
    with transaction.atomic():
        team = Team.objects.create(name=name)
        Membership.objects.create(team=team, user=owner, role=Role.OWNER)
        if connection is not None:
            connection.team = team
            connection.save()
        if credits:
            ledger.grant(team_id=team.id, credits=credits, actor_id=owner.pk, reason="First credits")
        acting = Actor(team, Role.OWNER, user=owner, address=address)
        record(acting, "team.founded", team.id, after={"name": name, "owner": owner.email})
    return team


def check_name(name: str) -> str:
    """The name as it is kept. Raises :class:`CannotFound`."""
    name = one_line(name)
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
