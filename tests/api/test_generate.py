"""``POST /v1/generate``: the contract's answer, and the same job, hold and audit event as from the form."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_httpserver import HTTPServer

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Team, User
from dashboard.audit.models import AuditEvent
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.actions import add_photo, take_photo
from dashboard.projects.models import Product
from generation.credits import ledger
from generation.media import pictures
from generation.models import Asset, Batch, Cap, Hold, Job
from tests.api.conftest import Script
from tests.pictures import photo
from tests.spend.orders import cap

MakeBody = Callable[..., dict[str, Any]]


def refused(answer: Any, status: int, code: str) -> str:
    """The message of a refusal in the contract's form."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert set(answer.json()) == {"error"}
    assert error["code"] == code
    return str(error["message"])


def test_answers_202_as_documented(script: Script, spec: MakeBody) -> None:
    answer = script.post("generate", spec(num_images=2))
    told = answer.json()
    assert answer.status_code == 202
    assert set(told) == {"job_id", "status", "created_at", "estimated_time_seconds", "model", "num_images"}
    assert told["job_id"].startswith("job_")
    assert (told["status"], told["model"], told["num_images"]) == ("pending", "nanobanana2", 2)
    assert isinstance(told["estimated_time_seconds"], int)
    assert datetime.fromisoformat(told["created_at"]).tzinfo


def test_queues_a_job_with_its_hold_and_audit_event(script: Script, spec: MakeBody, team: Team, mug: Product) -> None:
    job = Job.objects.get(pk=script.post("generate", spec(num_images=2, aspect_ratio="16:9")).json()["job_id"])
    assert (job.state, job.team, job.product, job.asset) == ("queued", team, mug, mug.asset)
    assert (job.prompt, job.aspect_ratio, job.num_images) == ("On a marble table", "16:9", 2)
    assert job.api_key is not None
    assert job.member is None
    assert Hold.objects.get(job=job).credits == 10
    assert ledger.left(team_id=team.id) == 90
    event = AuditEvent.objects.get(action="batch.started")
    assert (event.object_id, event.api_key, event.address) == (job.batch_id, job.api_key, "127.0.0.1")


def test_every_photo_of_a_product_is_an_asset(script: Script, spec: MakeBody, mug: Product, creator: Actor) -> None:
    back = take_photo(creator, photo(colour="#aa3300"))
    add_photo(creator, mug, asset=back)
    job = Job.objects.get(pk=script.post("generate", spec(asset_id=back.pk)).json()["job_id"])
    assert (job.product, job.asset) == (mug, back)
    listed = {asset["asset_id"]: asset["name"] for asset in script.get("my-uploaded-assets").json()["assets"]}
    assert listed == {mug.asset_id: "Camp mug", back.pk: "Camp mug"}


def test_fetches_our_own_signed_link_and_finds_the_product(
    script: Script, spec: MakeBody, mug: Product, settings: Any, httpserver: HTTPServer
) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/cup.png").respond_with_data(pictures.read(mug.asset.original))
    url = httpserver.url_for("/files/cup.png")
    job = Job.objects.get(pk=script.post("generate", spec(asset_id=None, image_url=url)).json()["job_id"])
    assert job.product == mug


def test_stores_a_fetched_photo_as_a_product_named_after_its_file(
    script: Script, spec: MakeBody, team: Team, settings: Any, httpserver: HTTPServer
) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    data = photo(colour="#aa3311")
    httpserver.expect_request("/files/tea-pot.jpg").respond_with_data(data)
    asked = spec(asset_id=None, image_url=httpserver.url_for("/files/tea-pot.jpg"))
    first, second = (Job.objects.get(pk=script.post("generate", asked).json()["job_id"]) for _ in range(2))
    assert first.product.name == "Tea pot"
    assert pictures.read(first.asset.original) == data
    assert second.asset == first.asset
    assert second.product == first.product


def test_a_photo_whose_product_is_archived_gets_a_new_product(script: Script, spec: MakeBody, mug: Product) -> None:
    mug.archived_at = mug.created_at
    mug.save()
    job = Job.objects.get(pk=script.post("generate", spec()).json()["job_id"])
    assert job.asset == mug.asset
    assert job.product != mug
    assert job.product.name == mug.name


def test_a_preset_replaces_the_prompt(script: Script, spec: MakeBody, team: Team) -> None:
    preset = Preset.objects.create(team=team, name="Marble")
    version = PresetVersion.objects.create(preset=preset, number=1, template="The {{product}} on marble")
    Preset.objects.filter(pk=preset.pk).update(current=version)
    for prompt in (None, "something else"):
        job = Job.objects.get(pk=script.post("generate", spec(prompt=prompt, preset_id=preset.id)).json()["job_id"])
        assert job.prompt == "The Camp mug on marble"
        assert job.preset_version == version


