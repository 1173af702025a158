"""Whatever a person changes by a page leaves an event: every POST of the access table, done for good."""
# ruff: noqa: F811  fixtures

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dashboard.accounts.models import Membership, Role
from dashboard.audit.models import AuditEvent
from dashboard.projects.models import Product
from generation import ledger
from generation.models import Asset, Cap, Connection, Image, Job, JobState
from tests.pictures import photo
from tests.test_access_table import API, BODIES, TABLE, private_and_quick, world  # noqa: F401  fixtures
from tests.world import World, as_it_was, writes

Body = Mapping[str, Any]

CHANGES_NOTHING = {
    "presets/preview/": "shows a prompt while it is being written",
    "generate/quote/": "says what would be paid",
}
ELSEWHERE = {
    "products/link/": "fetches from the web: tests/projects/test_links.py",
    "products/import/<import_id>/start/": "needs a sheet: tests/projects/test_imports.py",
    "presets/import/provider/": "asks the provider: tests/presets/test_provider.py",
    "settings/connection/": "asks the provider: tests/connections",
    "settings/connection/test/": "asks the provider, and changes nothing",
    "settings/team/alerts/test/": "posts to the web: tests/accounts",
    "spend/provider/check/": "asks the provider: tests/spend",
}
NOT_YET_A_CHANGE = {
    "products/import/": "a draft: the import is recorded when it starts",
}


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


PRESET = {
    "name": "Linen",
    "category": "studio",
    "visibility": "team",
    "template": "On linen",
    "model": "nanobanana2",
    "aspect_ratio": "1:1",
    "num_images": "1",
}
TEAM = {"name": "Northwind Ltd", "time_zone": "Europe/Berlin", "retention_days": "30", "approve_own": "on"}
GIVEN: dict[str, Callable[[World], Body]] = {
    "products/upload/": lambda _: {"photo": file("vase.jpg", photo(colour="#aa2255"))},
    "products/import/": lambda _: {"file": file("spring.csv", b"name,url\nMug,https://example.com/mug.jpg\n")},
    "products/<product_id>/": lambda _: {"name": "Mug, large"},
    "products/<product_id>/photo/": lambda _: {"photo": file("mug.jpg", photo(colour="#22aa55"))},
    "projects/new/": lambda _: {"name": "Autumn"},
    "projects/<project_id>/edit/": lambda _: {"name": "Spring, late"},
    "presets/new/": lambda _: PRESET,
    "presets/import/": lambda it: {"file": file("presets.json", exported(it).replace(b"Marble", b"Slate"))},
    "presets/<preset_id>/edit/": lambda it: PRESET | {"seen": seen(it)},
    "presets/<preset_id>/label/": lambda _: {"label": "approved"},
    "generate/": lambda it: {
        "product": it.things["product_id"],
        "scene": "write",
        "prompt": "On slate",
        "model": "nanobanana2",
        "aspect_ratio": "1:1",
        "num_images": "1",
    },
    "batches/<batch_id>/retry/": lambda it: {"credits": Job.objects.get(pk=it.things["job_id"]).price},
    "settings/team/": lambda _: TEAM | {"agreed": "30"},
    "settings/members/": lambda _: {"email": "", "role": "10"},
    "settings/members/<membership_id>/": lambda _: {"role": "30"},
    "settings/keys/": lambda _: {"name": "Weekly"},
    "settings/brand/": lambda _: {"prefix": "Premium product photograph."},
    "spend/ledger/adjust/": lambda _: {"figure": "spent", "credits": "3", "reason": "Said so.", "opened": now()},
    "spend/ledger/refund/<job_id>/": lambda _: {"credits": "2", "reason": "Broken.", "opened": now()},
    "spend/provider/<reading_id>/settle/": lambda _: {"verdict": "explained", "reason": "All is well."},
    "spend/caps/": lambda it: {
        "whose": f"project:{it.things['project_id']}",
        "period": "month",
        "credits": "50",
        "warn_at": "80",
    },
    "spend/caps/<cap_id>/": lambda _: {"credits": "70", "warn_at": "80"},
    "spend/caps/<cap_id>/raise/": lambda _: {"credits": "5", "until": (timezone.now() + timedelta(days=3)).date()},
}


def now() -> str:
    return timezone.now().isoformat()


def exported(world: World) -> bytes:
    return world.browser("alice").get("/presets/export/").content


