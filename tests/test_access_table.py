"""Who gets what at every address: anonymous, outsider, viewer, creator, admin and owner.

The addresses come from the URL resolver, so one without a row here fails. Charlie owns another team: whatever
belongs to Alice's does not exist for him; what belongs to nobody he may use for his own team.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from dashboard.accounts.access import Actor
from dashboard.accounts.invitations import invite
from dashboard.accounts.keys import issue
from dashboard.accounts.models import Membership, Role, User
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product, ProductImport, Project
from dashboard.studio.actions import Wish, start
from generation.models import Connection
from tests.conftest import browser_of
from tests.gallery.conftest import stored

ROLES = {"vera": Role.VIEWER, "bob": Role.CREATOR, "ada": Role.ADMIN, "alice": Role.OWNER}
OUTSIDE = {"healthz", "hooks/", "files/", "events/", "v1/", "admin/", "sandbox/", "accounts/"}
OUTSIDE |= {"settings/members/<int:membership_id>/remove/"}  # what the first may do cannot be done by the next
"""Not by session and role, or not by HTTP alone: their own tests say who may. allauth's pages are about oneself."""


@dataclass(frozen=True)
class Rule:
    """The lowest role that may read, and the lowest that may change; ``None`` where there is no such verb."""

    get: Role | None = None
    post: Role | None = None


SEE = Rule(get=Role.VIEWER)
MAKE = Rule(get=Role.CREATOR, post=Role.CREATOR)
ACT = Rule(post=Role.CREATOR)
RULE = Rule(get=Role.ADMIN, post=Role.ADMIN)
TABLE: dict[str, Rule] = {
    "": SEE,
    "products/": SEE,
    "products/upload/": ACT,
    "products/link/": ACT,
    "products/import/": MAKE,
    "products/import/<import_id>/": Rule(get=Role.CREATOR),
    "products/import/<import_id>/progress/": Rule(get=Role.CREATOR),
    "products/import/<import_id>/start/": ACT,
    "products/import/<import_id>/left-out.csv": Rule(get=Role.CREATOR),
    "products/<product_id>/": Rule(get=Role.VIEWER, post=Role.CREATOR),
    "products/<product_id>/archive/": ACT,
    "products/<product_id>/photo/": ACT,
    "products/<product_id>/photo/earlier/": ACT,
    "projects/": SEE,
    "projects/new/": MAKE,
    "projects/<project_id>/": SEE,
    "projects/<project_id>/edit/": MAKE,
    "projects/<project_id>/archive/": ACT,
    "projects/<project_id>/cover/": ACT,
    "presets/": SEE,
    "presets/new/": MAKE,
    "presets/preview/": ACT,
    "presets/export/": SEE,
    "presets/import/": MAKE,
    "presets/import/provider/": ACT,
    "presets/<preset_id>/": SEE,
    "presets/<preset_id>/edit/": MAKE,
    "presets/<preset_id>/duplicate/": ACT,
    "presets/<preset_id>/archive/": ACT,
    "presets/<preset_id>/cover/": MAKE,
    "presets/<preset_id>/export/": SEE,
    "presets/<preset_id>/label/": Rule(post=Role.ADMIN),
    "generate/": Rule(get=Role.VIEWER, post=Role.CREATOR),
    "generate/tray/": SEE,
    "generate/quote/": ACT,
    "batches/": SEE,
    "batches/<batch_id>/": SEE,
    "batches/<batch_id>/now/": SEE,
    "batches/<batch_id>/retry/": ACT,
    "batches/<batch_id>/cancel/": ACT,
    "batches/<batch_id>/jobs.csv": SEE,
    "jobs/<job_id>/card/": SEE,
    "jobs/<job_id>/cancel/": ACT,
    "jobs/<job_id>/retry/": ACT,
    "jobs/<job_id>/resolve/": ACT,
    "jobs/<job_id>/again/": ACT,
    "settings/team/": Rule(get=Role.VIEWER, post=Role.ADMIN),
    "settings/members/": Rule(get=Role.VIEWER, post=Role.ADMIN),
    "settings/members/leave/": Rule(post=Role.VIEWER),
    "settings/members/<membership_id>/": RULE,
    "settings/members/<membership_id>/owner/": Rule(post=Role.OWNER),
    "settings/invitations/<invitation_id>/revoke/": Rule(post=Role.ADMIN),
    "settings/keys/": RULE,
    "settings/keys/<key_id>/revoke/": Rule(post=Role.ADMIN),
    "settings/brand/": RULE,
    "settings/connection/": RULE,
    "settings/connection/sandbox/": Rule(post=Role.ADMIN),
    "settings/connection/resume/": Rule(post=Role.ADMIN),
    "audit/": Rule(get=Role.ADMIN),
    "audit/<sequence>/": Rule(get=Role.ADMIN),
    "audit/head.json": Rule(get=Role.ADMIN),
    "audit/log.csv": Rule(get=Role.ADMIN),
    "audit/log.jsonl": Rule(get=Role.ADMIN),
    "audit/verify.py": Rule(get=Role.ADMIN),
    "gallery/": SEE,
    "gallery/new/": SEE,
    "gallery/<picture_id>/": SEE,
    "gallery/<picture_id>/download/": SEE,
}


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address of ours, with its parameters by name only."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        elif isinstance(entry, URLPattern) and not address.startswith(tuple(OUTSIDE)):
            yield address.replace("<str:", "<").replace("<slug:", "<").replace("<int:", "<")


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(TABLE) == set(addresses())


