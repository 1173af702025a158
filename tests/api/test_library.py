"""Photos, presets and the account through the API."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_httpserver import HTTPServer

from dashboard.accounts.models import Team
from dashboard.audit.models import AuditEvent
from dashboard.presets.models import Preset, PresetVersion
from dashboard.projects.models import Product
from generation.media import pictures
from generation.models import Asset
from tests.api.conftest import Script
from tests.api.test_generate import refused
from tests.odd_pictures import DAMAGED, SOUND
from tests.pictures import photo

ASSET = {"asset_id", "name", "status", "url", "thumbnail_url", "width", "height", "file_size", "format"}
ASSET |= {"tags", "created_at"}


def file(data: bytes | None = None, name: str = "tea-pot.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo() if data is None else data)


def test_an_uploaded_photo_becomes_a_product(script: Script, team: Team) -> None:
    answer = script.upload("training-asset", file=file(), name="Blue pot", **{"tags[]": ["tea", "blue"]})
    told = answer.json()
    assert answer.status_code == 201
    assert set(told) == ASSET
    assert (told["name"], told["status"], told["tags"]) == ("Blue pot", "ready", ["tea", "blue"])
    assert (told["width"], told["height"], told["format"], told["file_size"]) == (400, 300, "jpg", len(photo()))
    assert told["url"].startswith("http://testserver/files/")
    product = Product.objects.get(team=team)
    assert (product.name, product.tags, product.asset_id) == ("Blue pot", ["tea", "blue"], told["asset_id"])
    assert AuditEvent.objects.get(action="product.added").api_key is not None


def test_without_a_name_the_file_names_it(script: Script) -> None:
    assert script.upload("training-asset", file=file(), tags="one").json()["name"] == "Tea pot"


def test_the_same_upload_twice_is_one_product(script: Script, team: Team) -> None:
    first, second = (script.upload("training-asset", file=file(), tags="one").json() for _ in range(2))
    assert first["asset_id"] == second["asset_id"]
    assert Product.objects.count() == 1


def test_fetches_a_photo_by_url(script: Script, settings: Any, httpserver: HTTPServer) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/tea pot.jpg").respond_with_data(photo(format="PNG"))
    body = {"url": httpserver.url_for("/files/tea%20pot.jpg"), "tags": ["tea"]}
    told = script.post("training-asset", body).json()
    assert (told["name"], told["format"], told["tags"]) == ("Tea pot", "png", ["tea"])


UPLOADS = {
    "no file": ({}, "Missing required parameter: file"),
    "zero bytes": ({"file": file(b"")}, "file"),
    "not a picture": ({"file": file(b"<svg/>", "a.png")}, "JPEG, PNG or WebP"),
    "truncated": ({"file": file(photo()[:400])}, "damaged"),
    "too large": ({"file": file(photo() + bytes(11 * 1024 * 1024))}, "larger than 10 MB"),
    "too many tags": ({"file": file(), "tags": ["x"] * 21}, "tags"),
    "tag too long": ({"file": file(), "tags": ["x" * 51]}, "tags"),
    "name with NUL": ({"file": file(), "name": "a\0b"}, "name"),
}


def test_odd_files_are_a_photo_or_a_sentence(script: Script) -> None:
    for name, data in SOUND.items():
        assert script.upload("training-asset", file=file(data)).status_code == 201, name
    for name, data in DAMAGED.items():
        assert "damaged" in refused(script.upload("training-asset", file=file(data)), 400, "invalid_request"), name


@pytest.mark.parametrize(("form", "named"), UPLOADS.values(), ids=UPLOADS.keys())
def test_refuses_a_bad_upload_in_one_sentence(script: Script, form: dict[str, Any], named: str) -> None:
    for given in form.values():
        if isinstance(given, SimpleUploadedFile):
            given.seek(0)
    assert named in refused(script.upload("training-asset", **form), 400, "invalid_request")
    assert not Asset.objects.exists()


LINKS: dict[str, tuple[object, str]] = {
    "nothing": ({}, "Missing required parameter: file or url"),
    "no object": ([1], "JSON object"),
    "of another type": ({"url": 5}, "url"),
    "of another scheme": ({"url": "ftp://example.com/a.png"}, "url"),
    "private": ({"url": "http://169.254.169.254/latest"}, "url"),
    "tags as text": ({"url": "https://example.com/a.png", "tags": "tea"}, "tags"),
    "a tag as number": ({"url": "https://example.com/a.png", "tags": [1]}, "tags"),
    "name as list": ({"url": "https://example.com/a.png", "name": ["a"]}, "name"),
}


@pytest.mark.parametrize(("body", "named"), LINKS.values(), ids=LINKS.keys())
def test_refuses_a_bad_link_in_one_sentence(script: Script, body: object, named: str) -> None:
    assert named in refused(script.post("training-asset", body), 400, "invalid_request")


def test_refuses_a_form_that_ends_too_early(script: Script) -> None:
    broken = script.client.post(
        "/v1/training-asset", b"--x\r\nContent", content_type="multipart/form-data; boundary=", headers=script.headers
    )
    refused(broken, 400, "invalid_request")


def test_lists_the_teams_photos_newest_first(script: Script, stranger: Script, mug: Product) -> None:
    newer = script.upload("training-asset", file=file(photo(colour="#00aa00"))).json()
    page = script.get("my-uploaded-assets", limit=1).json()
    assert [row["asset_id"] for row in page["assets"]] == [newer["asset_id"]]
    assert (page["total"], page["has_more"]) == (2, True)
    second = script.get("my-uploaded-assets", offset=1).json()["assets"][0]
    assert set(second) == ASSET
    assert (second["asset_id"], second["name"]) == (mug.asset_id, "Camp mug")
    assert stranger.get("my-uploaded-assets").json()["assets"] == []


@pytest.fixture
def preset(team: Team) -> Preset:
    preset = Preset.objects.create(team=team, name="Marble", category=Preset.Category.STUDIO, cover="covers/a.webp")
    preset.current = PresetVersion.objects.create(preset=preset, number=1, template="On marble", model="seedream")
    preset.save()
    Preset.objects.create(team=team, name="Nothing in it yet")
    return preset


def test_lists_the_teams_presets(script: Script, stranger: Script, preset: Preset) -> None:
    (row,) = script.get("presets").json()["presets"]
    assert row["thumbnail_url"].startswith("http://testserver/files/")
    assert {name: row[name] for name in ("preset_id", "name", "category", "type", "prompt", "recommended_models")} == {
        "preset_id": preset.id,
        "name": "Marble",
        "category": "studio",
        "type": "user",
        "prompt": "On marble",
        "recommended_models": ["seedream"],
    }
    assert stranger.get("presets").json()["presets"] == []


@pytest.mark.parametrize(
    ("query", "total"),
    [({"category": "studio"}, 1), ({"category": "seasonal"}, 0), ({"type": "user"}, 1), ({"type": "system"}, 0)],
)
def test_filters_presets(script: Script, preset: Preset, query: dict[str, str], total: int) -> None:
    page = script.get("presets", **query).json()
    assert (len(page["presets"]), page["total"]) == (total, total)


def test_names_an_unknown_category(script: Script) -> None:
    assert "category" in refused(script.get("presets", category="odd"), 400, "invalid_request")


def test_shows_the_account(script: Script, team: Team) -> None:
    told = script.get("me").json()
    assert told == {"id": team.id, "email": "alice@example.com", "plan": "enterprise", "credits": {"generations": 100}}


def test_a_photo_is_served_as_it_was_sent(script: Script) -> None:
    told = script.upload("training-asset", file=file()).json()
    assert pictures.read(Asset.objects.get(pk=told["asset_id"]).original) == photo()
