"""``/settings/connection/``: which provider makes the pictures, told and changed by admins."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.audit.models import AuditEvent
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.models import Asset, Connection, Job, JobState
from tests.conftest import browser_of

PAGE = "/settings/connection/"
KEY = "sk_live_0123456789abcdef"


@pytest.fixture(autouse=True)
def laptop(settings: Any, httpserver: HTTPServer) -> None:
    """Packshot on somebody's own computer, who trusts two providers on it."""
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    settings.TRUSTED_PROVIDERS = [httpserver.url_for("/"), "http://127.0.0.1:9/v2"]


@pytest.fixture
def admin(ada: User) -> Client:
    return browser_of(ada)


@pytest.fixture
def productai(httpserver: HTTPServer) -> str:
    """A provider that knows one key, by its base URL."""
    account = {"id": "acc_1", "email": "a@example.com", "plan": "enterprise", "credits": {"generations": 1234}}
    asked = httpserver.expect_request("/v1/me", headers={"Authorization": f"Bearer {KEY}"})
    asked.respond_with_json(account)
    refusal = {"error": {"code": "unauthorized", "message": "Invalid API key"}}
    httpserver.expect_request("/v1/me").respond_with_json(refusal, status=401)
    return httpserver.url_for("/v1")


def save(browser: Client, base_url: str, *, key: str = KEY, plan: str = "pro", photo_delivery: str = "asset") -> Any:
    given = {"base_url": base_url, "key": key, "plan": plan, "photo_delivery": photo_delivery}
    return browser.post(PAGE, given)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422
    return {name: list(lines) for name, lines in answer.context["form"].errors.items()}


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.mark.parametrize("who", ["bob", "vera"])
@pytest.mark.parametrize("path", ["", "sandbox/", "resume/", "test/", "pause/"])
def test_only_admins_may_see_or_change_it(request: pytest.FixtureRequest, team: Team, who: str, path: str) -> None:
    browser = browser_of(request.getfixturevalue(who))
    assert browser.post(PAGE + path).status_code == 403
    if not path:
        assert browser.get(PAGE).status_code == 403


def test_an_outsider_sees_and_changes_only_their_own(team: Team, charlie: User) -> None:
    browser = browser_of(charlie)
    assert "Not connected yet" in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}resume/").status_code == 404
    assert AuditEvent.objects.count() == 0


def test_the_key_is_never_shown_again(admin: Client, team: Team) -> None:
    Connection.objects.filter(team=team).update(key=KEY)
    page = admin.get(PAGE).content.decode()
    assert KEY not in page
    assert KEY[:12] not in page
    assert "•••• cdef" in page


def test_a_right_key_is_tested_and_kept_encrypted(admin: Client, team: Team, productai: str) -> None:
    answer = save(admin, f"{productai}/")
    assert answer.status_code == 302
    assert told(answer) == "Connected to ProductAI. The account has 1,234 credits."
    row = Connection.objects.get(team=team)
    assert (row.base_url, row.key, row.balance) == (productai, KEY, 1234)
    assert row.plan_limit == 600, "the provider's own word on the plan counts"


def test_a_wrong_key_is_refused_at_its_field_and_nothing_changes(admin: Client, team: Team, productai: str) -> None:
    before = Connection.objects.get(team=team).key
    assert errors(save(admin, productai, key="sk_wrong")) == {
        "key": ["ProductAI refused this key. Check it in your ProductAI account and paste it again."]
    }
    assert Connection.objects.get(team=team).key == before


def test_an_unreachable_provider_does_not_stop_saving(admin: Client, team: Team) -> None:
    answer = save(admin, "http://127.0.0.1:9/v2", plan="free")
    assert told(answer).startswith("Saved, but the key could not be tested. ")
    row = Connection.objects.get(team=team)
    assert (row.base_url, row.plan_limit) == ("http://127.0.0.1:9/v2", 10)


