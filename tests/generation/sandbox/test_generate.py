import io
import json
from typing import Any

import pytest
from django.test import Client

from generation.sandbox import jobs
from generation.sandbox.books import books
from generation.sandbox.models import Charge, SandboxAsset, SandboxJob, SandboxKey
from tests.generation.sandbox.caller import Caller


def body(asset: SandboxAsset, **changed: object) -> dict[str, object]:
    return {"model": "nanobanana2", "asset_id": asset.id, "prompt": "on a marble table"} | changed


def test_a_request_is_accepted_as_documented(caller: Caller, asset: SandboxAsset) -> None:
    answer = caller.post("/v1/generate", body(asset, num_images=2))
    assert answer.status_code == 202
    told = answer.json()
    assert told.pop("job_id").startswith("job_")
    assert told.pop("created_at").endswith("Z")
    assert told == {"status": "pending", "estimated_time_seconds": 2, "model": "nanobanana2", "num_images": 2}


def test_acceptance_charges_price_times_pictures_once(caller: Caller, account: SandboxKey, asset: SandboxAsset) -> None:
    job_id = caller.post("/v1/generate", body(asset, num_images=2)).json()["job_id"]
    assert caller.get("/books").json() == {
        "balance": 90,
        "charges": [{"job_id": job_id, "credits": 10, "kind": "charge"}],
    }


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"prompt": ""}, "Missing required parameter: prompt"),
        ({"prompt": "x" * 10_000}, "prompt"),
        ({"prompt": "nul \0"}, "prompt"),
        ({"prompt": "half \ud800"}, "prompt"),
        ({"prompt": 5}, "prompt"),
        ({"model": ""}, "Missing required parameter: model"),
        ({"model": "dall-e"}, "model"),
        ({"num_images": 0}, "num_images"),
        ({"num_images": 5}, "num_images"),
        ({"num_images": "2"}, "num_images"),
        ({"num_images": True}, "num_images"),
        ({"aspect_ratio": "2:1"}, "aspect_ratio"),
        ({"asset_id": ""}, "image_url or asset_id"),
        ({"image_url": "https://example.com/a.jpg"}, "either image_url or asset_id"),
        ({"asset_id": "", "image_url": "file:///etc/passwd"}, "image_url"),
        ({"webhook_url": "gopher://x"}, "webhook_url"),
    ],
)
def test_a_bad_parameter_is_named_and_costs_nothing(
    caller: Caller, account: SandboxKey, asset: SandboxAsset, changed: dict[str, object], named: str
) -> None:
    answer = caller.post("/v1/generate", body(asset, **changed))
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid_request"
    assert named in error["message"]
    assert not SandboxJob.objects.exists()
    assert books(account).balance == 100


@pytest.mark.parametrize("sent", ["", "{", "[]", '"text"', "nan", "[" * 100_000])
def test_a_body_that_is_no_object_is_refused(caller: Caller, sent: str) -> None:
    answer = caller.post("/v1/generate", sent)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "The request body must be a JSON object."


def test_a_body_of_thirteen_megabytes_is_refused(caller: Caller) -> None:
    answer = caller.post("/v1/generate", {"prompt": "x" * 13_000_000})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "The request body is too large.")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a.jpg",
        "http://localhost/a.jpg",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/a.jpg",
        "http://10.0.0.1/a.jpg",
        "http://no-such-host.invalid/a.jpg",
        "http://",
        "https://user:pass@127.0.0.1/x",
    ],
)
def test_a_private_or_unreachable_image_url_is_refused_by_name(caller: Caller, account: SandboxKey, url: str) -> None:
    answer = caller.post("/v1/generate", {"model": "nanobanana", "prompt": "x", "image_url": url})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid parameter: image_url")
    assert not Charge.objects.exists()


