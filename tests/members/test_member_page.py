"""One member: another role, out of the team, or its next owner."""

import pytest
from django.test import Client

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Invitation, Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members import keys
from dashboard.members.invitations import accept, invite
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.contract import ContractError
from generation.models import JobState
from tests.conftest import browser_of, member


def url(user: User, more: str = "") -> str:
    return f"/settings/members/{user.memberships.get().pk}/{more}"


def role_of(user: User) -> int | None:
    return user.memberships.values_list("role", flat=True).first()


def test_an_admin_changes_a_role(ada: User, bob: User) -> None:
    answer = browser_of(ada).post(url(bob), {"role": "30"}, follow=True)
    assert "Bob is an admin now." in answer.content.decode()
    assert role_of(bob) == Role.ADMIN
    event = AuditEvent.objects.get(action="member.role_changed")
    assert event.user == ada
    assert (event.before["role"], event.after) == ("Creator", {"member": "bob@example.com", "role": "Admin"})


def test_an_admin_neither_makes_nor_unmakes_owners(ada: User, alice: User, bob: User) -> None:
    browser = browser_of(ada)
    assert 'value="40"' not in browser.get(url(bob)).content.decode()
    assert "Only an owner can change an owner." in browser.get(url(alice)).content.decode()
    for who, role in ((bob, "40"), (ada, "40"), (alice, "20")):
        assert browser.post(url(who), {"role": role}).status_code == 403
    assert browser.post(url(alice, "remove/")).status_code == 403
    assert browser.post(url(bob, "owner/")).status_code == 403
    assert [role_of(user) for user in (alice, ada, bob)] == [Role.OWNER, Role.ADMIN, Role.CREATOR]


def test_an_owner_makes_and_unmakes_owners(alice: User, bob: User) -> None:
    browser = browser_of(alice)
    for role in (Role.OWNER, Role.VIEWER):
        browser.post(url(bob), {"role": str(role.value)})
        assert role_of(bob) == role


def test_the_last_owner_stays_in_one_sentence(alice: User, ada: User) -> None:
    browser, said = browser_of(alice), "A team needs an owner: make somebody else an owner first."
    answer = browser.post(url(alice), {"role": "30"})
    assert answer.status_code == 422 and said in answer.content.decode()
    for way in (url(alice, "remove/"), "/settings/members/leave/"):
        assert said in browser.post(way, follow=True).content.decode()
    assert role_of(alice) == Role.OWNER


def test_an_owner_who_is_switched_off_does_not_count(alice: User, team: Team) -> None:
    other = member(team, "otto", Role.OWNER)
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert browser_of(alice).post(url(alice), {"role": "30"}).status_code == 422
    browser_of(alice).post(url(other, "owner/"))
    assert role_of(alice) == Role.OWNER


def test_handing_over_makes_one_an_owner_and_the_other_an_admin(alice: User, bob: User) -> None:
    answer = browser_of(alice).post(url(bob, "owner/"), follow=True)
    assert "Bob owns Northwind now; you are an admin." in answer.content.decode()
    assert (role_of(alice), role_of(bob)) == (Role.ADMIN, Role.OWNER)
    assert AuditEvent.objects.filter(action="member.role_changed").count() == 2


def test_handing_over_to_oneself_changes_nothing(alice: User, team: Team) -> None:
    assert "You own this team already." in browser_of(alice).post(url(alice, "owner/"), follow=True).content.decode()
    assert role_of(alice) == Role.OWNER


def test_jobs_of_somebody_removed_go_on_and_their_keys_stop(ada: User, bob: User, creator: Actor, mug: Product) -> None:
    _, key = ApiKey.issue(team=creator.team, name="Nightly", created_by=bob)
    _, others = ApiKey.issue(team=creator.team, name="Other", created_by=ada)
    job = start(creator, specs=[JobSpec(mug, "On marble", "nanobanana", "4:3", 1)]).jobs.get()
    page = browser_of(bob)
    answer = browser_of(ada).post(url(bob, "remove/"), follow=True)
    assert "Bob is no longer in Northwind. Jobs under way go on." in answer.content.decode()
    job.refresh_from_db()
    assert job.state == JobState.QUEUED and job.due_at is not None
    with pytest.raises(ContractError):
        keys.authenticate(f"Bearer {key}", address=None)
    assert keys.authenticate(f"Bearer {others}", address=None).team == creator.team
    assert page.get("/generate/").status_code == 403
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True))[-2:] == [
        "member.removed",
        "key.revoked",
    ]


def test_who_comes_back_has_none_of_their_former_keys(ada: User, bob: User, team: Team) -> None:
    _, key = ApiKey.issue(team=team, name="Nightly", created_by=bob)
    browser_of(ada).post(url(bob, "remove/"))
    row, _ = invite(Actor(team, Role.ADMIN, user=ada), email=bob.email, role=Role.ADMIN)
    accept(row, user=bob, address=None)
    assert role_of(bob) == Role.ADMIN
    with pytest.raises(ContractError):
        keys.authenticate(f"Bearer {key}", address=None)


@pytest.mark.parametrize(("role", "is_open"), [(Role.ADMIN, True), (Role.CREATOR, False)])
def test_invitations_of_somebody_who_may_invite_no_more_stop(
    alice: User, ada: User, team: Team, role: Role, is_open: bool
) -> None:
    invite(Actor(team, Role.ADMIN, user=ada), email="", role=Role.ADMIN)
    browser_of(alice).post(url(ada), {"role": str(role.value)})
    assert Invitation.objects.filter(revoked_at=None).exists() == is_open


@pytest.mark.parametrize(("role", "works"), [(Role.CREATOR, True), (Role.VIEWER, False)])
def test_nobody_keeps_a_key_that_may_do_more_than_they_may(
    alice: User, ada: User, team: Team, role: Role, works: bool
) -> None:
    ApiKey.issue(team=team, name="Nightly", created_by=ada)
    browser_of(alice).post(url(ada), {"role": str(role.value)})
    assert ApiKey.objects.filter(revoked_at=None).exists() == works


def test_a_member_leaves_and_works_for_another_team(bob: User, team: Team) -> None:
    other = Team.objects.create(name="Zephyr")
    Membership.objects.create(team=other, user=bob, role=Role.OWNER)
    browser = browser_of(bob)
    assert "You have left Northwind." in browser.post("/settings/members/leave/", follow=True).content.decode()
    assert "· Zephyr</title>" in browser.get("/projects/").content.decode()
    assert AuditEvent.objects.get(action="member.left").user == bob


def test_somebody_who_left_meanwhile_is_a_404(ada: User, bob: User) -> None:
    address = url(bob, "remove/")
    browser_of(bob).post("/settings/members/leave/")
    assert browser_of(ada).post(address).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("vera", 403), ("bob", 403), ("charlie", 404), ("ada", 302), ("alice", 302)]
)
def test_who_may_remove(who: str, status: int, team: Team, request: pytest.FixtureRequest) -> None:
    target = member(team, "dora", Role.CREATOR)
    assert browser_of(request.getfixturevalue(who)).post(url(target, "remove/")).status_code == status
    assert target.memberships.exists() == (status != 302)


def test_strangers_are_asked_to_sign_in(client: Client, bob: User) -> None:
    for way in ("", "remove/", "owner/"):
        assert client.post(url(bob, way)).headers["Location"].startswith("/accounts/login/")
    assert role_of(bob) == Role.CREATOR
