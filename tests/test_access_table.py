"""Who gets what at every address and by every API call: anonymous, outsider, viewer, creator, admin and owner.

The addresses come from the URL resolver, so one without a row here fails. ``dashboard/ROLES.md`` is written from
the same rows, in their words. Charlie owns another team: whatever belongs to Alice's does not exist for him, and
looks exactly like what nobody has; what belongs to nobody he may use for his own team.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from dashboard.accounts.models import Role
from tests.world import ROLES, World, as_it_was, made, writes


@dataclass(frozen=True)
class Rule:
    """The lowest role that may read, and the lowest that may change; ``None`` where there is no such verb.

    ``does`` completes "who may …": it is what the table in the documentation says.
    """

    get: Role | None = None
    post: Role | None = None
    does: str = ""

    def to(self, does: str) -> "Rule":
        return replace(self, does=does)

    @property
    def verbs(self) -> list[tuple[str, Role]]:
        return [(verb, role) for verb, role in (("get", self.get), ("post", self.post)) if role is not None]


SEE = Rule(get=Role.VIEWER)
MAKE = Rule(get=Role.CREATOR, post=Role.CREATOR)
ACT = Rule(post=Role.CREATOR)
RULE = Rule(get=Role.ADMIN, post=Role.ADMIN)
TABLE: dict[str, Rule] = {
    "": SEE.to("Come in"),
    "products/": SEE.to("Look through the products"),
    "products/upload/": ACT.to("Upload product photos"),
    "products/link/": Rule(get=Role.VIEWER, post=Role.CREATOR).to("Fetch a product photo from a link"),
    "products/import/": MAKE.to("Import products from a sheet"),
    "products/import/<import_id>/": Rule(get=Role.CREATOR).to("Check what a sheet would import"),
    "products/import/<import_id>/read/": MAKE.to("Say how a sheet is read"),
    "products/import/<import_id>/progress/": Rule(get=Role.CREATOR).to("Watch an import"),
    "products/import/<import_id>/start/": ACT.to("Start an import"),
    "products/import/<import_id>/left-out.csv": Rule(get=Role.CREATOR).to("Download the rows that an import left out"),
    "products/<product_id>/": Rule(get=Role.VIEWER, post=Role.CREATOR).to(
        "See a product, and change its name and tags"
    ),
    "products/<product_id>/archive/": ACT.to("Archive a product, or bring it back"),
    "products/<product_id>/photos/": ACT.to("Give a product more photos"),
    "products/<product_id>/photos/main/": ACT.to("Choose the main photo of a product"),
    "products/<product_id>/photos/remove/": ACT.to("Remove a photo from a product"),
    "products/<product_id>/photos/restore/": ACT.to("Bring an earlier photo of a product back"),
    "projects/": SEE.to("Look through the projects"),
    "projects/new/": MAKE.to("Begin a project"),
    "projects/<project_id>/": SEE.to("See a project"),
    "projects/<project_id>/edit/": MAKE.to("Change a project's name and brief"),
    "projects/<project_id>/archive/": ACT.to("Archive a project, or bring it back"),
    "projects/<project_id>/cover/": ACT.to("Choose a project's cover"),
    "presets/": SEE.to("Look through the presets"),
    "presets/new/": MAKE.to("Write a preset"),
    "presets/preview/": ACT.to("Read a prompt while it is being written"),
    "presets/export/": SEE.to("Download all presets"),
    "presets/import/": MAKE.to("Import presets from a file"),
    "presets/import/provider/": ACT.to("Import presets from ProductAI"),
    "presets/<preset_id>/": SEE.to("See a preset and its versions"),
    "presets/<preset_id>/edit/": MAKE.to("Write a preset's next version"),
    "presets/<preset_id>/duplicate/": ACT.to("Copy a preset"),
    "presets/<preset_id>/archive/": ACT.to("Archive a preset, or bring it back"),
    "presets/<preset_id>/cover/": MAKE.to("Choose a preset's cover"),
    "presets/<preset_id>/export/": SEE.to("Download a preset"),
    "presets/<preset_id>/label/": Rule(post=Role.ADMIN).to("Approve a preset, or lock it"),
    "generate/": Rule(get=Role.VIEWER, post=Role.CREATOR).to("See the studio, and generate pictures"),
    "generate/tray/": SEE.to("Choose products in the studio"),
    "generate/quote/": ACT.to("Ask what pictures would cost"),
    "batches/": SEE.to("Look through the batches"),
    "batches/<batch_id>/": SEE.to("See a batch"),
    "batches/<batch_id>/now/": SEE.to("Watch a batch"),
    "batches/<batch_id>/retry/": ACT.to("Start again what failed in a batch"),
    "batches/<batch_id>/cancel/": ACT.to("Cancel what waits in a batch"),
    "batches/<batch_id>/jobs.csv": SEE.to("Download a batch's jobs"),
    "jobs/<job_id>/card/": SEE.to("Watch a job"),
    "jobs/<job_id>/cancel/": ACT.to("Cancel a job"),
    "jobs/<job_id>/retry/": ACT.to("Start a failed job again"),
    "jobs/<job_id>/resolve/": ACT.to("Decide on a job that nobody knows the end of"),
    "jobs/<job_id>/assign/": ACT.to("Say which of ProductAI's jobs is one whose answer was lost"),
    "jobs/<job_id>/again/": ACT.to("Make the same pictures once more"),
    "settings/team/": Rule(get=Role.VIEWER, post=Role.ADMIN).to("See the team, and change its name and rules"),
    "settings/team/alerts/test/": Rule(post=Role.ADMIN).to("Send a test to where warnings are posted"),
    "settings/members/": Rule(get=Role.VIEWER, post=Role.ADMIN).to("See the members, and invite somebody"),
    "settings/members/leave/": Rule(post=Role.VIEWER).to("Leave the team"),
    "settings/members/<membership_id>/": RULE.to("Change a member's role"),
    "settings/members/<membership_id>/remove/": Rule(post=Role.ADMIN).to("Remove a member"),
    "settings/members/<membership_id>/owner/": Rule(post=Role.OWNER).to("Make a member an owner"),
    "settings/invitations/<invitation_id>/revoke/": Rule(post=Role.ADMIN).to("Withdraw an invitation"),
    "settings/keys/": RULE.to("See the API keys, and make one"),
    "settings/keys/<key_id>/revoke/": Rule(post=Role.ADMIN).to("Revoke an API key"),
    "settings/brand/": RULE.to("Change the brand kit"),
    "settings/connection/": RULE.to("See and change the connection to ProductAI"),
    "settings/connection/sandbox/": Rule(post=Role.ADMIN).to("Use the sandbox instead of ProductAI"),
    "settings/connection/test/": Rule(post=Role.ADMIN).to("Test the key of the connection"),
    "settings/connection/pause/": Rule(post=Role.ADMIN).to("Pause the connection"),
    "settings/connection/resume/": Rule(post=Role.ADMIN).to("Resume a paused connection"),
    "spend/what-if/": Rule(get=Role.ADMIN).to("Play the past again under other caps"),
    "audit/": Rule(get=Role.ADMIN).to("Read the audit log"),
    "audit/<sequence>/": Rule(get=Role.ADMIN).to("See what one event changed"),
    "audit/head.json": Rule(get=Role.ADMIN).to("Download the log's signed end"),
    "audit/log.csv": Rule(get=Role.ADMIN).to("Download the log as CSV"),
    "audit/log.jsonl": Rule(get=Role.ADMIN).to("Download the log as JSON lines"),
    "audit/verify.py": Rule(get=Role.ADMIN).to("Download the program that verifies the log"),
    "spend/ledger/": SEE.to("Read the ledger: of the whole team for admins, of one's own spending otherwise"),
    "spend/ledger.csv": SEE.to("Download the same as CSV"),
    "spend/ledger/adjust/": RULE.to("Adjust what was spent or granted"),
    "spend/ledger/refund/<job_id>/": RULE.to("Give back what a job cost"),
    "spend/provider/": Rule(get=Role.ADMIN).to("Compare the provider's books with one's own"),
    "spend/provider/check/": Rule(post=Role.ADMIN).to("Take a reading of the provider's books"),
    "spend/provider/<reading_id>/settle/": Rule(post=Role.ADMIN).to("Settle a drift from the provider's books"),
    "spend/": SEE.to("See what was spent; below admin, by oneself"),
    "spend/export.csv": SEE.to("Download what was spent each day; below admin, by oneself"),
    "spend/caps/": Rule(get=Role.VIEWER, post=Role.ADMIN).to("See the caps that bind oneself, and set one"),
    "spend/caps/<cap_id>/": RULE.to("Change a cap"),
    "spend/caps/<cap_id>/raise/": Rule(post=Role.ADMIN).to("Raise a cap for a while"),
    "spend/caps/<cap_id>/raise/end/": Rule(post=Role.ADMIN).to("End the raise of a cap"),
    "spend/caps/<cap_id>/remove/": Rule(post=Role.ADMIN).to("Remove a cap"),
    "gallery/": SEE.to("Look through the gallery"),
    "gallery/count/": SEE.to("Count what the gallery's filters show"),
    "gallery/new/": SEE.to("Watch pictures arrive"),
    "gallery/<picture_id>/": SEE.to("See a picture and its receipt"),
    "gallery/<picture_id>/download/": SEE.to("Download a picture"),
    "gallery/<picture_id>/review/": ACT.to("Approve or reject a picture"),
}


API: dict[str, Rule] = {
    "v1/generate": ACT.to("Ask for pictures"),
    "v1/jobs": SEE.to("List the team's jobs"),
    "v1/jobs/<job_id>": SEE.to("Ask how a job stands"),
    "v1/training-asset": ACT.to("Upload a product photo"),
    "v1/my-uploaded-assets": SEE.to("List the team's photos"),
    "v1/presets": SEE.to("List the team's presets"),
    "v1/me": SEE.to("Ask who the key belongs to, and what is left"),
}
"""A key may what a creator may, in its own team."""

BY_LINK = {
    "accounts/invitation/<token>/": "Join a team by its invitation",
    "accounts/you/address/<token>/": "Confirm a new mail address by its link",
    "files/<token>": "See a picture or photo by its link, which expires",
    "hooks/<token>": "Tell Packshot that a job has news",
    "sandbox/files/<token>": "See a file of the sandbox",
}
"""Whoever has the link may: nobody's role matters, and a made-up link shows everybody the same."""