def test_our_own_expiring_links_are_fetched(
    caller: Caller, account: SandboxKey, photo: bytes, httpserver: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/token").respond_with_data(photo, content_type="image/jpeg")
    url = httpserver.url_for("/files/token")
    answer = caller.post("/v1/generate", {"model": "nanobanana", "prompt": "x", "image_url": url})
    assert answer.status_code == 202
    assert books(account).spent == 3


def test_an_image_url_that_brings_no_picture_is_refused(caller: Caller, httpserver: Any, settings: Any) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/page").respond_with_data("<html>", content_type="image/jpeg")
    url = httpserver.url_for("/files/page")
    answer = caller.post("/v1/generate", {"model": "nanobanana", "prompt": "x", "image_url": url})
    assert answer.status_code == 400
    assert "image_url" in answer.json()["error"]["message"]
    assert not Charge.objects.exists()


def test_too_few_credits_are_refused_with_both_figures(
    caller: Caller, account: SandboxKey, asset: SandboxAsset
) -> None:
    SandboxKey.objects.update(credits=2)
    answer = caller.post("/v1/generate", body(asset))
    assert answer.status_code == 402
    error = {"code": "insufficient_credits", "message": "Not enough credits. Required: 5, Available: 2"}
    assert answer.json() == {"error": error}
    assert not SandboxJob.objects.exists()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic abc", "sk_sandbox_x"])
def test_a_missing_or_wrong_key_is_unauthorized(client: Client, db: None, header: str) -> None:
    answer = client.get("/sandbox/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json() == {"error": {"code": "unauthorized", "message": "Invalid or missing API key"}}


def test_a_suspended_key_is_forbidden(caller: Caller, asset: SandboxAsset) -> None:
    SandboxKey.objects.update(suspended=True)
    answer = caller.post("/v1/generate", body(asset))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_an_asset_of_another_account_is_not_found(outsider: Caller, asset: SandboxAsset) -> None:
    answer = outsider.post("/v1/generate", body(asset))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_preset_replaces_the_prompt(caller: Caller, asset: SandboxAsset) -> None:
    sent = {"model": "seedream", "asset_id": asset.id, "preset_id": "preset_beach_summer"}
    assert caller.post("/v1/generate", sent).status_code == 202
    assert "beach" in SandboxJob.objects.get().prompt


def test_an_unknown_preset_is_not_found(caller: Caller, asset: SandboxAsset) -> None:
    assert caller.post("/v1/generate", body(asset, preset_id="preset_none")).status_code == 404


def test_the_same_idempotency_key_makes_one_job_and_one_charge(
    caller: Caller, account: SandboxKey, asset: SandboxAsset
) -> None:
    sent = body(asset)
    first = caller.post("/v1/generate", sent, **{"Idempotency-Key": "abc"})
    again = caller.post("/v1/generate", sent, **{"Idempotency-Key": "abc"})
    other = caller.post("/v1/generate", sent, **{"Idempotency-Key": "def"})
    assert again.status_code == 202
    assert again.json() == first.json()
    assert other.json()["job_id"] != first.json()["job_id"]
    assert books(account).spent == 10


def test_two_accounts_may_use_the_same_idempotency_key(
    caller: Caller, outsider: Caller, asset: SandboxAsset, photo: bytes
) -> None:
    theirs = outsider.upload({"file": io.BytesIO(photo)}).json()["asset_id"]
    mine = caller.post("/v1/generate", body(asset), **{"Idempotency-Key": "abc"}).json()
    other = outsider.post("/v1/generate", body(asset, asset_id=theirs), **{"Idempotency-Key": "abc"}).json()
    assert mine["job_id"] != other["job_id"]


def test_an_overlong_idempotency_key_is_refused(caller: Caller, asset: SandboxAsset) -> None:
    answer = caller.post("/v1/generate", body(asset), **{"Idempotency-Key": "x" * 256})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]["message"]


def test_an_unexpected_fault_of_ours_is_a_documented_500(
    caller: Caller, asset: SandboxAsset, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(jobs.books, "charge", None)
    answer = caller.post("/v1/generate", body(asset))
    assert answer.status_code == 500
    assert json.loads(answer.content)["error"]["code"] == "internal_error"
    assert not SandboxJob.objects.exists()


def test_wrong_methods_and_paths_are_answered_in_the_contracts_form(caller: Caller) -> None:
    wrong = caller.get("/v1/generate")
    assert (wrong.status_code, wrong["Allow"]) == (405, "POST")
    assert caller.get("/v1/nothing").json()["error"]["code"] == "not_found"
