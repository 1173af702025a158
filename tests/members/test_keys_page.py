"""The page of API keys: for admins; a key is shown once and dies when revoked."""

import re

import pytest
from django.test import Client

from dashboard.accounts.models import ApiKey, Team, User
from dashboard.audit.models import AuditEvent
from dashboard.members import keys
from dashboard.members.keys import webhook_secret
from dashboard.projects.models import Product
from tests.api.conftest import Script
from tests.conftest import browser_of

PAGE = "/settings/keys/"


@pytest.fixture
def browser(ada: User) -> Client:
    return browser_of(ada)


def secrets_in(html: str) -> list[str]:
    return re.findall(r"ps_[\w-]{30,}", html)


def test_makes_a_key_that_works_and_shows_it_once(browser: Client, team: Team, ada: User, mug: Product) -> None:
    answer = browser.post(PAGE, {"name": "Nightly"})
    key = secrets_in(answer.content.decode())[0]
    assert "no-store" in answer["Cache-Control"]
    assert Script(key).get("me").json()["id"] == team.id
    assert secrets_in(browser.get(PAGE).content.decode()) == []
    row = ApiKey.objects.get()
    assert (row.name, row.team, row.created_by) == ("Nightly", team, ada)
    event = AuditEvent.objects.get(action="key.issued")
    assert (event.object_id, event.user) == (row.id, ada)
    assert key not in str(event.after)


def test_the_examples_run_as_they_are(browser: Client, mug: Product) -> None:
    html = browser.post(PAGE, {"name": "Nightly"}).content.decode()
    assert 'curl -X POST "http://testserver/v1/generate"' in html
    assert f'"asset_id": "{mug.asset_id}"' in html


def test_a_key_without_a_name_is_refused_in_a_sentence(browser: Client) -> None:
    answer = browser.post(PAGE, {"name": " "})
    assert answer.status_code == 422
    assert "Give the key a name." in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_team_has_so_many_keys_and_makes_so_many_a_day(
    browser: Client, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "IN_USE", 2)
    monkeypatch.setattr(keys, "A_DAY", 3)
    assert [browser.post(PAGE, {"name": "Nightly"}).status_code for _ in range(3)] == [200, 200, 422]
    assert "This team has 2 keys. Revoke one" in browser.post(PAGE, {"name": "Nightly"}).content.decode()
    for row in ApiKey.objects.filter(team=team):
        browser.post(f"{PAGE}{row.id}/revoke/")
    assert [browser.post(PAGE, {"name": "Nightly"}).status_code for _ in range(2)] == [200, 422]
    assert "Make the next one tomorrow." in browser.post(PAGE, {"name": "Nightly"}).content.decode()


def test_revoking_ends_the_key(browser: Client, script: Script) -> None:
    row = ApiKey.objects.get()
    assert script.get("me").status_code == 200
    answer = browser.post(f"{PAGE}{row.id}/revoke/", follow=True)
    assert "Nightly no longer works." in answer.content.decode()
    assert script.get("me").status_code == 401
    assert AuditEvent.objects.get(action="key.revoked").object_id == row.id
    browser.post(f"{PAGE}{row.id}/revoke/")
    assert AuditEvent.objects.filter(action="key.revoked").count() == 1


def test_shows_each_keys_webhook_secret_until_it_is_revoked(browser: Client, script: Script) -> None:
    row = ApiKey.objects.get()
    assert webhook_secret(row) in browser.get(PAGE).content.decode()
    browser.post(f"{PAGE}{row.id}/revoke/")
    assert webhook_secret(row) not in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["bob", "vera"])
def test_only_admins_see_or_change_keys(script: Script, who: str, request: pytest.FixtureRequest) -> None:
    browser = browser_of(request.getfixturevalue(who))
    key = ApiKey.objects.get()
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, {"name": "Mine"}).status_code == 403
    assert browser.post(f"{PAGE}{key.id}/revoke/").status_code == 403
    assert ApiKey.objects.filter(revoked_at=None).count() == 1


def test_another_teams_key_does_not_exist(script: Script, charlie: User) -> None:
    browser = browser_of(charlie)
    key = ApiKey.objects.get()
    assert browser.post(f"{PAGE}{key.id}/revoke/").status_code == 404
    assert key.id not in browser.get(PAGE).content.decode()


def test_strangers_are_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get(PAGE).status_code == 302