OPEN = {
    "accounts/2fa/authenticate/",
    "accounts/2fa/webauthn/login/",
    "accounts/confirm-email/",
    "accounts/confirm-email/<key>/",
    "accounts/inactive/",
    "accounts/login/",
    "accounts/login/code/confirm/",
    "accounts/logout/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/<uidb36>-<key>/",
    "accounts/password/reset/key/done/",
    "accounts/signup/",
}
"""What must work for who has not signed in; every other address below ``accounts/`` is about oneself."""

ELSEWHERE = {
    "admin/": "Django's own pages are for those who run the server: test_nobody_of_a_team_opens_the_servers_pages",
    "accounts/": "about oneself: test_ones_own_pages_ask_the_stranger_to_sign_in",
    "events/": "a stream, which needs ASGI: tests/live",
    "healthz": "says only whether the server runs",
    "sandbox/": "plays ProductAI, with keys of its own: tests/generation",
    "v1/": "whatever is no call: tests/api",
}
"""By the beginning of the address, what the tables leave to other tests."""


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address there is, with its parameters by name only."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        elif isinstance(entry, URLPattern):
            yield _plain(address)


def _plain(address: str) -> str:
    named = re.sub(r"\(\?P<(\w+)>(?:\[[^]]*\]|[^()[])*\)", r"<\1>", address)
    return re.sub(r"<\w+:(\w+)>", r"<\1>", named).replace("^", "").replace("$", "")


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    known = TABLE.keys() | API.keys() | BY_LINK.keys() | OPEN
    there_are = set(addresses())
    assert {address for address in there_are - known if not address.startswith(tuple(ELSEWHERE))} == set()
    assert known - there_are == set()