def seen(world: World) -> str:
    """What the editor was opened with."""
    page = world.browser("alice").get(world.fill("presets/<preset_id>/edit/")).content.decode()
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def ended(world: World, state: JobState) -> None:
    """The job as it is after its end, or while it waits for a person."""
    job = Job.objects.get(pk=world.things["job_id"])
    if state == JobState.COMPLETED:
        ledger.capture(job=job, credits=job.price, pictures=1)
    elif state == JobState.FAILED:
        ledger.release(job=job)
    Job.objects.filter(pk=job.pk).update(state=state, due_at=None)


def paused(world: World) -> None:
    Connection.objects.filter(team=world.team).update(
        pause=Connection.Pause.KEY, paused_until=None, base_url="http://127.0.0.1:9/v1"
    )


def raised(world: World) -> None:
    Cap.objects.filter(pk=world.things["cap_id"]).update(raised_by=5, raised_until=timezone.now() + timedelta(days=2))


def owned_by_two(world: World) -> None:
    Membership.objects.filter(team=world.team, role=Role.ADMIN).update(role=Role.OWNER)


def shown_otherwise(world: World) -> None:
    """The product has a new photo since the job."""
    asset = Asset.objects.get(pk=world.things["asset_id"])
    asset.pk = None
    asset._state.adding, asset.sha256 = True, "0" * 64
    asset.save()
    Product.objects.filter(pk=world.things["product_id"]).update(asset=asset)


def reviewed(world: World) -> None:
    Image.objects.filter(pk=world.things["picture_id"]).update(review=Image.Review.APPROVED)


BEFORE: dict[str, Callable[[World], None]] = {
    "batches/<batch_id>/retry/": lambda it: ended(it, JobState.FAILED),
    "jobs/<job_id>/retry/": lambda it: ended(it, JobState.FAILED),
    "jobs/<job_id>/resolve/": lambda it: ended(it, JobState.NEEDS_REVIEW),
    "spend/ledger/refund/<job_id>/": lambda it: ended(it, JobState.COMPLETED),
    "products/<product_id>/photo/earlier/": shown_otherwise,
    "settings/members/leave/": owned_by_two,
    "settings/connection/resume/": paused,
    "spend/caps/<cap_id>/raise/end/": raised,
    "gallery/<picture_id>/review/": reviewed,
}
POSTS = [address for address, rule in TABLE.items() if rule.post and address not in ELSEWHERE]


def posted(world: World, address: str) -> tuple[set[str], list[AuditEvent], Any]:
    """The tables that Alice's POST writes, the events that it leaves, and the answer."""
    body = GIVEN[address](world) if address in GIVEN else dict(part.split("=") for part in _fields(world, address))
    BEFORE.get(address, lambda _: None)(world)
    last = AuditEvent.objects.filter(team=world.team).count()
    with writes() as written:
        answer = world.browser("alice").post(world.fill(address), body)
    return written, list(AuditEvent.objects.filter(team=world.team, sequence__gt=last)), answer


def _fields(world: World, address: str) -> list[str]:
    given = BODIES.get(address, "")
    return [world.fill(part).lstrip("/") for part in given.split("&")] if given else []


@pytest.mark.parametrize("address", POSTS)
def test_what_a_person_changes_is_recorded(address: str, world: World) -> None:
    with as_it_was():
        written, events, answer = posted(world, address)
        if address in CHANGES_NOTHING.keys() | NOT_YET_A_CHANGE.keys():
            assert events == []
            assert bool(written) == (address in NOT_YET_A_CHANGE)
            return
        assert answer.status_code < 400, answer.content.decode()[:2000]
        assert written
        assert events, f"{address} wrote {sorted(written)} and left no event"
        assert {str(event.user) for event in events} == {"Alice"}
        assert all(event.address and (event.object_id or event.after) for event in events)


@pytest.mark.parametrize("address", [address for address, rule in API.items() if rule.post])
def test_what_a_key_changes_is_recorded(address: str, world: World) -> None:
    wish = {"model": "nanobanana", "asset_id": world.things["asset_id"], "prompt": "On slate"}
    body: Body = {"file": file("vase.jpg", photo(colour="#aa2255"))} if "asset" in address else wish
    kind = {} if "asset" in address else {"content_type": "application/json"}
    with as_it_was():
        last = AuditEvent.objects.filter(team=world.team).count()
        headers = {"Authorization": f"Bearer {world.keys['own']}"}
        answer = world.browser("").post(f"/{address}", body, headers=headers, **kind)
        events = AuditEvent.objects.filter(team=world.team, sequence__gt=last)
        assert answer.status_code < 300, answer.content
        assert {event.actor for event in events} == {"Nightly"}
        assert {event.kind for event in events} == {"key"}
