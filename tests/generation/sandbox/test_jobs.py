import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from PIL import Image

from generation.sandbox import jobs
from generation.sandbox.books import books
from generation.sandbox.models import SandboxAsset, SandboxJob, SandboxKey
from generation.sandbox.tasks import sweep
from tests.generation.sandbox.caller import Caller, Finish, Submit


def shown(caller: Caller, job: SandboxJob) -> Any:
    return caller.get(f"/v1/jobs/{job.id}").json()


def test_a_new_job_is_pending(caller: Caller, submit: Submit) -> None:
    job = submit(num_images=2)
    told = shown(caller, job)
    assert told == {
        "job_id": job.id,
        "status": "pending",
        "progress": 0,
        "created_at": told["created_at"],
        "started_at": None,
        "model": "nanobanana",
        "num_images": 2,
    }


def test_progress_grows_over_the_pretend_duration_and_the_job_then_completes(
    caller: Caller, submit: Submit, settings: Any
) -> None:
    settings.SANDBOX_SECONDS = 40
    with time_machine.travel(timezone.now(), tick=False) as clock:
        job = submit()
        jobs.advance(job_id=job.id)
        seen = []
        for _ in range(4):
            told = shown(caller, job)
            seen.append((told["status"], told["progress"]))
            clock.shift(10)
        assert seen == [("processing", 0), ("processing", 25), ("processing", 50), ("processing", 75)]
        assert shown(caller, job)["progress"] == 99
        jobs.advance(job_id=job.id)
    assert (shown(caller, job)["status"], shown(caller, job)["progress"]) == ("completed", 100)


def test_a_completed_job_shows_its_pictures_and_true_cost(
    caller: Caller, submit: Submit, finish: Finish, client: Client
) -> None:
    told = shown(caller, finish(submit(num_images=2, aspect_ratio="4:3")))
    assert (told["status"], told["progress"], told["tokens_used"]) == ("completed", 100, 6)
    assert told["completed_at"] >= told["started_at"] >= told["created_at"]
    assert len(told["images"]) == 2
    pictures = []
    for image in told["images"]:
        answer = client.get(image["url"])
        picture = Image.open(io.BytesIO(answer.content))
        assert answer["Content-Type"] == picture.get_format_mimetype()
        assert picture.size == (image["width"], image["height"])
        assert image["width"] * 3 == image["height"] * 4
        pictures.append(answer.content)
    assert pictures[0] != pictures[1]


def test_an_unreadable_photo_fails_the_job_and_gives_the_credits_back(
    caller: Caller, account: SandboxKey, submit: Submit, finish: Finish, asset: SandboxAsset
) -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    job = submit()
    default_storage.delete(asset.original)
    default_storage.save(asset.original, ContentFile(b"not a picture any more"))
    told = shown(caller, finish(job))
    assert told["status"] == "failed"
    assert told["error"]["code"] == "generation_failed"
    assert told["failed_at"]
    assert "images" not in told
    assert (books(account).balance, books(account).spent) == (100, 0)


def test_running_a_job_again_changes_nothing(
    caller: Caller, account: SandboxKey, submit: Submit, finish: Finish
) -> None:
    job = finish(submit())
    before = SandboxJob.objects.values().get()
    jobs.advance(job_id=job.id)
    assert SandboxJob.objects.values().get() == before
    assert len(books(account).charges) == 1


def test_only_one_of_two_workers_takes_a_job(submit: Submit) -> None:
    job = submit()
    SandboxJob.objects.update(look_at=timezone.now() + jobs.LEASE)  # as the first worker's claim leaves it
    jobs.advance(job_id=job.id)
    assert SandboxJob.objects.get().status == "pending"


