"""What two people do at the same moment: a team keeps an owner, an invitation is used once."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.members import actions as members
from dashboard.members import invitations
from dashboard.members.actions import MemberRefused
from tests.conftest import member, person

# Threads see what is committed; SQLite's get a copy, which costs less.
pytestmark = pytest.mark.django_db(transaction=connection.vendor != "sqlite")
AtOnce = Callable[..., list[str]]
Left = Callable[[Role], int]


@pytest.fixture(autouse=True)
def emptied(db: None) -> Iterator[None]:
    """PostgreSQL's tables are truncated afterwards, which the ledger and the audit log refuse to everybody else."""
    yield
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # no trigger fires until the connection closes


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets threads of their own meet: in a copy of SQLite's database in memory, as the embedded default has a file."""

    def place() -> None:
        if connection.vendor == "sqlite":
            path = tmp_path / "copy.sqlite3"
            path.write_bytes(connection.connection.serialize())
            with closing(sqlite3.connect(path)) as copy:
                copy.execute("PRAGMA journal_mode=WAL")  # two that change it at once do not wait for each other
            monkeypatch.setitem(connections.settings["default"], "NAME", str(path))

    return place


@pytest.fixture
def at_once(team: Team, database: Callable[[], None]) -> AtOnce:
    """Run actions in threads of their own."""

    def run(*actions: Callable[[], object]) -> list[str]:
        start = Barrier(len(actions))
        database()

        def act(action: Callable[[], object]) -> str:
            try:
                connection.ensure_connection()
                start.wait(10)
                action()
            except (MemberRefused, PermissionDenied) as error:
                return str(error)
            finally:
                connections.close_all()
            return "done"

        with ThreadPoolExecutor(len(actions)) as pool:
            return list(pool.map(act, actions))

    return run


@pytest.fixture
def left(team: Team, tmp_path: Path) -> Left:
    """How many members of a role the threads left."""

    def count(role: Role) -> int:
        if connection.vendor != "sqlite":
            return Membership.objects.filter(team=team, role=role).count()
        with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
            (found,) = copy.execute("SELECT count(*) FROM accounts_membership WHERE role = ?", [role.value]).fetchone()
            return int(found)

    return count


@pytest.fixture
def owners(team: Team, alice: User) -> list[tuple[Actor, Membership]]:
    otto = member(team, "otto", Role.OWNER)
    return [(Actor(team, Role.OWNER, user=user), user.memberships.get()) for user in (alice, otto)]


@pytest.mark.parametrize("attempt", range(5))
def test_two_owners_who_demote_each_other_leave_one(
    owners: list[tuple[Actor, Membership]], at_once: AtOnce, left: Left, attempt: int
) -> None:
    (first, first_row), (second, second_row) = owners
    told = at_once(
        lambda: members.change_role(first, second_row, role=Role.CREATOR),
        lambda: members.change_role(second, first_row, role=Role.CREATOR),
    )
    assert sorted(told)[1] == "done" and told.count("done") == 1
    assert left(Role.OWNER) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_owners_who_leave_together_leave_one(
    owners: list[tuple[Actor, Membership]], at_once: AtOnce, left: Left, attempt: int
) -> None:
    told = at_once(*[lambda acting=acting: members.leave(acting) for acting, _ in owners])
    assert sorted(told) == ["A team needs an owner: make somebody else an owner first.", "done"]
    assert left(Role.OWNER) == 1


def test_a_team_that_is_handed_over_twice_at_once_has_one_new_owner(
    team: Team, alice: User, bob: User, vera: User, at_once: AtOnce, left: Left
) -> None:
    acting, heirs = Actor(team, Role.OWNER, user=alice), [user.memberships.get() for user in (bob, vera)]
    told = at_once(*[lambda heir=heir: members.hand_over(acting, heir) for heir in heirs])
    assert told.count("done") == 1
    assert (left(Role.OWNER), left(Role.ADMIN)) == (1, 1)


def test_an_invitation_for_anybody_admits_one_of_eight(
    owners: list[tuple[Actor, Membership]], at_once: AtOnce, left: Left
) -> None:
    row, _ = invitations.invite(owners[0][0], email="", role=Role.VIEWER)
    people = [person(f"guest{number}") for number in range(8)]
    told = at_once(*[lambda user=user: invitations.accept(row, user=user, address=None) for user in people])
    assert told.count("done") == 1
    assert all("was used already" in words for words in told if words != "done")
    assert left(Role.VIEWER) == 1