@pytest.fixture(scope="module", autouse=True)
def private_and_quick(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all tests of this module; each leaves it as it was."""
    with django_db_blocker.unblock(), made(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(private_and_quick: World, db: None) -> World:
    return private_and_quick


BODIES = {
    "presets/<preset_id>/cover/": "picture=<picture_id>",
    "projects/<project_id>/cover/": "picture=<picture_id>",
    "products/<product_id>/photos/main/": "asset=<asset_id>",
    "products/<product_id>/photos/remove/": "asset=<asset_id>",
    "products/<product_id>/photos/restore/": "asset=<asset_id>",
    "jobs/<job_id>/resolve/": "choice=retry",
    "jobs/<job_id>/assign/": "candidate=job_there",
    "gallery/<picture_id>/review/": "verdict=rejected",
}
MISSING = {"membership_id": "987654321", "sequence": "987654321", "reading_id": "987654321"}


def ask(world: World, name: str, verb: str, address: str, **instead: str) -> HttpResponse:
    """What a person is answered; whatever it changed is undone."""
    body = QueryDict(world.fill(BODIES.get(address, "")).lstrip("/"))
    with as_it_was():
        answer: HttpResponse = getattr(world.browser(name), verb)(world.fill(address, **instead), body)
    return answer


def seen(answer: HttpResponse) -> tuple[int, str]:
    """The answer, without what is drawn by lot anew for each."""
    content = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, re.sub(r'\b\w{64}\b|name="order" value="[\w-]+"', "", content.decode())


CASES = [(address, verb, role) for address, rule in TABLE.items() for verb, role in rule.verbs]
NAMES = [f"{verb} /{address}" for address, verb, _ in CASES]


@pytest.mark.parametrize(("address", "verb", "role"), CASES, ids=NAMES)
def test_everybody_gets_what_the_table_says(address: str, verb: str, role: Role, world: World) -> None:
    assert ask(world, "", verb, address).headers["Location"].startswith("/accounts/login/")

    charlie = ask(world, "charlie", verb, address)
    if "<" in address:
        missing = {name: MISSING.get(name, thing[:-4] + "none") for name, thing in world.things.items()}
        assert charlie.status_code == 404
        assert seen(charlie) == seen(ask(world, "charlie", verb, address, **missing))
    else:
        assert charlie.status_code not in {403, 404, 405}, f"charlie: {charlie.status_code}"

    for name, held in ROLES.items():
        status = ask(world, name, verb, address).status_code
        if held < role:
            assert status == 403, f"{name}: {status}"
        else:
            # A change that does not fit the state of things is refused with 400, 409 or 422, never as forbidden.
            assert status not in {403, 404, 405} and status < 500, f"{name}: {status}"


@pytest.mark.parametrize("address", TABLE)
def test_every_other_method_is_refused(address: str, world: World) -> None:
    answered = {verb for verb, _ in TABLE[address].verbs}
    for verb in {"get", "head", "post", "put", "delete"} - answered:
        with writes() as written:
            status = ask(world, "alice", verb, address).status_code
        # HEAD asks for what GET would say.
        assert (status != 405) if (verb == "head" and "get" in answered) else (status == 405), f"{verb}: {status}"
        assert not written, verb


@pytest.mark.parametrize("address", [address for address, verb, _ in CASES if verb == "post"])
def test_no_other_site_can_post_in_somebodys_name(address: str, world: World) -> None:
    assert world.browser("alice", enforce_csrf_checks=True).post(world.fill(address)).status_code == 403


WISH = "product=<product_id>&scene=write&prompt=x&model=nanobanana2&aspect_ratio=1:1&num_images=1"
NAMED = [
    ("get", "gallery/?product=<product_id>", ""),
    ("get", "gallery/?project=<project_id>", ""),
    ("get", "gallery/?preset=<preset_id>", ""),
    ("get", "generate/?product=<product_id>", ""),
    ("get", "generate/?preset=<preset_id>", ""),
    ("get", "spend/?project=<project_id>", ""),
    ("get", "spend/export.csv?project=<project_id>", ""),
    ("get", "spend/ledger/?project=<project_id>", ""),
    ("get", "spend/ledger/?job=<job_id>", ""),
    ("get", "spend/what-if/?rows=1&0-whose=project:<project_id>&0-period=month&0-credits=5", ""),
    ("get", "audit/?object=<project_id>", ""),
    ("post", "generate/", WISH),
    ("post", "generate/", WISH.replace("<product_id>", "prod_own") + "&project=<project_id>"),
    ("post", "generate/quote/", WISH),
    ("post", "presets/new/", "name=Linen&visibility=project&project=<project_id>"),
    ("post", "spend/caps/", "whose=project:<project_id>&period=month&credits=5&warn_at=80"),
    ("post", "spend/ledger/adjust/", "figure=spent&credits=1&reason=So&job=<job_id>&order=0123456789abcdef"),
]
"""Where a page or a form names a thing: another team's must look like one that there is not."""


@pytest.mark.parametrize(("verb", "address", "body"), NAMED, ids=[f"{verb} /{address}" for verb, address, _ in NAMED])
def test_what_is_named_in_an_address_or_a_form_is_ones_own(verb: str, address: str, body: str, world: World) -> None:
    def answered(**instead: str) -> tuple[int, str]:
        data = QueryDict(world.fill(body, **instead).lstrip("/"))
        with as_it_was():
            status, text = seen(getattr(world.browser("charlie"), verb)(world.fill(address, **instead), data))
        for thing in {**world.things, **instead}.values():
            text = text.replace(thing, "thing") if "_" in thing else text
        return status, text

    # With the same end: a page may show only that.
    missing = {name: thing[:-12] + "none" + thing[-8:] for name, thing in world.things.items() if "_" in thing}
    foreign = answered()
    assert foreign == answered(**missing)
    assert not [name for name in ("Northwind", "Camp mug", "Marble") if name in foreign[1]]


def test_a_null_character_names_nothing(world: World) -> None:
    """PostgreSQL refuses to compare one: tests/test_on_postgresql.py asks there, too."""
    strange = dict.fromkeys(world.things, "x%00")
    for address, verb, _ in CASES:
        if "<" in address:
            assert ask(world, "alice", verb, address, **strange).status_code == 404, f"{verb} {address}"
    with as_it_was():
        alice = world.browser("alice")
        for query in ("generate/?product=x%00", "generate/tray/?product=x%00"):
            assert alice.get(f"/{query}").status_code == 200, query
        for query in ("project", "preset", "job", "batch", "variation"):
            assert alice.get(f"/generate/?{query}=x%00").status_code == 404, query
        assert alice.post("/accounts/team/", {"team": "x\0"}).status_code == 404
        assert alice.post(world.fill("presets/<preset_id>/cover/"), {"picture": "x\0"}).status_code == 404
    assert call(world, "get", "v1/jobs/<job_id>", key="own", job_id="x%00").status_code == 404


def call(world: World, verb: str, address: str, *, session: str = "", key: str = "", **instead: str) -> HttpResponse:
    """What a script is answered that has one of the keys, or only somebody's session."""
    headers = {"Authorization": f"Bearer {world.keys.get(key, key)}"} if key else {}
    body = {"model": "nanobanana", "asset_id": world.things["asset_id"], "prompt": "On marble"} | instead
    client, url = world.browser(session), world.fill(address, **instead)
    with as_it_was():
        if verb == "get":
            return client.get(url, headers=headers)  # type: ignore[return-value]
        return client.post(url, body, content_type="application/json", headers=headers)  # type: ignore[return-value]


CALLS = [(address, verb) for address, rule in API.items() for verb, _ in rule.verbs]


@pytest.mark.parametrize(("address", "verb"), CALLS, ids=[f"{verb} /{address}" for address, verb in CALLS])
def test_a_call_needs_a_key_of_the_team(address: str, verb: str, world: World) -> None:
    for key in ("", "revoked", "ps_made_up"):
        assert call(world, verb, address, key=key).status_code == 401
    for name in ROLES:
        assert call(world, verb, address, session=name).status_code == 401, name

    status = call(world, verb, address, key="own").status_code
    assert status in {200, 202} or (address == "v1/training-asset" and status == 400)

    foreign = call(world, verb, address, key="foreign")
    if address in {"v1/jobs/<job_id>", "v1/generate"}:
        missing = call(world, verb, address, key="foreign", job_id="job_none", asset_id="asset_none")
        assert foreign.status_code in {400, 404}
        assert foreign.content == missing.content
    else:
        assert not any(thing in foreign.content.decode() for thing in world.things.values() if "_" in thing)


PEOPLE = ["", "charlie", *ROLES]


@pytest.mark.parametrize("address", BY_LINK)
def test_a_made_up_link_shows_everybody_the_same(address: str, world: World) -> None:
    answers = {ask(world, name, "get", address, token="made-up").status_code for name in PEOPLE}
    assert len(answers) == 1
    assert answers <= {403, 404, 405, 410}


def of(beginning: str) -> list[str]:
    return sorted(address for address in set(addresses()) if address.startswith(beginning))


@pytest.mark.parametrize("address", [address for address in of("accounts/") if address not in OPEN | BY_LINK.keys()])
def test_ones_own_pages_ask_the_stranger_to_sign_in(address: str, world: World) -> None:
    url = "/" + re.sub(r"<\w+>", "1", address)
    for verb in ("get", "post"):
        answer = getattr(world.browser(""), verb)(url)
        assert answer.status_code == 405 or answer.headers.get("Location", "").startswith("/accounts/"), answer


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_of_a_team_opens_the_servers_pages(name: str, world: World) -> None:
    client: Client = world.browser(name)
    for address in of("admin/"):
        if address not in {"admin/login/", "admin/logout/"}:
            answer = client.get("/" + re.sub(r"<\w+>", "1", address))
            assert answer.status_code in {302, 404}, address
            assert "/login/" in answer.headers.get("Location", "/login/"), address
