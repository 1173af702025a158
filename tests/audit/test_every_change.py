"""Whatever a person or a key changes leaves an event, and no event holds a secret.

Every POST of the access table is done for good, and the table has every address that the resolver knows; those about
oneself are listed here by what they leave. So an address without a word about its event fails.
"""
# ruff: noqa: F811  fixtures

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role
from dashboard.audit import labels
from dashboard.audit.models import AuditEvent
from dashboard.audit.record import record
from dashboard.projects.models import Product, ProductPhoto
from generation.credits import ledger
from generation.models import Asset, Attempt, Cap, Connection, Image, Job, JobState
from tests.pictures import photo
from tests.test_access_table import (  # noqa: F401  fixtures
    API,
    BODIES,
    BY_LINK,
    TABLE,
    addresses,
    of,
    private_and_quick,
    world,
)
from tests.world import World, as_it_was, writes

Body = Mapping[str, Any]

CHANGES_NOTHING = {
    "presets/preview/": "shows a prompt while it is being written",
    "generate/quote/": "says what would be paid",
}
ELSEWHERE = {
    "products/link/": "fetches from the web: tests/projects/test_links.py",
    "products/import/<import_id>/read/": "a draft: the import is recorded when it starts",
    "products/import/<import_id>/start/": "needs a sheet: tests/projects/test_imports.py",
    "presets/import/provider/": "asks the provider: tests/presets/test_provider.py",
    "settings/connection/": "asks the provider: tests/connections",
    "settings/connection/test/": "asks the provider: tests/connections",
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
    "products/<product_id>/photos/": lambda _: {"photo": file("mug.jpg", photo(colour="#22aa55"))},
    "projects/new/": lambda _: {"name": "Autumn"},
    "projects/<project_id>/edit/": lambda _: {"name": "Spring, late"},
    "presets/new/": lambda _: PRESET,
    "presets/import/": lambda it: {"file": file("presets.json", exported(it).replace(b"Marble", b"Slate"))},
    "presets/<preset_id>/edit/": lambda _: PRESET,
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
    "spend/ledger/adjust/": lambda _: {
        "figure": "spent",
        "credits": "3",
        "reason": "Said so.",
        "order": "0123456789abcdef",
    },
    "spend/ledger/refund/<job_id>/": lambda _: {"credits": "2", "reason": "Broken.", "order": "0123456789abcdef"},
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


def exported(world: World) -> bytes:
    return world.browser("alice").get("/presets/export/").content


def ended(world: World, state: JobState) -> None:
    """The job as it is after its end, or while it waits for a person."""
    job = Job.objects.get(pk=world.things["job_id"])
    if state == JobState.COMPLETED:
        ledger.capture(job=job, credits=job.price, pictures=1)
    elif state == JobState.FAILED:
        ledger.release(job=job)
    Job.objects.filter(pk=job.pk).update(state=state, due_at=None)


def lost(world: World) -> None:
    """The job waits for a person, who may say which of the provider's jobs it is."""
    ended(world, JobState.NEEDS_REVIEW)
    job = Job.objects.get(pk=world.things["job_id"])
    candidates = [{"provider_job_id": "job_there", "created_at": "", "status": "completed", "pictures": []}]
    facts = {"outcome": Attempt.Outcome.UNKNOWN, "candidates": candidates}
    Attempt.objects.create(job=job, connection=job.connection, token_hash="0" * 64, **facts)


def paused(world: World) -> None:
    Connection.objects.filter(team=world.team).update(
        pause=Connection.Pause.KEY, paused_until=None, base_url="http://127.0.0.1:9/v1"
    )


def raised(world: World) -> None:
    Cap.objects.filter(pk=world.things["cap_id"]).update(raised_by=5, raised_until=timezone.now() + timedelta(days=2))


def owned_by_two(world: World) -> None:
    Membership.objects.filter(team=world.team, role=Role.ADMIN).update(role=Role.OWNER)


def shown_otherwise(world: World) -> None:
    """The product has a new main photo since the job."""
    asset = Asset.objects.get(pk=world.things["asset_id"])
    asset.pk = None
    asset._state.adding, asset.sha256 = True, "0" * 64
    asset.save()
    Product.objects.filter(pk=world.things["product_id"]).update(asset=asset)
    ProductPhoto.objects.create(product_id=world.things["product_id"], asset=asset, place=1)


def photo_taken_away(world: World) -> None:
    """The product has another photo instead since the job."""
    shown_otherwise(world)
    ProductPhoto.objects.filter(asset=world.things["asset_id"]).delete()


def reviewed(world: World) -> None:
    Image.objects.filter(pk=world.things["picture_id"]).update(review=Image.Review.APPROVED)


BEFORE: dict[str, Callable[[World], None]] = {
    "batches/<batch_id>/retry/": lambda it: ended(it, JobState.FAILED),
    "jobs/<job_id>/retry/": lambda it: ended(it, JobState.FAILED),
    "jobs/<job_id>/resolve/": lambda it: ended(it, JobState.NEEDS_REVIEW),
    "jobs/<job_id>/assign/": lost,
    "spend/ledger/refund/<job_id>/": lambda it: ended(it, JobState.COMPLETED),
    "products/<product_id>/photos/main/": shown_otherwise,
    "products/<product_id>/photos/remove/": shown_otherwise,
    "products/<product_id>/photos/restore/": photo_taken_away,
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
        assert told_secrets(world, answer) == set()


@pytest.mark.parametrize("address", [address for address, rule in API.items() if rule.post])
def test_what_a_key_changes_is_recorded(address: str, world: World) -> None:
    spec = {"model": "nanobanana", "asset_id": world.things["asset_id"], "prompt": "On slate"}
    body: Body = {"file": file("vase.jpg", photo(colour="#aa2255"))} if "asset" in address else spec
    kind = {} if "asset" in address else {"content_type": "application/json"}
    with as_it_was():
        last = AuditEvent.objects.filter(team=world.team).count()
        headers = {"Authorization": f"Bearer {world.keys['own']}"}
        answer = world.browser("").post(f"/{address}", body, headers=headers, **kind)
        events = AuditEvent.objects.filter(team=world.team, sequence__gt=last)
        assert answer.status_code < 300, answer.content
        assert {event.actor for event in events} == {"Nightly"}
        assert {event.kind for event in events} == {"key"}
        assert told_secrets(world, answer) == set()


SECRET = re.compile(r"password|digest|secret|token|^key$|key_hash")
SHOWN = re.compile(r"\bps_\w{20,}|/accounts/invitation/([\w-]+)/|whsec_[\w+/=]+")
"""What a page shows once: a key, the link of an invitation, the secret of a webhook."""


def secrets(world: World, answer: Any) -> Iterator[str]:
    """All that nobody may read in the log: what columns with such names hold, and what was shown once."""
    yield from world.keys.values()
    yield from world.sessions.values()
    yield "correct horse"
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if SECRET.search(field.name) and field.get_internal_type() in {"CharField", "TextField"}:
                yield from filter(None, map(str, model._default_manager.values_list(field.name, flat=True)))
    yield from (found[1] or found[0] for found in SHOWN.finditer(answer.content.decode("utf-8", "replace")))


def told_secrets(world: World, answer: Any) -> set[str]:
    """Secrets that are in the team's log."""
    rows = AuditEvent.objects.filter(team=world.team).values("actor", "action", "object_id", "before", "after")
    text = json.dumps(list(rows))
    return {secret for secret in secrets(world, answer) if secret in text}


@pytest.mark.parametrize("leak", ["key", "hash", "shown"])
def test_a_secret_in_the_log_would_be_found(leak: str, world: World) -> None:
    with as_it_was():
        answer = world.browser("alice").post("/settings/members/", GIVEN["settings/members/"](world))
        shown = SHOWN.search(answer.content.decode())
        assert shown, "an invitation shows its link once"
        owner = Membership.objects.get(team=world.team, role=Role.OWNER).user
        leaks = {"key": "sandbox-key", "hash": owner.password, "shown": shown[1]}
        assert told_secrets(world, answer) == set()
        record(Actor(world.team, Role.OWNER, user=owner), "team.renamed", "", after={"deep": [{"in": leaks[leak]}]})
        assert told_secrets(world, answer) == {leaks[leak]}


ABOUT_ONESELF = {
    "accounts/2fa/recovery-codes/generate/": "recovery_codes.renewed",
    "accounts/2fa/totp/activate/": "two_factor.switched_on",
    "accounts/2fa/totp/deactivate/": "two_factor.switched_off",
    "accounts/2fa/webauthn/add/": "passkey.added",
    "accounts/2fa/webauthn/keys/<pk>/edit/": "passkey.renamed",
    "accounts/2fa/webauthn/keys/<pk>/remove/": "passkey.removed",
    "accounts/2fa/webauthn/login/": "person.signed_in",
    "accounts/2fa/authenticate/": "person.signed_in",
    "accounts/invitation/<token>/": "invitation.accepted",
    "accounts/login/": "person.signed_in",
    "accounts/login/code/confirm/": "person.signed_in",
    "accounts/password/change/": "password.changed",
    "accounts/password/reset/key/<uidb36>-<key>/": "password.changed",
    "accounts/password/set/": "password.changed",
    "accounts/signup/": "invitation.accepted",
    "accounts/team/new/": "team.founded",
    "accounts/you/": "person.renamed",
    "accounts/you/address/<token>/": "person.address_changed",
    "accounts/you/sessions/<session_id>/end/": "sessions.ended",
    "accounts/you/sessions/end/": "sessions.ended",
}
"""What the person's own pages leave in the log of each of their teams."""
ONLY_OF_THE_SESSION = {
    "accounts/2fa/", "accounts/2fa/reauthenticate/", "accounts/2fa/recovery-codes/",
    "accounts/2fa/recovery-codes/download/", "accounts/2fa/webauthn/", "accounts/2fa/webauthn/reauthenticate/",
    "accounts/confirm-email/", "accounts/confirm-email/<key>/", "accounts/email/", "accounts/inactive/",
    "accounts/logout/", "accounts/password/reset/", "accounts/password/reset/done/",
    "accounts/password/reset/key/done/", "accounts/reauthenticate/", "accounts/session/",
    "accounts/session/beside/", "accounts/team/", "accounts/you/address/",
}  # fmt: skip
"""They show something, send a mail, or change what this browser sees."""
BY_OTHERS = {
    "files/<token>": "only reads",
    "hooks/<token>": "only a hint: what the job then costs is in the ledger",
    "sandbox/files/<token>": "only reads",
}
"""Links that are about nobody."""


def test_every_address_about_oneself_says_what_it_leaves() -> None:
    there_are = {*of("accounts/"), *BY_LINK}
    assert there_are == ABOUT_ONESELF.keys() | ONLY_OF_THE_SESSION | BY_OTHERS.keys()
    assert set(ABOUT_ONESELF.values()) <= labels.SENTENCES.keys()


@pytest.mark.parametrize("action", sorted({*ABOUT_ONESELF.values()}))
def test_what_is_left_is_shown_by_a_test_of_its_own(action: str) -> None:
    own = Path(__file__)
    tests = [path for path in own.parent.parent.rglob("test_*.py") if path != own]
    assert [path.name for path in tests if f'"{action}"' in path.read_text()]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_is_tested_elsewhere_is_an_address(address: str) -> None:
    assert TABLE[address].post
    assert address in set(addresses())
