"""Single sign-on at a real identity provider: who it lets in, who stays outside, and what they are told."""

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.operations.running import ROOT, Running, surroundings
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder
from tests.sign_in.identity import CLIENT, SECRET, Provider, provider

ENTRY = "/accounts/oidc/sso/login/"


@pytest.fixture(scope="module")
def identity() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def studio(identity: Provider, tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder) -> Iterator[Studio]:
    variables = {
        "PACKSHOT_OIDC_URL": identity.url,
        "PACKSHOT_OIDC_CLIENT_ID": CLIENT,
        "PACKSHOT_OIDC_CLIENT_SECRET": SECRET,
        "PACKSHOT_OIDC_NAME": "Northwind ID",
    }
    running = Running(seeded.demo(tmp_path_factory.mktemp("single-sign-on")), variables=variables).wait()
    try:
        yield Studio.of(running, variables)
    finally:
        running.stop()


@pytest.fixture(autouse=True)
def honest(identity: Provider) -> None:
    """A provider that says the truth to the right client."""
    identity.person, identity.signer, identity.issuer = {}, CLIENT, ""


class Browser:
    """Keeps cookies and follows links, as a browser does."""

    def __init__(self, studio: Studio) -> None:
        self.url, self.session = studio.url, requests.Session()

    def open(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=30)

    def send(self, path: str, **form: str) -> requests.Response:
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.open(path).text)[0]
        return self.session.post(self.url + path, form | {"csrfmiddlewaretoken": token}, timeout=30)

    @property
    def is_in(self) -> bool:
        return self.session.get(f"{self.url}/generate/", allow_redirects=False, timeout=30).status_code == 200


@pytest.fixture
def browser(studio: Studio) -> Browser:
    return Browser(studio)


def known(studio: Studio, name: str) -> dict[str, Any]:
    return next(user for user in studio.running.ready["users"] if user["email"].startswith(name))


def invite(studio: Studio, email: str) -> str:
    """The path of an invitation to Alice's team as creator."""
    alice, user = Browser(studio), known(studio, "alice")
    alice.send("/accounts/login/", login=user["email"], password=user["password"])
    page = alice.send("/settings/members/", email=email, role="20").text
    return re.findall(r"https?://[^/]+(/accounts/invitation/[^<]+)<", page)[0]


def is_somebody(sub: str, email: str, verified: Any = True) -> dict[str, Any]:
    return {"sub": sub, "email": email, "email_verified": verified, "name": "Dora Diaz"}


def test_the_sign_in_page_names_the_provider(browser: Browser) -> None:
    assert "Continue with Northwind ID" in browser.open("/accounts/login/").text


def test_a_verified_address_opens_its_account_and_ties_it(identity: Provider, studio: Studio, browser: Browser) -> None:
    email = known(studio, "bob")["email"]
    identity.person = is_somebody("b-1", email.upper())
    assert browser.open(ENTRY).url.endswith("/generate/") and browser.is_in
    assert "Linked to Northwind ID" in browser.open("/accounts/you/").text
    identity.person = is_somebody("b-1", "robert@elsewhere.example", verified=False)
    later = Browser(studio)
    later.open(ENTRY)
    assert later.is_in and email in later.open("/accounts/you/").text, "known by sub from now on"
    identity.person = is_somebody("b-2", email)
    heir = Browser(studio)
    answer = heir.open(ENTRY)
    assert answer.status_code == 403 and "belongs to another person at Northwind ID" in answer.text
    assert not heir.is_in


@pytest.mark.parametrize("verified", [False, None, "false", "", 0])
def test_an_address_that_is_not_vouched_for_opens_nothing(
    identity: Provider, studio: Studio, browser: Browser, verified: Any
) -> None:
    identity.person = is_somebody("v-1", known(studio, "vera")["email"], verified)
    answer = browser.open(ENTRY)
    assert answer.status_code == 403 and "Your mail address is not confirmed at Northwind ID." in answer.text
    assert not browser.is_in
    identity.person = is_somebody("v-1", "vera@elsewhere.example")
    assert "Nobody has invited vera@elsewhere.example yet." in browser.open(ENTRY).text, "nothing was tied meanwhile"


def test_a_stranger_is_told_in_a_sentence(identity: Provider, browser: Browser) -> None:
    identity.person = is_somebody("s-1", "stranger@example.com")
    answer = browser.open(ENTRY)
    assert answer.status_code == 403 and "Nobody has invited stranger@example.com yet." in answer.text
    assert not browser.is_in


def test_an_open_invitation_for_the_address_makes_the_account(
    identity: Provider, studio: Studio, browser: Browser
) -> None:
    invite(studio, "dora@example.com")
    identity.person = is_somebody("d-1", "Dora@example.com", "true")
    browser.open(ENTRY)
    assert browser.is_in
    page = browser.open("/accounts/you/").text
    assert 'value="Dora Diaz"' in page and "dora@example.com" in page
    assert "accepted an invitation" in sentences(studio)


def test_a_link_for_somebody_else_makes_none(identity: Provider, studio: Studio, browser: Browser) -> None:
    browser.open(invite(studio, "emil@example.com"))
    identity.person = is_somebody("f-1", "frida@example.com")
    assert "Nobody has invited frida@example.com yet." in browser.open(ENTRY).text
    assert not browser.is_in


def test_a_link_for_anybody_makes_one(identity: Provider, studio: Studio, browser: Browser) -> None:
    link = invite(studio, "")
    browser.open(link)
    form = browser.open(f"/accounts/signup/?next={link}").text
    (way,) = re.findall(r'href="(/accounts/oidc/[^"]+)"', form)
    identity.person = is_somebody("g-1", "gina@example.com")
    assert browser.open(html.unescape(way)).url.endswith("/generate/") and browser.is_in


