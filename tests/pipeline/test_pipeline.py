"""The way of a picture through real processes: the embedded default, and PostgreSQL with Redis and S3."""

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from PIL import Image

from tests import servers
from tests.operations.running import Running, eventually, processes_of
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder

QUICK = {"PACKSHOT_SANDBOX_SECONDS": "0.3", "PACKSHOT_SANDBOX_SCALE": "0.25"}


@pytest.fixture(scope="module", params=["embedded", "grown-up"])
def studio(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder
) -> Iterator[Studio]:
    with ExitStack() as stack:
        variables, data = dict(QUICK), tmp_path_factory.mktemp("data")
        if request.param == "grown-up":
            variables["DATABASE_URL"] = stack.enter_context(servers.postgresql())
            variables["REDIS_URL"] = stack.enter_context(servers.valkey(tmp_path_factory.mktemp("valkey")))
            variables |= stack.enter_context(servers.s3(tmp_path_factory.mktemp("s3"))).variables
        else:
            seeded.demo(data)
        running = Running(data, variables=variables).wait()
        try:
            studio = Studio.of(running, variables)
            yield studio
            studio.assert_books_agree()
        finally:
            code, _, err = running.stop()
        assert (code, err) == (0, "")
        assert eventually(lambda: processes_of(running.data) == {}), processes_of(running.data)


def documented_example(studio: Studio, image_url: str) -> Any:
    """The provider's own Python example; only the base URL, the key and the picture are ours."""
    response = requests.post(
        f"{studio.url}/v1/generate",
        headers={
            "Authorization": f"Bearer {studio.running.ready['api_key']}",
            "Content-Type": "application/json",
        },
        json={
            "model": "nanobanana2",
            "image_url": image_url,
            "prompt": "Place the product on a marble table with soft lighting",
        },
        timeout=30,
    )
    assert response.status_code == 202, response.text
    return response.json()


def test_the_documented_example_brings_pictures_that_can_be_downloaded(studio: Studio) -> None:
    before = studio.left
    asset = studio.call("GET", "/my-uploaded-assets").json()["assets"][0]
    accepted = documented_example(studio, asset["url"])
    assert set(accepted) == {"job_id", "status", "created_at", "estimated_time_seconds", "model", "num_images"}

    job = studio.wait(accepted["job_id"])
    assert (job["status"], job["tokens_used"], len(job["images"])) == ("completed", 5, 1)
    link = job["images"][0]["url"]
    picture = Image.open(io.BytesIO(requests.get(link, timeout=30).content))
    assert picture.size == (job["images"][0]["width"], job["images"][0]["height"]) == (256, 256)
    assert before - studio.left == 5 == studio.charged

    tampered = re.sub(r".(?=[^&]{3}$)", lambda found: "A" if found[0] != "A" else "B", link)
    assert requests.get(tampered, timeout=30).status_code in {403, 404}
    bare = link.partition("?")[0]
    assert bare == link or requests.get(bare, timeout=30).status_code == 403


def test_bad_requests_store_and_charge_nothing(studio: Studio) -> None:
    before, jobs = studio.left, studio.call("GET", "/jobs").json()["total"]
    asset = studio.upload()
    good = {"model": "nanobanana2", "asset_id": asset, "prompt": "On marble"}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("prompt", good | {"prompt": ""}),
        ("prompt", good | {"prompt": "x" * 10_000}),
        ("num_images", good | {"num_images": 0}),
        ("num_images", good | {"num_images": 5}),
        ("model", good | {"model": "nanobanana9"}),
        ("aspect_ratio", good | {"aspect_ratio": "2:1"}),
        ("image_url", good | {"image_url": "https://example.com/mug.jpg"}),
        ("image_url", {"model": "nanobanana2", "prompt": "On marble"}),
        ("image_url", good | {"asset_id": "", "image_url": "http://127.0.0.1:1/mug.jpg"}),
        ("image_url", good | {"asset_id": "", "image_url": f"{studio.url}/accounts/login/"}),
        ("image_url", good | {"asset_id": "", "image_url": "http://nowhere.invalid/mug.jpg"}),
    ]
    for parameter, body in wrong:
        answer = studio.call("POST", "/generate", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request"), body
        assert parameter in answer.json()["error"]["message"]
    assert (studio.left, studio.call("GET", "/jobs").json()["total"]) == (before, jobs)
