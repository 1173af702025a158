import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from generation.sandbox.models import SandboxAsset
from tests.generation.sandbox.caller import Caller


def test_an_upload_is_answered_as_documented(caller: Caller, photo: bytes, client: Client) -> None:
    file = io.BytesIO(photo)
    file.name = "bottle.jpg"
    answer = caller.upload({"file": file, "tags[]": ["green", "glass"]})
    assert answer.status_code == 201
    told = answer.json()
    assert told["asset_id"].startswith("asset_")
    assert told["created_at"].endswith("Z")
    known = {key: told[key] for key in ("name", "status", "width", "height", "file_size", "format", "tags")}
    assert known == {
        "name": "bottle.jpg", "status": "ready", "width": 160, "height": 200, "file_size": len(photo),
        "format": "jpg", "tags": ["green", "glass"],
    }  # fmt: skip
    assert client.get(told["url"]).content == photo
    assert Image.open(io.BytesIO(client.get(told["thumbnail_url"]).content)).format == "WEBP"


def test_an_asset_can_be_fetched_from_a_url(caller: Caller, photo: bytes, httpserver: Any, settings: Any) -> None:
    settings.PUBLIC_URL = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/files/my%20bottle.jpg").respond_with_data(photo)
    httpserver.expect_request("/files/my bottle.jpg").respond_with_data(photo)
    sent = {"url": httpserver.url_for("/files/my%20bottle.jpg"), "tags": ["glass"]}
    answer = caller.post("/v1/training-asset", sent)
    assert answer.status_code == 201
    assert (answer.json()["name"], answer.json()["tags"]) == ("my bottle.jpg", ["glass"])


def _svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def _animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (_svg(), "JPEG, PNG or WebP"), (b"\x89PNG\r\n\x1a\n", "damaged"),
     (b"x" * (10 * 1024 * 1024 + 1), "10 MB"), (_animated(), "Animated")],
)  # fmt: skip
def test_what_is_no_usable_picture_is_refused_by_name(caller: Caller, data: bytes, reason: str) -> None:
    answer = caller.upload({"file": io.BytesIO(data)})
    assert answer.status_code == 400
    message = answer.json()["error"]["message"]
    assert message.startswith("Invalid parameter: file") or message.startswith("Missing required parameter: file")
    assert reason in message
    assert not SandboxAsset.objects.exists()


@pytest.mark.parametrize(
    ("sent", "named"),
    [({}, "file or url"), ({"url": "ftp://x/y"}, "url"), ({"url": 5}, "url"), ([], "JSON object"),
     ({"url": "http://127.0.0.1/x.jpg"}, "url"), ({"url": "http://127.0.0.1/x.jpg", "tags": "no list"}, "tags"),
     ({"url": "http://127.0.0.1/x.jpg", "name": 5}, "name")],
)  # fmt: skip
def test_bad_asset_parameters_are_named(caller: Caller, sent: object, named: str) -> None:
    answer = caller.post("/v1/training-asset", sent)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]


def test_too_many_tags_are_refused(caller: Caller, photo: bytes) -> None:
    answer = caller.upload({"file": io.BytesIO(photo), "tags[]": [str(number) for number in range(21)]})
    assert answer.status_code == 400
    assert "tags" in answer.json()["error"]["message"]


def test_a_form_without_a_file_is_refused(caller: Caller) -> None:
    answer = caller.upload({"name": "nothing"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Missing required parameter: file"


def test_assets_are_listed_to_their_owner_only(caller: Caller, outsider: Caller, asset: SandboxAsset) -> None:
    page = caller.get("/v1/my-uploaded-assets").json()
    assert [row["asset_id"] for row in page["assets"]] == [asset.id]
    assert (page["total"], page["limit"], page["offset"], page["has_more"]) == (1, 50, 0, False)
    assert outsider.get("/v1/my-uploaded-assets").json()["total"] == 0