def test_who_comes_from_a_page_goes_back_to_it(identity: Provider, studio: Studio, browser: Browser) -> None:
    identity.person = is_somebody("b-1", known(studio, "bob")["email"])
    assert browser.open(f"{ENTRY}?next=/gallery/").url == f"{studio.url}/gallery/"
    assert Browser(studio).open(f"{ENTRY}?next=https://evil.example/").url == f"{studio.url}/generate/"


def test_the_password_of_an_address_that_was_never_confirmed_ends_with_the_tie(
    identity: Provider, studio: Studio, browser: Browser
) -> None:
    """Somebody may have made the account with a foreign address and wait for its owner."""
    user = known(studio, "vera")
    early = Browser(studio)
    early.send("/accounts/login/", login=user["email"], password=user["password"])
    assert early.is_in
    identity.person = is_somebody("v-2", user["email"])
    assert "Your password here has ended" in browser.open(ENTRY).text
    assert browser.is_in and not early.is_in
    again = Browser(studio)
    again.send("/accounts/login/", login=user["email"], password=user["password"])
    assert not again.is_in
    assert "linked their account to single sign-on" in sentences(studio)


def test_who_refuses_there_is_not_in_here(identity: Provider, browser: Browser) -> None:
    assert "Single sign-on was cancelled" in browser.open(ENTRY).text and not browser.is_in


def test_an_answer_that_nobody_asked_for_is_refused(browser: Browser) -> None:
    answer = browser.open(f"{ENTRY}callback/?code=abc&state=xyz")
    assert answer.status_code == 401 and "Single sign-on did not work" in answer.text


@pytest.mark.parametrize(("claim", "told"), [("signer", "another"), ("issuer", "https://id.evil.example")])
def test_a_token_for_another_client_or_from_another_issuer_is_refused(
    identity: Provider, studio: Studio, browser: Browser, claim: str, told: str
) -> None:
    identity.person = is_somebody("a-1", known(studio, "alice")["email"])
    setattr(identity, claim, told)
    answer = browser.open(ENTRY)
    assert answer.status_code == 401 and "Single sign-on did not work" in answer.text and not browser.is_in


SWITCH_ON = (
    "from allauth.mfa.totp.internal.auth import TOTP; from dashboard.accounts.models import User; "
    "TOTP.activate(User.objects.get(email='hanna@example.com'), 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')"
)


def test_the_second_step_is_asked_for_all_the_same(identity: Provider, studio: Studio, browser: Browser) -> None:
    invite(studio, "hanna@example.com")
    identity.person = is_somebody("h-1", "hanna@example.com")
    browser.open(ENTRY)
    assert browser.is_in
    studio.shell(SWITCH_ON)
    later = Browser(studio)
    assert "/accounts/2fa/authenticate/" in later.open(ENTRY).url and not later.is_in


def test_a_link_never_ties_a_signed_in_person(identity: Provider, studio: Studio, browser: Browser) -> None:
    user = known(studio, "alice")
    browser.send("/accounts/login/", login=user["email"], password=user["password"])
    identity.person = is_somebody("evil", "evil@example.com")
    assert "Single sign-on starts on the sign-in page." in browser.open(f"{ENTRY}?process=connect").text
    assert "Not used yet." in browser.open("/accounts/you/").text


@pytest.mark.parametrize("lack", ["authorization_endpoint", "everything"])
def test_a_provider_that_is_out_of_order_is_said_in_a_sentence(
    identity: Provider, browser: Browser, monkeypatch: pytest.MonkeyPatch, lack: str
) -> None:
    told = {} if lack == "everything" else {name: url for name, url in identity.discovery().items() if name != lack}
    monkeypatch.setattr(identity, "discovery", lambda: told)
    answer = browser.open(ENTRY)
    assert answer.status_code == 502 and "Single sign-on did not work" in answer.text


def test_a_provider_that_leads_into_a_private_network_is_said_in_a_sentence(
    identity: Provider, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity.person = is_somebody("alice", "alice@example.com")
    elsewhere = identity.discovery() | {"token_endpoint": "http://10.0.0.1/token"}
    monkeypatch.setattr(identity, "discovery", lambda: elsewhere)
    answer = browser.open(ENTRY)
    assert answer.status_code == 502 and "Single sign-on did not work" in answer.text


@pytest.mark.parametrize("missing", ["PACKSHOT_OIDC_URL", "PACKSHOT_OIDC_CLIENT_ID", "PACKSHOT_OIDC_CLIENT_SECRET"])
def test_half_of_it_stops_the_start(tmp_path: Path, missing: str) -> None:
    whole = {
        "PACKSHOT_OIDC_URL": "https://id.example.com",
        "PACKSHOT_OIDC_CLIENT_ID": "a",
        "PACKSHOT_OIDC_CLIENT_SECRET": "b",
    }
    environment = surroundings() | whole | {"PACKSHOT_DATA_DIR": str(tmp_path)}
    del environment[missing]
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (
        done.returncode
        and f"Single sign-on is half configured: set {missing} too, or none of the three." in done.stderr
    )


def sentences(studio: Studio) -> str:
    """What the demo team's audit log says happened."""
    rows = "from dashboard.audit.models import AuditEvent; rows = AuditEvent.objects.filter(team=connection.team); "
    return studio.shell(rows + "from dashboard.audit.labels import phrase; print([phrase(row.action) for row in rows])")
