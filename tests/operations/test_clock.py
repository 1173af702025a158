"""A clock that was 25 hours ahead for a while: nothing waits for what it left behind."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings

from dashboard.data_folder import socket_path
from tests.operations.running import Running
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder
from tests.servers import until

AHEAD = timedelta(hours=25)


class Clock:
    """That of all processes of a Packshot."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.set(timedelta(0))

    def set(self, ahead: timedelta) -> None:
        self.file.write_text(str(ahead.total_seconds()))

    @property
    def variables(self) -> dict[str, str]:
        return {"PYTHONPATH": str(Path(__file__).parent / "settable_clock"), "PACKSHOT_TEST_CLOCK": str(self.file)}


@pytest.fixture
def ours(tmp_path: Path, seeded: SeededFolder) -> Iterator[tuple[Studio, Clock]]:
    clock = Clock(tmp_path)
    running = Running(seeded.demo(tmp_path / "data"), variables=clock.variables).wait()
    yield Studio.of(running, {}), clock
    running.stop()


def missing(data: Path, names: set[str]) -> set[str]:
    """Those of the tasks that beat has not sent to a running Packshot within a minute."""
    left, until = set(names), time.monotonic() + 60
    with redis.Redis.from_url(f"unix://{socket_path(data)}").monitor() as monitor:
        while left and time.monotonic() < until:
            command = str(monitor.next_command()["command"])
            if command.startswith("LPUSH packshot "):
                headers = json.loads(command.removeprefix("LPUSH packshot "))["headers"]
                left -= {headers["task"]} if headers.get("celery_beat_task") else set()
    return left


def test_all_goes_on_within_a_minute_after_the_clock_is_right_again(ours: tuple[Studio, Clock]) -> None:
    studio, clock = ours
    asset, left = studio.upload(), studio.left
    studio.wait(studio.generate(asset))

    clock.set(AHEAD)
    data = studio.running.data
    assert missing(data, {"generation.tasks.sweep"}) == set()
    studio.set_faults(refuse=429, times=1)
    jobs = [studio.generate(asset) for _ in range(3)]
    until(lambda: studio.connection() == "rate_limit")

    clock.set(timedelta(0))
    assert missing(data, {entry["task"] for entry in settings.CELERY["beat_schedule"].values()}) == set()
    assert {studio.wait(job, seconds=60)["status"] for job in [*jobs, studio.generate(asset)]} == {"completed"}
    assert studio.charged == left - studio.left == 15
    assert studio.manage("ledger_check") == "The ledger adds up."