BAD = {
    "model missing": ({"model": None}, "model"),
    "model unknown": ({"model": "dall-e"}, "model"),
    "model of another type": ({"model": 5}, "model"),
    "prompt missing": ({"prompt": None}, "Missing required parameter: prompt"),
    "prompt empty": ({"prompt": "  "}, "Missing required parameter: prompt"),
    "prompt too long": ({"prompt": "x" * 10_000}, "prompt"),
    "prompt with NUL": ({"prompt": "a\0b"}, "prompt"),
    "no picture": ({"num_images": 0}, "num_images"),
    "five pictures": ({"num_images": 5}, "num_images"),
    "pictures as text": ({"num_images": "2"}, "num_images"),
    "ratio unknown": ({"aspect_ratio": "2:1"}, "aspect_ratio"),
    "neither photo": ({"asset_id": None}, "image_url or asset_id"),
    "both photos": ({"image_url": "https://example.com/a.png"}, "image_url or asset_id"),
    "private photo": ({"asset_id": None, "image_url": "http://127.0.0.1:9/a.png"}, "image_url"),
    "private photo in IPv6": ({"asset_id": None, "image_url": "http://[::1]/a.png"}, "image_url"),
    "photo of another scheme": ({"asset_id": None, "image_url": "file:///etc/passwd"}, "image_url"),
    "photo at nonsense": ({"asset_id": None, "image_url": "http://[/"}, "image_url"),
    "preset unknown": ({"preset_id": "preset_none"}, "preset_id"),
    "webhook at home": ({"webhook_url": "http://127.0.0.1/x"}, "webhook_url"),
    "webhook at localhost": ({"webhook_url": "http://localhost:8000/x"}, "webhook_url"),
    "webhook on the local network": ({"webhook_url": "https://10.0.0.3/x"}, "webhook_url"),
    "webhook at nonsense": ({"webhook_url": "http://[::1/x"}, "webhook_url"),
    "webhook with a wrong port": ({"webhook_url": "http://example.com:99999/x"}, "webhook_url"),
    "webhook of another scheme": ({"webhook_url": "ftp://example.com/x"}, "webhook_url"),
    "webhook too long": ({"webhook_url": "https://example.com/" + "x" * 1000}, "webhook_url"),
}


@pytest.mark.parametrize(("changes", "named"), BAD.values(), ids=BAD.keys())
def test_names_the_bad_parameter_and_stores_and_charges_nothing(
    script: Script, spec: MakeBody, team: Team, changes: dict[str, Any], named: str
) -> None:
    body, before = spec(**changes), Asset.objects.count()
    message = refused(script.post("generate", body), 400, "invalid_request")
    assert named in message
    assert not Batch.objects.exists()
    assert Asset.objects.count() == before
    assert ledger.left(team_id=team.id) == 100


@pytest.mark.parametrize("body", ["", "{", "[1]", "null", "5", '"text"', "[" * 5000, "\xff"])
def test_refuses_what_is_no_json_object(script: Script, body: str) -> None:
    assert "JSON object" in refused(script.post("generate", body), 400, "invalid_request")


def test_refuses_a_form(script: Script, spec: MakeBody) -> None:
    assert "JSON object" in refused(script.upload("generate", **spec()), 400, "invalid_request")


def test_a_url_that_is_no_picture_stores_nothing(
    script: Script, spec: MakeBody, settings: Any, httpserver: HTTPServer
) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/a.png").respond_with_data("<html>")
    body, before = spec(asset_id=None, image_url=httpserver.url_for("/files/a.png")), Asset.objects.count()
    assert "image_url" in refused(script.post("generate", body), 400, "invalid_request")
    assert Asset.objects.count() == before


def test_says_402_with_both_figures(script: Script, spec: MakeBody, team: Team) -> None:
    for _ in range(3):
        assert script.post("generate", spec(model="gpt-high", num_images=4)).status_code == 202
    message = refused(script.post("generate", spec(num_images=2)), 402, "insufficient_credits")
    assert message == "Not enough credits. Required: 10, Available: 4"
    unseen = spec(asset_id=None, image_url="http://127.0.0.1:9/never-asked.png")
    refused(script.post("generate", unseen), 402, "insufficient_credits")
    assert ledger.left(team_id=team.id) == 4


def test_says_402_with_the_cap_that_stops_it(script: Script, spec: MakeBody, team: Team, alice: User) -> None:
    cap(team, 12, member=alice, period=Cap.Period.TOTAL)
    assert script.post("generate", spec()).status_code == 202
    message = refused(script.post("generate", spec(num_images=2)), 402, "insufficient_credits")
    assert message == "This costs 10 credits, but the cap of Alice allows only 7 more (of 12: 0 spent, 5 held)."
    unseen = spec(asset_id=None, num_images=2, image_url="http://127.0.0.1:9/never-asked.png")
    assert refused(script.post("generate", unseen), 402, "insufficient_credits") == message
    assert ledger.left(team_id=team.id) == 95


def test_without_a_connection_the_key_may_not_generate(stranger: Script, spec: MakeBody, mug: Product) -> None:
    asset = Asset.objects.get(pk=mug.asset_id)
    asset.pk, asset.team_id = "asset_of_outsiders", Team.objects.get(name="Outsiders").pk
    asset.save(force_insert=True)
    message = refused(stranger.post("generate", spec(asset_id=asset.pk)), 403, "forbidden")
    assert "connection" in message


def test_another_teams_asset_does_not_exist(stranger: Script, spec: MakeBody) -> None:
    known = refused(stranger.post("generate", spec()), 404, "not_found")
    assert known == refused(stranger.post("generate", spec(asset_id="asset_none")), 404, "not_found")


def test_takes_few_queries(script: Script, spec: MakeBody) -> None:
    body = spec()
    script.post("generate", body)
    with CaptureQueriesContext(connection) as queries:
        assert script.post("generate", body).status_code == 202
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 15, "\n".join(asked)
