"""An account at the sandbox, a caller that speaks to it, and a small product photo."""

import io
import json
from typing import Any

import pytest
from PIL import Image, ImageDraw

from generation.sandbox import jobs, keys
from generation.sandbox.models import SandboxAsset, SandboxJob, SandboxKey
from tests.generation.sandbox.caller import Caller, Finish, Submit


@pytest.fixture(autouse=True)
def _at_once(settings: Any) -> None:
    settings.SANDBOX_SECONDS = 0


@pytest.fixture
def account(db: None) -> SandboxKey:
    return keys.open_account(email="alice@example.com", plan="pro", credits=100)[0]


@pytest.fixture
def caller(account: SandboxKey) -> Caller:
    return Caller(keys.open_account(email="alice@example.com", plan="pro", credits=0)[1])


@pytest.fixture
def outsider(db: None) -> Caller:
    return Caller(keys.open_account(email="charlie@example.com", plan="pro", credits=100)[1])


@pytest.fixture(scope="session")
def photo() -> bytes:
    """A green bottle on white, as JPEG."""
    picture = Image.new("RGB", (160, 200), "white")
    ImageDraw.Draw(picture).rounded_rectangle((55, 40, 105, 180), 12, fill=(20, 110, 70))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.fixture
def asset(caller: Caller, photo: bytes) -> SandboxAsset:
    answer = caller.upload({"file": io.BytesIO(photo), "name": "Bottle"})
    return SandboxAsset.objects.get(pk=answer.json()["asset_id"])


@pytest.fixture
def submit(caller: Caller, asset: SandboxAsset) -> Submit:
    """Post a valid request, with switches and changed parameters where given, and return its job."""

    def post(faults: dict[str, object] | None = None, **changed: object) -> SandboxJob:
        body = {"model": "nanobanana", "asset_id": asset.id, "prompt": "on marble"} | changed
        headers = {"X-Sandbox-Faults": json.dumps(faults)} if faults else {}
        answer = caller.post("/v1/generate", body, **headers)
        assert answer.status_code == 202, answer.content
        return SandboxJob.objects.order_by("-pk")[0]

    return post


@pytest.fixture
def finish() -> Finish:
    """Do the worker's part for a job until its end."""

    def work(job: SandboxJob) -> SandboxJob:
        jobs.advance(job_id=job.id)
        job.refresh_from_db()
        return job

    return work
