"""The cast: alice owns, bob creates, vera views, ada administers; charlie is an outsider with a team of his own."""

import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from django.test import Client
from hypothesis import HealthCheck, settings

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product
from generation.credits import ledger
from generation.database.redis_client import breaker
from generation.models import Connection
from tests import environment, programs, servers, valkey
from tests.names import Names
from tests.pictures import photo
from tests.seeded_folder import SeededFolder

HERE = Path(__file__).parent
# A machine that is busy elsewhere is slow, and no test says how fast it is.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


WAITING = ("pipeline/", "browser/", "operations/", "test_on_postgresql.py")
"""Tests that mostly wait for processes of their own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait and files that work take turns, so that no worker waits while all others do.

    Those that wait come early, since they are long: none is left over when everything else is done.
    """
    files = dict.fromkeys(item.path for item in items)
    waiting = [path for path in files if path.relative_to(HERE).as_posix().startswith(WAITING)]
    working = [path for path in files if path not in waiting]
    turns = {path: at / len(waiting) / 2 for at, path in enumerate(waiting)}
    turns |= {path: at / len(working) for at, path in enumerate(working)}
    items.sort(key=lambda item: turns[item.path])


@pytest.fixture(scope="session", autouse=True)
def broker() -> Iterator[redis.Redis]:
    """The Valkey that settings point at."""
    with valkey.running(environment.DATA / "valkey.sock") as client:
        yield client


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> SeededFolder:
    return SeededFolder.of_this_run(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], str]]:
    """Makes databases of one's own in a PostgreSQL that a worker's tests share; their addresses."""
    with servers.postgresql() as address:
        yield servers.migrated(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of one's own, of the right shape and with nothing in it, on either engine."""
    return database_on(request.param, request, tmp_path)


def database_on(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The same for fixtures that many tests share."""
    if engine == "postgresql":
        return str(request.getfixturevalue("new_database")())
    request.getfixturevalue("seeded").database(folder)
    return f"sqlite:///{folder}/db.sqlite3"


@pytest.fixture
def outcome(database: str, tmp_path: Path) -> Callable[..., Any]:
    """``outcome("-m", "tests.…")`` is what a program of its own makes of that database."""
    return partial(programs.outcome, folder=tmp_path, database=database)


@pytest.fixture(autouse=True)
def private_and_quick(settings: Any, tmp_path: Path) -> None:
    """Files of one test only, and passwords whose strength nobody tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "generation.media.folder_storage.SignedFolder",
            "OPTIONS": {"location": tmp_path / "media", "allow_overwrite": True},
        },
    }


@pytest.fixture(autouse=True)
def nothing_known_of_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test did to it keeps no other from asking."""
    monkeypatch.setattr(breaker, "_failed_at", None)


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    return names


@pytest.fixture(autouse=True)
def provider_is_trusted(request: pytest.FixtureRequest, settings: Any) -> None:
    """The provider that a test starts is one that the operator named: it can only be on this machine."""
    if "httpserver" in request.fixturenames:
        settings.TRUSTED_PROVIDERS = [request.getfixturevalue("httpserver").url_for("/")]


def person(name: str) -> User:
    return User.objects.create_user(email=f"{name}@example.com", password="correct horse", name=name.title())


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def team(alice: User) -> Team:
    """Alice's team, with a connection and 100 credits."""
    team = Team.objects.create(name="Northwind")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="sandbox-key")
    ledger.grant(team_id=team.id, credits=100)
    return team


def member(team: Team, name: str, role: Role) -> User:
    user = person(name)
    Membership.objects.create(team=team, user=user, role=role)
    return user


@pytest.fixture
def ada(team: Team) -> User:
    return member(team, "ada", Role.ADMIN)


@pytest.fixture
def bob(team: Team) -> User:
    return member(team, "bob", Role.CREATOR)


@pytest.fixture
def vera(team: Team) -> User:
    return member(team, "vera", Role.VIEWER)


@pytest.fixture
def charlie(db: None) -> User:
    return member(Team.objects.create(name="Outsiders"), "charlie", Role.OWNER)


@pytest.fixture
def creator(team: Team, bob: User) -> Actor:
    """Bob, acting."""
    return Actor(team, Role.CREATOR, user=bob, address="192.0.2.7")


@pytest.fixture
def mug(creator: Actor) -> Product:
    return add_product(creator, photo=photo(), filename="camp-mug.jpg")


def browser_of(user: User) -> Client:
    """A test client that is signed in."""
    client = Client()
    client.force_login(user)
    return client