def test_the_sweep_hints_jobs_whose_worker_died(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    job = submit()
    hinted: list[str] = []
    monkeypatch.setattr("generation.sandbox.tasks.advance.delay", hinted.append)
    SandboxJob.objects.update(look_at=timezone.now() + timedelta(seconds=5))
    sweep()
    assert hinted == []
    with time_machine.travel(timezone.now() + timedelta(seconds=6)):
        sweep()
    assert hinted == [job.id]


def test_a_job_that_kills_its_worker_again_and_again_fails(account: SandboxKey, submit: Submit, finish: Finish) -> None:
    job = submit()
    SandboxJob.objects.update(runs=jobs.RUNS_MAX)
    assert finish(job).status == "failed"
    assert books(account).balance == 100


def test_jobs_are_listed_newest_first_by_page_and_status(caller: Caller, submit: Submit, finish: Finish) -> None:
    made = [submit() for _ in range(3)]
    finish(made[0])
    page = caller.get("/v1/jobs", limit=2).json()
    assert [row["job_id"] for row in page["jobs"]] == [made[2].id, made[1].id]
    assert (page["total"], page["limit"], page["offset"], page["has_more"]) == (3, 2, 0, True)
    rest = caller.get("/v1/jobs", limit=2, offset=2).json()
    assert [row["job_id"] for row in rest["jobs"]] == [made[0].id]
    assert rest["has_more"] is False
    assert [row["job_id"] for row in caller.get("/v1/jobs", status="completed").json()["jobs"]] == [made[0].id]


@pytest.mark.parametrize(
    ("query", "named"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"limit": "x"}, "limit"), ({"offset": -1}, "offset"),
     ({"offset": "9" * 30}, "offset"), ({"status": "done"}, "status")],
)  # fmt: skip
def test_bad_list_parameters_are_named(caller: Caller, query: dict[str, object], named: str) -> None:
    answer = caller.get("/v1/jobs", **query)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]


def test_jobs_of_another_account_are_not_found(outsider: Caller, submit: Submit) -> None:
    assert outsider.get(f"/v1/jobs/{submit().id}").status_code == 404
    assert outsider.get("/v1/jobs").json()["total"] == 0


@pytest.mark.parametrize("job_id", ["job_none", "x%00y", "%F0%9F%A6%8A", "x" * 5000])
def test_a_senseless_job_id_is_not_found(caller: Caller, job_id: str) -> None:
    assert caller.get(f"/v1/jobs/{job_id}").status_code == 404


def test_links_expire_and_a_fresh_look_brings_fresh_ones(
    caller: Caller, submit: Submit, finish: Finish, client: Client
) -> None:
    job = finish(submit())
    url = shown(caller, job)["images"][0]["url"]
    assert client.get(url).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert client.get(url).status_code == 410
        assert client.get(shown(caller, job)["images"][0]["url"]).status_code == 200


def test_a_tampered_link_is_forbidden(caller: Caller, submit: Submit, finish: Finish, client: Client) -> None:
    url = shown(caller, finish(submit()))["images"][0]["url"]
    assert client.get(url[:-1] + ("A" if url[-1] != "A" else "B")).status_code == 403


@pytest.mark.parametrize("job_id", ["x" * 10_240, "%00", "%ed%a0%80", "..%2f.."])
def test_an_id_that_no_job_can_have_is_nobodys(caller: Caller, job_id: str) -> None:
    assert caller.get(f"/v1/jobs/{job_id}").status_code == 404


def test_the_name_of_the_photo_is_no_scene_and_a_cut_out_comes_with_alpha(
    caller: Caller, submit: Submit, finish: Finish, client: Client, photo: bytes
) -> None:
    answer = caller.upload({"file": io.BytesIO(photo), "name": "White Background Bottle"})
    job = submit(asset_id=answer.json()["asset_id"], prompt="White Background Bottle, transparent background")
    assert job.product == "White Background Bottle"
    image = shown(caller, finish(job))["images"][0]
    served = client.get(image["url"])
    picture = Image.open(io.BytesIO(served.content))
    assert (served["Content-Type"], picture.mode) == ("image/png", "RGBA")
    assert picture.getpixel((5, 5))[3] == 0
