"""The provider's books beside ours, through real processes: the drift is exactly what happened, and otherwise none."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.operations.running import Running, eventually
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder

QUICK = {"PACKSHOT_SANDBOX_SECONDS": "0.2", "PACKSHOT_SANDBOX_SCALE": "0.25"}
CHECK = """
import json
from generation.reconciliation import readings
rows = [readings.check(connection) for _ in range({times})]
odd = [(found.captured, found.charged, found.note) for row in rows for found in row.discrepancies.all()]
print(json.dumps({{"readings": [(row.moved, row.captured, row.in_flight, row.drift) for row in rows], "odd": odd}}))
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder) -> Iterator[Studio]:
    running = Running(seeded.demo(tmp_path_factory.mktemp("reconciliation")), variables=QUICK).wait()
    try:
        yield Studio.of(running, QUICK)
    finally:
        running.stop()


def checked(studio: Studio, *, times: int = 1) -> dict[str, Any]:
    """Take readings one right after another; their figures, and what they told of jobs."""
    return dict(json.loads(studio.shell(CHECK.format(times=times))))


@pytest.fixture
def studio(shared: Studio) -> Iterator[Studio]:
    """Packshot at rest, with a quiet reading behind it."""
    checked(shared)
    yield shared
    shared.set_faults()


@pytest.fixture(scope="module")
def asset(shared: Studio) -> str:
    return shared.upload()


def test_ordinary_work_shows_no_drift_during_or_after(studio: Studio, asset: str) -> None:
    jobs = [studio.generate(asset, num_images=1 + number % 2) for number in range(12)]
    during = checked(studio, times=12)
    assert {drift for *_, drift in during["readings"]} == {0}
    for job in jobs:
        assert studio.wait(job)["status"] == "completed"
    after = checked(studio)
    (_, _, in_flight, drift) = after["readings"][0]
    assert (in_flight, drift) == (0, 0)
    assert during["odd"] == after["odd"] == []


@pytest.mark.parametrize(
    "faults",
    [
        {"drop_answer": True},
        {"failure": True},
        {"webhook": "early"},
        {"refuse": 402},
        {"refuse": 429, "retry_after": 1},
    ],
    ids=lambda faults: next(iter(faults)) + str(next(iter(faults.values()))),
)
def test_a_fault_that_costs_nothing_shows_no_drift(studio: Studio, asset: str, faults: dict[str, Any]) -> None:
    studio.set_faults(**faults, times=1)
    job = studio.generate(asset)
    if faults.get("refuse") == 402:
        assert eventually(lambda: studio.connection() == "credits")
        studio.resume()
    studio.wait(job)
    told = checked(studio)
    assert (told["readings"][0][2:], told["odd"]) == ([0, 0], [])


def test_a_failure_that_was_charged_is_the_drift(studio: Studio, asset: str) -> None:
    charged = studio.charged
    studio.set_faults(failure=True, charge_failure=True, times=1)
    assert studio.wait(studio.generate(asset, num_images=2))["status"] == "failed"
    told = checked(studio)
    assert told["readings"] == [[6, 0, 0, 6]]
    assert studio.charged - charged == 6
    (suspect,) = told["odd"]
    assert suspect[:2] == [0, None]
    assert "may have kept its price" in suspect[2]


def test_the_key_used_outside_is_the_drift(studio: Studio, asset: str) -> None:
    ours = studio.generate(asset)
    provider_asset = studio.shell("print(connection.jobs.first().asset.provider_id)")
    body = {"model": "nanobanana2", "asset_id": provider_asset, "prompt": "On the beach", "num_images": 2}
    theirs = studio.sandbox("POST", "/v1/generate", json=body)["job_id"]
    assert eventually(lambda: studio.sandbox("GET", f"/v1/jobs/{theirs}")["status"] == "completed")
    studio.wait(ours)
    told = checked(studio)
    assert told["readings"] == [[13, 3, 0, 10]]
    assert told["odd"] == [[0, 10, "Made with the same account, but not by this team."]]


LET_GO = """
from generation.pipeline import jobs
for job in connection.jobs.filter(pk__in={jobs}):
    assert jobs.ask_for_review(job, message="Its answer was lost.") and jobs.give_up(job)
"""


def test_lost_jobs_that_were_given_up_are_the_drift(studio: Studio, asset: str) -> None:
    """Two alike, so that neither can be told apart in the provider's list."""
    studio.set_faults(drop_answer=True, webhook="never", times=2)
    lost = [studio.generate(asset) for _ in range(2)]
    assert eventually(lambda: {studio.state(job) for job in lost} == {"unknown"})
    assert checked(studio)["readings"][0][2:] == [6, 0]
    studio.shell(LET_GO.format(jobs=lost))
    told = checked(studio)
    assert told["readings"] == [[6, 0, 0, 6]]
    assert {note for _, _, note in told["odd"] if "lost" in note} == {
        "Its answer was lost and nothing was paid here; the provider has this job, which fits."
    }
