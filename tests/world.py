"""One of everything, made once for a module whose tests all look at the same things and leave them as they were.

Charlie owns another team: whatever belongs to Alice's does not exist for him.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members.invitations import invite
from dashboard.members.keys import issue, revoke
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.actions import add_product
from dashboard.projects.models import ProductImport, Project
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger
from generation.models import Cap, Connection, Job, Reconciliation
from tests.conftest import member
from tests.gallery.conftest import stored
from tests.pictures import photo

ROLES = {"vera": Role.VIEWER, "bob": Role.CREATOR, "ada": Role.ADMIN, "alice": Role.OWNER}


@dataclass
class World:
    """Who there is, what Alice's team has by the name of an address's parameter, and the keys of scripts."""

    team: Team
    sessions: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def browser(self, name: str, **options: Any) -> Client:
        """A fresh browser in which a person is signed in; without a name nobody is."""
        client = Client(**options)
        if name:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[name]
        return client

    def fill(self, address: str, **instead: str) -> str:
        """The address with everything in it that it names."""
        for name, value in {**self.things, **instead}.items():
            address = address.replace(f"<{name}>", value)
        assert "<" not in address, f"what is {address}?"
        return "/" + address


@contextmanager
def made(folder: Path) -> Iterator[World]:
    """The world, until the block ends; it needs a database."""
    files = {
        "BACKEND": "generation.media.folder_storage.SignedFolder",
        "OPTIONS": {"location": folder, "allow_overwrite": True},
    }
    quick = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    with override_settings(STORAGES={**settings.STORAGES, "default": files}, **quick), as_it_was():
        yield _world()


@contextmanager
def as_it_was() -> Iterator[None]:
    """Undo what the block did to the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[set[str]]:
    """The names of the tables that the block writes; when somebody was last here does not count."""
    found: set[str] = set()
    with CaptureQueriesContext(connection) as queries:
        yield found
    said = [query["sql"] for query in queries if not _NOTES.match(query["sql"])]
    found |= {match[1] for sql in said if (match := _WRITE.match(sql))}


_WRITE = re.compile(r'\s*(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM) "?(\w+)')
_NOTES = re.compile(r'\w+ (?:INTO |FROM )?"(?:django_session|usersessions_|accounts_membership" SET "last_active)')


def _world() -> World:
    team = Team.objects.create(name="Northwind")
    Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="sandbox-key")
    ledger.grant(team_id=team.id, credits=100)
    people = {name: member(team, name, role) for name, role in ROLES.items()}
    outsiders = Team.objects.create(name="Outsiders")
    Connection.objects.create(team=outsiders, base_url="http://127.0.0.1:9/v1")
    people["charlie"] = member(outsiders, "charlie", Role.OWNER)
    world = World(team)
    world.sessions = {name: _session(user) for name, user in people.items()}
    world.things = _things(Actor(team, Role.OWNER, user=people["alice"]), people)
    world.keys = _keys(
        Actor(team, Role.OWNER, user=people["alice"]), Actor(outsiders, Role.OWNER, user=people["charlie"])
    )
    return world


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _things(owner: Actor, people: dict[str, User]) -> dict[str, str]:
    team = owner.team
    project = Project.objects.create(team=team, name="Spring")
    job = _job(Actor(team, Role.CREATOR, user=people["bob"]), project)
    preset = Preset.objects.create(team=team, name="Marble")
    preset.current = PresetVersion.objects.create(preset=preset, number=1, template="On marble")
    preset.save()
    return {
        "product_id": job.product_id,
        "project_id": project.pk,
        "preset_id": preset.pk,
        "job_id": job.pk,
        "picture_id": stored(job)[0].pk,
        "batch_id": job.batch_id,
        "key_id": issue(owner, name="Script")[0].pk,
        "membership_id": str(Membership.objects.get(team=team, user=people["bob"]).pk),
        "invitation_id": invite(owner, email="", role=Role.VIEWER)[0].pk,
        "import_id": ProductImport.objects.create(team=team, member=owner.user, filename="spring.csv").pk,
        "asset_id": job.asset_id,
        "cap_id": Cap.objects.create(team=team, credits=1000).pk,
        "reading_id": str(_reading(team).pk),
        "sequence": str(AuditEvent.objects.filter(team=team).count()),
    }


def _reading(team: Team) -> Reconciliation:
    """A drift that nobody has settled."""
    figures = {"balance": 90, "captured_in_all": 0, "moved": 10, "drift": 10}
    now = timezone.now()
    return Reconciliation.objects.create(
        team=team, connection=Connection.objects.get(team=team), checked_at=now, since=now, **figures
    )


def _job(creator: Actor, project: Project) -> Job:
    mug = add_product(creator, photo=photo(), filename="camp-mug.jpg")
    asked: dict[str, Any] = {"prompt": "On marble", "model": "nanobanana", "aspect_ratio": "4:3", "num_images": 1}
    return start(creator, specs=[JobSpec(product=mug, project=project, **asked)]).jobs.get()


def _keys(owner: Actor, outsider: Actor) -> dict[str, str]:
    """Secrets of scripts: of Alice's team, of another team, and one that was revoked."""
    old, secret = issue(owner, name="Old")
    revoke(owner, old)
    return {"own": issue(owner, name="Nightly")[1], "foreign": issue(outsider, name="Theirs")[1], "revoked": secret}
