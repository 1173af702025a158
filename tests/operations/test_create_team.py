"""``manage.py create_team``: a first team in an installation without the demo."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from generation.credits import ledger
from generation.models import Connection

pytestmark = pytest.mark.django_db
PASSWORD = "seven quiet lamps"


def create(
    monkeypatch: pytest.MonkeyPatch,
    *more: str,
    name: str = "Lumen",
    email: str = "Dora@Example.com",
    password: str = PASSWORD,
) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command("create_team", "--name", name, "--email", email, "--password-stdin", *more, stdout=out)
    return out.getvalue()


def test_the_owner_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert create(monkeypatch) == "Lumen is ready; its owner signs in as dora@example.com.\n"
    membership = Membership.objects.get()
    assert (membership.team.name, membership.role) == ("Lumen", Role.OWNER)
    assert authenticate(email="dora@example.com", password=PASSWORD) == membership.user
    assert not membership.user.is_staff
    assert AuditEvent.objects.get().action == "team.founded"


def test_the_connection_waits_for_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch, "--plan", "free", "--credits", "250")
    connection = Connection.objects.get()
    assert (connection.base_url, connection.key, connection.plan_limit) == ("https://api.productai.photo/v1", "", 10)
    assert ledger.left(team_id=connection.team_id) == 250


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "A team's name has 1 to 80 characters."),
        ({"email": "dora"}, "dora is not a mail address."),
        ({"email": " "}, "An empty text is not a mail address."),
        ({"password": "short"}, "This password is too short. It must contain at least 8 characters."),
        ({"password": "password1"}, "This password is too common."),
        ({"password": ""}, "This password is too short. It must contain at least 8 characters."),
        ({"password": "dora@example"}, "The password is too similar to the email address."),
    ],
)
def test_what_cannot_be_taken_is_said_in_one_line(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError) as refused:
        create(monkeypatch, **given)
    assert str(refused.value) == said
    assert not Team.objects.exists()
    assert not User.objects.exists()


def test_a_taken_address_is_refused_in_any_spelling(monkeypatch: pytest.MonkeyPatch, alice: User) -> None:
    with pytest.raises(CommandError, match="alice@example.com has an account already"):
        create(monkeypatch, email="ALICE@example.com")
    assert not Team.objects.exists()


def test_negative_credits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="must not be negative"):
        create(monkeypatch, "--credits", "-1")


def test_without_a_terminal_the_password_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="--password-stdin"):
        call_command("create_team", "--name", "Lumen", "--email", "dora@example.com")
