"""What an operator changes of a team's members follows the same rules."""

from typing import Any

import pytest
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Invitation, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members.invitations import invite
from tests.conftest import browser_of, member


@pytest.fixture
def operator(team: Team) -> Client:
    return browser_of(User.objects.create_superuser(email="root@example.com", password="correct horse"))


def save(operator: Client, team: Team, *rows: dict[str, str], name: str = "") -> str:
    """Send the team's page with these members; what it answers."""
    form = {"name": name or team.name, "grant": "", "reason": "", "memberships-TOTAL_FORMS": str(len(rows))}
    form["memberships-INITIAL_FORMS"] = str(sum("id" in row for row in rows))
    for number, row in enumerate(rows):
        form |= {f"memberships-{number}-{name}": value for name, value in ({"team": team.id} | row).items()}
    return operator.post(f"/admin/accounts/team/{team.id}/change/", form, follow=True).content.decode()


def of(user: User, role: Role, **more: str) -> dict[str, str]:
    return {"id": str(user.memberships.get().pk), "user": str(user.pk), "role": str(role.value), **more}


@pytest.mark.parametrize("change", [{"role": str(Role.ADMIN.value)}, {"DELETE": "on"}])
def test_the_last_owner_stays(operator: Client, team: Team, alice: User, change: dict[str, str]) -> None:
    assert "A team needs an owner who can sign in." in save(operator, team, of(alice, Role.OWNER) | change)
    assert alice.memberships.get().role == Role.OWNER


def test_who_is_put_in_is_written_down(operator: Client, team: Team, alice: User, charlie: User) -> None:
    save(operator, team, of(alice, Role.OWNER), {"user": str(charlie.pk), "role": str(Role.CREATOR.value)})
    event = AuditEvent.objects.get(action="member.added")
    assert (event.team, event.after) == (team, {"member": "charlie@example.com", "role": "Creator"})
    assert event.user is not None and event.user.email == "root@example.com"


def switch_off(operator: Client, user: User) -> Any:
    page = {"email": user.email, "name": user.name, "date_joined_0": "2026-11-01", "date_joined_1": "12:00"}
    return operator.post(f"/admin/accounts/user/{user.pk}/change/", page)


def test_the_last_owner_is_not_switched_off(operator: Client, team: Team, alice: User) -> None:
    answer = switch_off(operator, alice).content.decode()
    assert "Northwind would be without an owner. Make somebody else its owner first." in answer
    assert User.objects.get(pk=alice.pk).is_active
    member(team, "otto", Role.OWNER)
    assert switch_off(operator, alice).status_code == 302


def test_keys_and_invitations_of_who_is_switched_off_stop(operator: Client, team: Team, ada: User) -> None:
    ApiKey.issue(team=team, name="Nightly", created_by=ada)
    invite(Actor(team, Role.ADMIN, user=ada), email="", role=Role.ADMIN)
    assert switch_off(operator, ada).status_code == 302 and not User.objects.get(pk=ada.pk).is_active
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert not Invitation.objects.filter(revoked_at=None).exists()
    actions = AuditEvent.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["invitation.made", "invitation.revoked", "key.revoked", "person.changed"]


def test_keys_of_who_is_put_out_stop(operator: Client, team: Team, alice: User, bob: User) -> None:
    ApiKey.issue(team=team, name="Nightly", created_by=bob)
    save(operator, team, of(alice, Role.OWNER), of(bob, Role.CREATOR, DELETE="on"))
    assert not bob.memberships.exists()
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == ["member.removed", "key.revoked"]


def test_what_was_before_is_written_down_too(operator: Client, team: Team, alice: User, bob: User) -> None:
    save(operator, team, of(alice, Role.OWNER), of(bob, Role.CREATOR) | {"role": str(Role.VIEWER.value)}, name="South")
    told = {event.action: (event.before, event.after) for event in AuditEvent.objects.all()}
    bobs = {"member": "bob@example.com"}
    assert told == {
        "team.renamed": ({"name": "Northwind"}, {"name": "South"}),
        "member.role_changed": (bobs | {"role": "Creator"}, bobs | {"role": "Viewer"}),
    }


def test_a_membership_is_not_given_to_another_person(
    operator: Client, team: Team, alice: User, bob: User, charlie: User
) -> None:
    answer = save(operator, team, of(alice, Role.OWNER), of(bob, Role.CREATOR) | {"user": str(charlie.pk)})
    assert "A membership stays its member" in answer
    assert bob.memberships.filter(team=team).exists()
