"""Processes that die and a broker that forgets: time is lost, and nothing else."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dashboard.data_folder import socket_path
from tests.operations.running import Running
from tests.pipeline.studio import Studio
from tests.seeded_folder import SeededFolder
from tests.servers import until

SLOW = {"PACKSHOT_SANDBOX_SECONDS": "3", "PACKSHOT_SANDBOX_SCALE": "0.25"}


@pytest.fixture
def studio(tmp_path: Path, seeded: SeededFolder) -> Iterator[Studio]:
    running = Running(seeded.demo(tmp_path), variables=SLOW).wait()
    try:
        studio = Studio.of(running, SLOW)
        yield studio
        studio.assert_books_agree()
    finally:
        running.stop()


def test_jobs_survive_a_killed_worker_and_a_broker_that_lost_everything(studio: Studio) -> None:
    left, asset, known = studio.left, studio.upload(), studio.accepted
    jobs = [studio.generate(asset, num_images=2) for _ in range(3)]
    # A worker killed in the very moment before a POST arrives leaves a question that only a person may answer.
    until(lambda: studio.accepted == known + 3)
    os.kill(studio.running.pid(" worker "), signal.SIGKILL)
    jobs += [studio.generate(asset) for _ in range(3)]
    with redis.Redis.from_url(f"unix://{socket_path(studio.running.data)}") as broker:
        broker.flushall()

    ended = [studio.wait(job, seconds=150) for job in jobs]
    assert {job["status"] for job in ended} == {"completed"}
    assert sum(job["tokens_used"] for job in ended) == left - studio.left == studio.charged == 27


def test_jobs_survive_a_killed_broker(studio: Studio) -> None:
    asset = studio.upload()
    jobs = [studio.generate(asset) for _ in range(2)]
    os.kill(studio.running.pid("valkey-server"), signal.SIGKILL)
    jobs.append(studio.generate(asset))
    assert {studio.wait(job, seconds=120)["status"] for job in jobs} == {"completed"}
    assert studio.charged == 9