def test_an_address_without_productai_is_said_so(admin: Client, team: Team, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/me").respond_with_json({}, status=404)
    assert "There is no ProductAI at this address." in errors(save(admin, httpserver.url_for("")))["base_url"][0]


@pytest.mark.parametrize(
    "address",
    [
        "http://api.productai.photo/v1", "ftp://api.productai.photo", "api.productai.photo", "https://", "https://[",
        "https://u:p@example.com", "https://x:99999/v1", "https://10.0.0.5/v1", "https://192.168.1.2", "https://169.254.169.254/v1",
    ],
)  # fmt: skip
def test_addresses_that_a_key_must_not_go_to_are_refused(admin: Client, team: Team, address: str) -> None:
    lines = errors(save(admin, address))["base_url"]
    assert len(lines) == 1


@pytest.mark.parametrize("public_url", ["https://packshot.example.com", "http://127.0.0.1:8000"])
def test_no_admin_points_it_at_a_private_network_on_their_own(
    admin: Client, productai: str, httpserver: HTTPServer, settings: Any, public_url: str
) -> None:
    """On a laptop neither: whoever may sign in there need not be who runs it."""
    settings.PUBLIC_URL, settings.TRUSTED_PROVIDERS = public_url, []
    for address in (productai, "https://127.0.0.1/v1", "http://127.0.0.1:8000/sandbox/%2e%2e/v1"):
        assert "base_url" in errors(save(admin, address))
    assert httpserver.log == []


@pytest.mark.parametrize("key", ["", "with space", "kéy", "a\nb"])
def test_what_cannot_be_a_key_gets_one_sentence(admin: Client, team: Team, productai: str, key: str) -> None:
    assert len(errors(save(admin, productai, key=key))["key"]) == 1


def test_an_empty_key_keeps_the_present_one_only_for_its_address(admin: Client, team: Team, productai: str) -> None:
    save(admin, productai)
    assert save(admin, productai, key="", photo_delivery="link").status_code == 302
    row = Connection.objects.get(team=team)
    assert (row.key, row.photo_delivery) == (KEY, "link")
    assert errors(save(admin, "http://127.0.0.1:9/v2", key="")) == {"key": ["Another address needs its key again."]}


def test_the_change_is_audited_without_the_key(admin: Client, ada: User, team: Team, productai: str) -> None:
    save(admin, productai)
    event = AuditEvent.objects.get(action="connection.changed")
    assert event.user == ada
    assert event.before["base_url"] == "http://127.0.0.1:9/v1"
    rest = {"plan_limit": 600, "photo_delivery": "asset", "pause": "Ready", "key_replaced": True}
    assert event.after == {"base_url": productai} | rest
    assert KEY not in str(vars(event))


def test_another_provider_is_sent_the_photos_anew(admin: Client, mug: Product, productai: str) -> None:
    Asset.objects.update(provider_id="asset_there")
    save(admin, productai)
    assert Asset.objects.get().provider_id == ""
    Asset.objects.update(provider_id="asset_here")
    save(admin, productai)
    assert Asset.objects.get().provider_id == "asset_here", "the same account keeps them"


def test_a_new_key_of_another_account_is_another_provider(
    admin: Client, mug: Product, productai: str, httpserver: HTTPServer
) -> None:
    save(admin, productai)
    Asset.objects.update(provider_id="asset_there")
    other = {"id": "acc_2", "plan": "pro", "credits": {"generations": 5}}
    httpserver.clear()
    asked = httpserver.expect_request("/v1/me", headers={"Authorization": f"Bearer {KEY}"})
    asked.respond_with_json(other | {"id": "acc_1"})
    httpserver.expect_request("/v1/me").respond_with_json(other)
    save(admin, productai, key="sk_second")
    assert Asset.objects.get().provider_id == ""


@pytest.fixture
def job(creator: Actor, mug: Product) -> Job:
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
    return start(creator, specs=[spec]).jobs.get()


def test_a_provider_that_still_makes_pictures_is_not_left(admin: Client, job: Job, productai: str) -> None:
    Job.objects.update(state=JobState.SUBMITTED)
    assert errors(save(admin, productai)) == {
        "__all__": ["A job is still being made there. Wait for the pictures, then change the provider."]
    }
    assert Connection.objects.get().base_url != productai
    Job.objects.update(state=JobState.QUEUED)
    assert save(admin, productai).status_code == 302


def test_a_refused_key_is_replaced_even_while_jobs_are_out(admin: Client, job: Job, productai: str) -> None:
    pause = Connection.Pause.KEY
    Connection.objects.update(base_url=productai, key="sk_revoked", pause=pause, pause_message="Invalid API key")
    Job.objects.update(state=JobState.SUBMITTED)
    assert "ProductAI refused the key" in admin.get(PAGE).content.decode()
    assert save(admin, productai).status_code == 302
    assert Connection.objects.get().pause == Connection.Pause.NONE


def test_a_pause_says_why_and_can_be_ended(admin: Client, job: Job) -> None:
    Connection.objects.update(pause=Connection.Pause.CREDITS, pause_message="No credits left")
    Job.objects.update(due_at=timezone.now() + timedelta(minutes=5))
    page = admin.get(PAGE).content.decode()
    assert "ProductAI is out of credits" in page
    assert "1 job waits" in page
    assert "No credits left" in page
    assert admin.post(f"{PAGE}resume/").status_code == 302
    assert Connection.objects.get().pause == Connection.Pause.NONE
    assert Job.objects.get().due_at <= timezone.now()  # type: ignore[operator]
    assert AuditEvent.objects.filter(action="connection.resumed").count() == 1


def press_test(browser: Client) -> str:
    return told(browser.post(f"{PAGE}test/"))


def test_the_present_key_is_tested_and_what_it_opens_is_told(admin: Client, team: Team, productai: str) -> None:
    Connection.objects.update(base_url=productai, key=KEY, plan_limit=60)
    page = admin.get(PAGE).content.decode()
    assert "Test the key" in page and "Pro · at most 60 requests a minute" in page
    assert press_test(admin) == (
        "The key works: a@example.com, Enterprise plan (600 requests a minute), 1,234 credits left."
    )
    row = Connection.objects.get()
    assert (row.balance, row.plan_limit) == (1234, 600), "the provider's own word counts"
    event = AuditEvent.objects.get(action="connection.changed")
    assert (event.before, event.after) == ({"plan_limit": 60}, {"plan_limit": 600})


def test_a_revoked_key_is_told_and_pauses_until_one_works(admin: Client, job: Job, productai: str) -> None:
    Connection.objects.update(base_url=productai, key="sk_revoked")
    assert press_test(admin) == "ProductAI refused the key. Give a new one; jobs wait until then."
    row = Connection.objects.get()
    assert (row.pause, row.pause_message) == (Connection.Pause.KEY, "Invalid API key")
    assert "ProductAI refused the key" in admin.get(PAGE).content.decode()
    Connection.objects.update(key=KEY)
    assert press_test(admin).startswith("The key works: ")
    assert Connection.objects.get().pause == Connection.Pause.NONE
    assert AuditEvent.objects.get(action="connection.resumed").before == {"pause": "The provider refused the key"}


def test_an_unreachable_provider_is_told_and_pauses_nothing(admin: Client, team: Team) -> None:
    assert press_test(admin).startswith("The key could not be tested. ")
    assert Connection.objects.get().pause == Connection.Pause.NONE


def test_an_admin_pauses_with_a_reason_that_everybody_sees(admin: Client, job: Job, bob: User) -> None:
    admin.post(f"{PAGE}pause/", {"reason": "the invoice is being checked"})
    row = Connection.objects.get()
    assert (row.pause, row.pause_message) == (Connection.Pause.PERSON, "Ada: the invoice is being checked")
    assert "Paused by Ada: the invoice is being checked." in ways(admin)
    assert "Sending is paused by Ada: the invoice is being checked. 1 job waits" in ways(browser_of(bob), "/gallery/")
    event = AuditEvent.objects.get(action="connection.paused")
    assert event.after == {"pause": "Somebody paused it", "reason": "the invoice is being checked"}
    admin.post(f"{PAGE}pause/", {"reason": "again"})
    assert AuditEvent.objects.filter(action="connection.paused").count() == 1
    admin.post(f"{PAGE}resume/")
    assert Connection.objects.get().pause == Connection.Pause.NONE


def test_a_person_s_pause_outlives_what_the_provider_says(admin: Client, team: Team, productai: str) -> None:
    Connection.objects.update(base_url=productai, key="sk_revoked")
    admin.post(f"{PAGE}pause/")
    press_test(admin)
    assert Connection.objects.get().pause == Connection.Pause.PERSON
    save(admin, productai)
    assert Connection.objects.get().pause == Connection.Pause.PERSON


def test_a_reason_that_is_too_long_is_refused(admin: Client, team: Team) -> None:
    assert told(admin.post(f"{PAGE}pause/", {"reason": "x" * 201})) == "A reason has at most 200 characters."
    assert Connection.objects.get().pause == Connection.Pause.NONE


def test_the_sandbox_is_one_press_away(admin: Client, team: Team) -> None:
    answer = admin.post(f"{PAGE}sandbox/")
    assert answer["Location"] == PAGE
    row = Connection.objects.get(team=team)
    assert row.base_url == "http://127.0.0.1:8000/sandbox/v1"
    assert row.key.startswith("sk_sandbox_")
    page = admin.get(PAGE).content.decode()
    assert "The sandbox tells us the moment a picture is done" in page
    assert "Use the sandbox" not in page


def test_a_team_without_a_connection_can_make_one(charlie: User, productai: str) -> None:
    browser = browser_of(charlie)
    assert save(browser, productai).status_code == 302
    assert Connection.objects.get(team__name="Outsiders").key == KEY


def ways(browser: Client, page: str = PAGE) -> str:
    return re.sub(r"\s+", " ", browser.get(page).content.decode())


def test_a_new_team_is_not_said_to_be_connected(admin: Client, team: Team) -> None:
    Connection.objects.filter(team=team).update(key="")
    page = admin.get(PAGE).content.decode()
    assert "No key yet" in page and "Use ProductAI" in page
    assert "In use" not in page and "Back to the sandbox" not in page
    assert "no key yet" in admin.get("/generate/").content.decode()


def test_a_laptop_asks_and_uploads(admin: Client, team: Team) -> None:
    Connection.objects.update(base_url="https://api.productai.photo/v1", photo_delivery="link")
    page = ways(admin)
    assert "is only reachable from this computer, so Packshot asks ProductAI every few seconds." in page
    assert "Each photo is uploaded to ProductAI once" in page


def test_a_server_is_told_and_may_send_links(admin: Client, team: Team, settings: Any) -> None:
    settings.PUBLIC_URL = "https://packshot.example.com"
    Connection.objects.update(base_url="https://api.productai.photo/v1", photo_delivery="link")
    page = ways(admin)
    assert "ProductAI tells us the moment a picture is done, at https://packshot.example.com." in page
    assert "ProductAI reads each photo from a link that expires after an hour." in page
