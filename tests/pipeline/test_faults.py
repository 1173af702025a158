"""Each fault of a provider, through real processes: nothing is charged twice, lost or stuck."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.operations.running import Running, eventually
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder

QUICK = {"PACKSHOT_SANDBOX_SECONDS": "0.2", "PACKSHOT_SANDBOX_SCALE": "0.25"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder) -> Iterator[Studio]:
    running = Running(seeded.demo(tmp_path_factory.mktemp("faults")), variables=QUICK).wait()
    try:
        studio = Studio.of(running, QUICK)
        yield studio
        studio.assert_books_agree()
    finally:
        running.stop()


@pytest.fixture
def studio(shared: Studio) -> Iterator[Studio]:
    """The running Packshot; afterwards its books must agree with the provider's to the credit."""
    left, charged = shared.left, shared.charged
    yield shared
    shared.set_faults()
    assert left - shared.left == shared.charged - charged


@pytest.fixture(scope="module")
def asset(shared: Studio) -> str:
    return shared.upload()


def assert_whole(job: dict[str, Any], *, cost: int = 3) -> None:
    assert (job["status"], job["tokens_used"]) == ("completed", cost)
    for image in job["images"]:
        answer = requests.get(image["url"], timeout=30)
        assert (answer.status_code, answer.headers["Content-Type"].split("/")[0]) == (200, "image")


@pytest.mark.parametrize(
    "faults",
    [
        {"delay_seconds": 2},
        {"webhook": "twice"},
        {"webhook": "early"},
        {"webhook": "late", "late_seconds": 1},
        {"webhook": "never"},
        {"webhook": "forged"},
        {"answer_after_seconds": 2},
        {"drop_answer": True},
        {"expired_links": 1},
        {"truncated_bytes": 1},
        {"wrong_type": 1},
        {"refuse": 429, "retry_after": 2},
    ],
    ids=lambda faults: (
        "-".join(map(str, faults.values()))
        if "refuse" in faults
        else next(iter(faults)) + str(next(iter(faults.values())))
    ),
)
def test_a_fault_that_passes_costs_only_time(studio: Studio, asset: str, faults: dict[str, Any]) -> None:
    studio.set_faults(**faults, times=1)
    assert_whole(studio.wait(studio.generate(asset)))


def test_a_failed_generation_costs_nothing_and_says_why(studio: Studio, asset: str) -> None:
    studio.set_faults(failure=True, times=1)
    job = studio.wait(studio.generate(asset))
    assert job["status"] == "failed"
    assert job["error"]["code"] == "generation_failed"
    assert job["error"]["message"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_is_not_posted_again_and_keeps_its_hold(shared: Studio, asset: str, status: int) -> None:
    left, charged = shared.left, shared.charged
    shared.set_faults(refuse=status, times=1)
    doubtful = shared.generate(asset)
    assert eventually(lambda: shared.state(doubtful) == "unknown")
    assert_whole(shared.wait(shared.generate(asset)))
    assert shared.job(doubtful)["status"] == "pending"
    assert (left - shared.left, shared.charged - charged) == (6, 3)


@pytest.mark.parametrize(("status", "pause"), [(401, "key"), (402, "credits")])
def test_a_provider_that_stops_us_loses_no_job(studio: Studio, asset: str, status: int, pause: str) -> None:
    studio.set_faults(refuse=status)
    waiting = [studio.generate(asset) for _ in range(3)]
    assert eventually(lambda: studio.connection().startswith(pause))
    assert {studio.job(job)["status"] for job in waiting} == {"pending"}
    studio.set_faults()
    studio.resume()
    for job in waiting:
        assert_whole(studio.wait(job))
