"""What the same press of the same button does when it arrives twice, for every address that takes a form.

The addresses come from the URL resolver. One that orders something (it spends, gives or makes) has a form with a
token, and the second press changes nothing and is answered as the first was. The others are named with the reason why
a second press does no harm.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Invitation, Membership, Role, Team, User
from dashboard.accounts.order_tokens import FIELD, new_token
from dashboard.members.invitations import invite
from generation.credits import ledger
from generation.models import Batch, Cap, Job, JobState
from tests.forms import Fields, form_to
from tests.pictures import photo
from tests.test_access_table import TABLE, addresses
from tests.world import World, as_it_was, made, writes

SOON = (timezone.now() + timedelta(days=3)).date().isoformat()


def nothing(world: World) -> None:
    """Everything is there."""


def failed(world: World) -> None:
    Job.objects.filter(pk=world.things["job_id"]).update(state=JobState.FAILED)


def in_doubt(world: World) -> None:
    Job.objects.filter(pk=world.things["job_id"]).update(state=JobState.NEEDS_REVIEW)


def paid(world: World) -> None:
    ledger.capture(job=Job.objects.get(pk=world.things["job_id"]), credits=3, pictures=1)


def raised(world: World) -> None:
    Cap.objects.filter(pk=world.things["cap_id"]).update(raised_by=5, raised_until=timezone.now() + timedelta(days=1))


@dataclass(frozen=True)
class Order:
    """Where the form is, what is filled in, by whom, and what there must be."""

    page: str
    given: dict[str, Any] = field(default_factory=dict)
    by: str = "alice"
    ready: Callable[[World], None] = nothing


ORDERS: dict[str, Order] = {
    "generate/": Order("generate/?product=<product_id>", {"scene": "write", "prompt": "On slate"}),
    "jobs/<job_id>/again/": Order("gallery/<picture_id>/"),
    "jobs/<job_id>/cancel/": Order("jobs/<job_id>/card/"),
    "jobs/<job_id>/retry/": Order("jobs/<job_id>/card/", ready=failed),
    "jobs/<job_id>/resolve/": Order("jobs/<job_id>/card/", {"choice": "retry"}, ready=in_doubt),
    "batches/<batch_id>/retry/": Order("batches/<batch_id>/", ready=failed),
    "batches/<batch_id>/cancel/": Order("batches/<batch_id>/"),
    "products/upload/": Order("products/", {"photo": "camp-mug.jpg"}),
    "products/link/": Order("products/", {"url": "http://testserver/photo"}),
    "projects/new/": Order("projects/new/", {"name": "Autumn"}),
    "presets/new/": Order("presets/new/", {"name": "Linen", "template": "On linen"}),
    "presets/import/": Order("presets/import/", {"file": "presets.json"}),
    "presets/<preset_id>/edit/": Order("presets/<preset_id>/edit/", {"template": "On grey marble"}),
    "presets/<preset_id>/duplicate/": Order("presets/<preset_id>/"),
    "settings/members/": Order("settings/members/", {"email": "dora@example.com", "role": "20"}),
    "settings/members/leave/": Order("settings/members/", by="ada"),
    "settings/members/<membership_id>/remove/": Order("settings/members/<membership_id>/"),
    "settings/members/<membership_id>/owner/": Order("settings/members/<membership_id>/"),
    "settings/keys/": Order("settings/keys/", {"name": "Weekly"}),
    "spend/ledger/adjust/": Order("spend/ledger/adjust/", {"figure": "granted", "credits": "30", "reason": "Paid"}),
    "spend/ledger/refund/<job_id>/": Order(
        "spend/ledger/refund/<job_id>/", {"credits": "2", "reason": "Cut off"}, ready=paid
    ),
    "spend/provider/<reading_id>/settle/": Order("spend/provider/", {"verdict": "adjusted", "reason": "Ours"}),
    "spend/caps/": Order("spend/caps/", {"whose": "project:<project_id>", "period": "month", "credits": "5"}),
    "spend/caps/<cap_id>/raise/": Order("spend/caps/<cap_id>/", {"credits": "5", "until": SOON}),
    "spend/caps/<cap_id>/raise/end/": Order("spend/caps/<cap_id>/", ready=raised),
    "spend/caps/<cap_id>/remove/": Order("spend/caps/<cap_id>/"),
    "accounts/team/new/": Order("accounts/team/new/", {"name": "Southwind"}),
    "accounts/invitation/<token>/": Order("accounts/invitation/<token>/", by="charlie"),
}

HARMLESS = {
    "jobs/<job_id>/assign/": "ties a job to one of the provider's once, and no other can have that one",
    "products/import/": "makes a preview, of which nothing comes until it is started",
    "products/import/<import_id>/read/": "makes the preview anew",
    "products/import/<import_id>/start/": "a preview is started once",
    "products/<product_id>/": "writes down what is there already",
    "products/<product_id>/archive/": "it is archived already",
    "products/<product_id>/photos/": "it has this photo already",
    "products/<product_id>/photos/main/": "it is the main photo already",
    "products/<product_id>/photos/remove/": "it is removed already",
    "products/<product_id>/photos/restore/": "it has this photo already",
    "projects/<project_id>/edit/": "writes down what is there already",
    "projects/<project_id>/archive/": "it is archived already",
    "projects/<project_id>/cover/": "this is the cover already",
    "presets/preview/": "changes nothing",
    "presets/import/provider/": "what came is not new any more",
    "presets/<preset_id>/archive/": "it is archived already",
    "presets/<preset_id>/cover/": "this is the cover already",
    "presets/<preset_id>/label/": "it has this label already",
    "generate/quote/": "changes nothing",
    "settings/team/": "writes down what is there already",
    "settings/team/alerts/test/": "sends another test, which says that it is one",
    "settings/members/<membership_id>/": "they have this role already",
    "settings/invitations/<invitation_id>/revoke/": "it is taken back already",
    "settings/keys/<key_id>/revoke/": "it is revoked already",
    "settings/brand/": "writes down what is there already",
    "settings/connection/": "writes down what is there already",
    "settings/connection/sandbox/": "it is the sandbox already",
    "settings/connection/test/": "asks whether the key works",
    "settings/connection/pause/": "it is paused already",
    "settings/connection/resume/": "it runs already",
    "spend/provider/check/": "takes another reading, which moves no credits",
    "spend/caps/<cap_id>/": "writes down what is there already",
    "gallery/<picture_id>/review/": "it is reviewed so already",
    "accounts/team/": "one works for this team already",
}
"""By address, why the same press again needs no token."""

ELSEWHERE = {
    "accounts/": "who one is and how one signs in: nothing is ordered there",
    "admin/": "test_an_operators_grant_that_is_sent_twice_counts_once",
    "v1/": "has no forms: scripts name their calls themselves",
    "sandbox/": "plays ProductAI",
    "hooks/": "a delivery is stored once: tests/generation/pipeline/test_webhooks.py",
    "files/": "only read",
    "events/": "only read",
    "healthz": "only read",
}


def test_every_address_that_takes_a_form_says_what_a_second_press_does() -> None:
    read_only = {address for address, rule in TABLE.items() if rule.post is None}
    known = ORDERS.keys() | HARMLESS.keys()
    there_are = set(addresses()) - read_only
    assert {address for address in there_are - known if not address.startswith(tuple(ELSEWHERE))} == set()
    assert known - there_are == set()
    assert not ORDERS.keys() & HARMLESS.keys()


@pytest.fixture(scope="module", autouse=True)
def private_and_quick(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all tests of this module; each leaves it as it was."""
    with django_db_blocker.unblock(), made(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture
def world(private_and_quick: World, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """With a link to join another team, and a web that has one photo."""
    monkeypatch.setattr("dashboard.projects.uploads.download", lambda *_, **__: photo(colour="#aa3300"))
    monkeypatch.setattr("dashboard.projects.uploads.wrong_with_address", lambda url: "")
    with as_it_was():
        alice = Actor(private_and_quick.team, Role.OWNER, user=User.objects.get(email="alice@example.com"))
        private_and_quick.things["token"] = invite(alice, email="", role=Role.VIEWER)[1]
        yield private_and_quick


def opened(world: World, browser: Client, address: str) -> Fields:
    """The form's fields, filled in; files are named only."""
    order = ORDERS[address]
    page, action = world.fill(order.page), world.fill(address)
    html = browser.get(page).content.decode()
    given = {name: [world.fill(value).lstrip("/")] for name, value in order.given.items()}
    return form_to(html, action, page=page).fields | given


PRESETS = b'{"format": "packshot-presets", "version": 1, "presets": [{"name": "Slate", "template": "On slate"}]}'
FILES = {"photo": ("camp-mug.jpg", photo()), "file": ("presets.json", PRESETS)}


def press(world: World, browser: Client, address: str, fields: Fields, **headers: str) -> HttpResponse:
    """What the browser is answered when the form is sent as it stands."""
    body: dict[str, Any] = dict(fields)
    for name, (filename, content) in FILES.items():
        if body.get(name) == [filename]:
            body[name] = io.BytesIO(content)
            body[name].name = filename
    return browser.post(world.fill(address), body, headers=headers)  # type: ignore[return-value]


def begun(world: World, address: str) -> tuple[Client, Fields]:
    order = ORDERS[address]
    order.ready(world)
    browser = world.browser(order.by)
    return browser, opened(world, browser, address)


def seen(answer: HttpResponse) -> tuple[int, str, list[str]]:
    """Status, where it leads, and every secret that it shows."""
    secrets = re.findall(r"ps_[\w-]{30,}|accounts/invitation/[\w-]{43}", answer.content.decode())
    return answer.status_code, answer.headers.get("Location", ""), secrets


CLAIM = {"accounts_idempotencykey"}


@pytest.mark.parametrize("by_script", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize("address", ORDERS)
def test_the_same_press_twice_is_one_order(address: str, by_script: bool, world: World) -> None:
    headers = {"HX-Request": "true"} if by_script else {}
    browser, fields = begun(world, address)
    with writes() as first:
        answer = press(world, browser, address, fields, **headers)
    assert answer.status_code in {200, 302}, answer.content.decode()[:2000]
    assert first - CLAIM, "nothing was ordered, so this shows nothing"
    with writes() as second:
        again = press(world, browser, address, fields, **headers)
    assert second <= CLAIM
    assert seen(again) == seen(answer)


@pytest.mark.parametrize("address", ORDERS)
def test_every_page_brings_a_token_of_its_own(address: str, world: World) -> None:
    browser, fields = begun(world, address)
    (token,) = fields[FIELD]
    assert len(token) >= 20
    assert opened(world, browser, address)[FIELD] != [token]


AGAIN = {
    "generate/": Batch,
    "jobs/<job_id>/again/": Batch,
    "settings/keys/": ApiKey,
    "settings/members/": Invitation,
    "accounts/team/new/": Team,
}


@pytest.mark.parametrize("address", AGAIN)
def test_the_same_from_a_second_page_is_ordered_again(address: str, world: World) -> None:
    browser, fields = begun(world, address)
    before = AGAIN[address].objects.count()
    for _ in range(2):
        press(world, browser, address, fields | {FIELD: [new_token()]})
    assert AGAIN[address].objects.count() == before + 2


@pytest.mark.parametrize("address", AGAIN)
def test_a_form_without_a_token_orders_as_before_there_were_any(address: str, world: World) -> None:
    browser, fields = begun(world, address)
    before = AGAIN[address].objects.count()
    del fields[FIELD]
    for _ in range(2):
        press(world, browser, address, fields)
    assert AGAIN[address].objects.count() == before + 2


def test_whoever_goes_back_and_changes_the_form_orders_anew(world: World) -> None:
    browser, fields = begun(world, "generate/")
    before = Batch.objects.count()
    for prompt in ("On slate", "On linen", "On slate"):
        press(world, browser, "generate/", fields | {"prompt": [prompt]})
    assert Batch.objects.count() == before + 2


def test_a_token_is_ones_own(world: World) -> None:
    """Whoever reads somebody's token can neither take their order nor see what it made."""
    browser, fields = begun(world, "settings/keys/")
    alices = seen(press(world, browser, "settings/keys/", fields))
    adas = seen(press(world, world.browser("ada"), "settings/keys/", fields))
    assert adas[2][0] != alices[2][0]
    assert ApiKey.objects.filter(name="Weekly").count() == 2


def test_what_was_refused_may_be_ordered_with_the_same_token(world: World) -> None:
    browser, fields = begun(world, "jobs/<job_id>/again/")
    before = Batch.objects.count()
    ledger.adjust(team_id=world.team.pk, actor_id=None, granted=-ledger.left(team_id=world.team.pk), reason="Spent")
    press(world, browser, "jobs/<job_id>/again/", fields)
    assert Batch.objects.count() == before
    ledger.grant(team_id=world.team.pk, credits=50)
    press(world, browser, "jobs/<job_id>/again/", fields)
    assert Batch.objects.count() == before + 1


def test_a_crash_before_the_answer_orders_nothing_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, fields = begun(world, "generate/")
    before = Batch.objects.count()

    def crash(*_: object) -> None:
        raise SystemError("The process is gone.")

    with monkeypatch.context() as patch, pytest.raises(SystemError):
        patch.setattr("dashboard.studio.views.redirect", crash)
        press(world, browser, "generate/", fields)
    assert press(world, browser, "generate/", fields).status_code == 302
    assert Batch.objects.count() == before + 1


def test_a_script_gets_the_next_token_with_the_answer(world: World) -> None:
    """The page stays as it is, so the same can be ordered again on purpose."""
    browser, fields = begun(world, "generate/")
    before = Batch.objects.count()
    for _ in range(2):
        html = press(world, browser, "generate/", fields, **{"HX-Request": "true"}).content.decode()
        found = re.search(r'<input type="hidden" name="order" value="([\w-]+)"[^>]* id="order-token" hx-swap-oob', html)
        assert found and [found[1]] != fields[FIELD]
        fields[FIELD] = [found[1]]
    assert Batch.objects.count() == before + 2


def test_a_message_that_waits_to_be_read_undoes_no_order(world: World) -> None:
    """A refusal in another tab, which nobody has seen yet."""
    browser, fields = begun(world, "projects/new/")
    browser.post(world.fill("presets/import/provider/"))
    assert press(world, browser, "projects/new/", fields)["Location"].startswith("/projects/proj_")


def test_whoever_leaves_a_team_twice_stays_in_their_next_one(world: World) -> None:
    ada = User.objects.get(email="ada@example.com")
    Membership.objects.create(team=Team.objects.get(name="Outsiders"), user=ada, role=Role.VIEWER)
    browser, fields = begun(world, "settings/members/leave/")
    for _ in range(2):
        press(world, browser, "settings/members/leave/", fields)
    assert list(Membership.objects.filter(user=ada).values_list("team__name", flat=True)) == ["Outsiders"]


def test_losing_what_valkey_held_orders_nothing_twice(world: World, broker: Any) -> None:
    browser, fields = begun(world, "generate/")
    before = Batch.objects.count()
    for _ in range(2):
        press(world, browser, "generate/", fields)
        broker.flushall()
    assert Batch.objects.count() == before + 1