@pytest.fixture
def things(alice: User, charlie: User, creator: Actor, mug: Product) -> dict[str, str]:
    """One of everything in Alice's team, by the name of its parameter."""
    project = Project.objects.create(team=mug.team, name="Spring")
    asked: dict[str, Any] = {"prompt": "On marble", "model": "nanobanana", "aspect_ratio": "4:3", "num_images": 1}
    job = start(creator, wishes=[Wish(product=mug, project=project, **asked)]).jobs.get()
    image = stored(job)[0]
    Connection.objects.create(team=charlie.memberships.get().team, base_url="http://127.0.0.1:9/v1")
    preset = Preset.objects.create(team=job.team, name="Marble")
    preset.current = PresetVersion.objects.create(preset=preset, number=1, template="On marble")
    preset.save()
    return {
        "product_id": job.product_id,
        "project_id": project.pk,
        "preset_id": preset.pk,
        "job_id": job.pk,
        "picture_id": image.pk,
        "batch_id": job.batch_id,
        "key_id": issue(Actor(job.team, Role.OWNER, user=alice), name="Script")[0].pk,
        "membership_id": str(Membership.objects.get(team=job.team, role=Role.CREATOR).pk),
        "invitation_id": invite(Actor(job.team, Role.OWNER, user=alice), email="", role=Role.VIEWER)[0].pk,
        "import_id": ProductImport.objects.create(team=job.team, member=alice, filename="spring.csv").pk,
        "asset_id": job.asset_id,
        "sequence": "1",
    }


def fill(address: str, things: dict[str, str]) -> str:
    for name, value in things.items():
        address = address.replace(f"<{name}>", value)
    assert "<" not in address, f"what is {address}?"
    return "/" + address


def verbs(address: str) -> list[tuple[str, Role]]:
    rule = TABLE[address]
    return [(verb, role) for verb, role in (("get", rule.get), ("post", rule.post)) if role is not None]


BODIES = {
    "presets/<preset_id>/cover/": "picture=<picture_id>",
    "projects/<project_id>/cover/": "picture=<picture_id>",
    "products/<product_id>/photo/earlier/": "asset=<asset_id>",
    "jobs/<job_id>/resolve/": "choice=retry",
}
CASES = [(address, verb, role) for address in TABLE for verb, role in verbs(address)]


@pytest.mark.parametrize(("address", "verb", "role"), CASES, ids=[f"{verb} /{address}" for address, verb, _ in CASES])
def test_everybody_gets_what_the_table_says(
    address: str, verb: str, role: Role, things: dict[str, str], request: pytest.FixtureRequest
) -> None:
    url, is_object = fill(address, things), "<" in address
    body = QueryDict(fill(BODIES.get(address, ""), things).lstrip("/"))

    def ask(client: Client) -> HttpResponse:
        return getattr(client, verb)(url, body)  # type: ignore[no-any-return]

    stranger = ask(Client())
    assert stranger.headers["Location"].startswith("/accounts/login/")

    charlie = ask(browser_of(request.getfixturevalue("charlie")))
    assert (charlie.status_code == 404) == is_object, f"charlie: {charlie.status_code}"

    for name, held in ROLES.items():
        status = ask(browser_of(request.getfixturevalue(name))).status_code
        if held < role:
            assert status == 403, f"{name}: {status}"
        else:
            # A change that does not fit the state of things is refused with 400, 409 or 422, never as forbidden.
            assert status not in {403, 404, 405} and status < 500, f"{name}: {status}"
