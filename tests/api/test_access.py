"""Who gets in, how often, and what everybody else is told."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.api import v1
from dashboard.members.keys import revoke
from tests.api.conftest import Script, script_of
from tests.api.test_generate import refused

ENDPOINTS = [
    ("POST", "generate"),
    ("GET", "jobs"),
    ("GET", "jobs/job_none"),
    ("POST", "training-asset"),
    ("GET", "my-uploaded-assets"),
    ("GET", "presets"),
    ("GET", "me"),
]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer ps_wrong", "Basic YTpi", "Token ps_x", "é"])
@pytest.mark.parametrize(("verb", "path"), ENDPOINTS)
def test_without_a_known_key_everything_is_401(db: None, verb: str, path: str, header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}
    answer = Client().generic(verb, f"/v1/{path}", headers=headers)
    assert refused(answer, 401, "unauthorized") == "Invalid or missing API key"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_key(client: Client, alice: User, team: Team) -> None:
    client.force_login(alice)
    refused(client.get("/v1/me"), 401, "unauthorized")


def test_a_revoked_key_is_401_at_once(script: Script, team: Team, alice: User) -> None:
    assert script.get("me").status_code == 200
    revoke(Actor(team, Role.OWNER, user=alice), ApiKey.objects.get())
    refused(script.get("me"), 401, "unauthorized")


def test_use_is_noted_once_a_minute(script: Script) -> None:
    script.get("me")
    noted = ApiKey.objects.get().last_used_at
    assert noted is not None
    with CaptureQueriesContext(connection) as queries:
        script.get("me")
    assert not any(query["sql"].startswith("UPDATE") for query in queries)
    assert ApiKey.objects.get().last_used_at == noted
    ApiKey.objects.update(last_used_at=noted - timedelta(minutes=2))
    script.get("me")
    assert timezone.now() - (ApiKey.objects.get().last_used_at or noted) < timedelta(minutes=1)


def test_the_rate_is_limited_by_key(script: Script, team: Team, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v1, "REQUESTS_A_MINUTE", 3)
    other = script_of(team, alice)
    assert [script.get("me").status_code for _ in range(3)] == [200] * 3
    answer = script.get("me")
    message = refused(answer, 429, "rate_limit_exceeded")
    wait = answer.json()["error"]["retry_after"]
    assert 1 <= wait <= 60
    assert answer["Retry-After"] == str(wait)
    assert message == f"Rate limit exceeded. Try again in {wait} seconds."
    assert other.get("me").status_code == 200


def test_without_valkey_requests_are_answered_uncounted(
    script: Script, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    nobody = redis.Redis.from_url("redis://127.0.0.1:1")
    monkeypatch.setattr("generation.provider.rate_limit.valkey", lambda: nobody)
    assert script.get("me").status_code == 200


@pytest.mark.parametrize("path", ["", "nothing", "jobs/", "jobs/a/b", "generate/", "api/generate", "%00", "docs"])
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_an_unknown_path_is_404_in_the_contracts_form(script: Script, verb: str, path: str) -> None:
    answer = script.client.generic(verb, f"/v1/{path}", headers=script.headers)
    assert refused(answer, 404, "not_found") == "There is no such endpoint."


@pytest.mark.parametrize(("verb", "path"), ENDPOINTS)
def test_the_wrong_method_is_405_in_the_contracts_form(script: Script, verb: str, path: str) -> None:
    other = "GET" if verb == "POST" else "POST"
    for wrong in (other, "PUT", "DELETE"):
        answer = script.client.generic(wrong, f"/v1/{path}", headers=script.headers)
        assert refused(answer, 405, "invalid_request") == f"Use {verb} here."
        assert answer["Allow"] == verb


def test_a_body_too_large_to_read_is_400(script: Script, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    refused(script.post("generate", {"prompt": "x" * 200}), 400, "invalid_request")


def test_our_own_mistake_is_500_in_the_contracts_form(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(**_: Any) -> int:
        raise RuntimeError("for this test")

    monkeypatch.setattr("generation.credits.ledger.left", break_down)
    assert "for this test" not in refused(script.get("me"), 500, "internal_error")
