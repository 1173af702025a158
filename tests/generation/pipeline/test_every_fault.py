"""Every switch of the sandbox, after every wait in the queue, with webhooks and without: the books are equal.

A job that waited for a weekend and then runs is an ordinary job.
"""

from collections import Counter
from dataclasses import fields
from typing import Any

import pytest

from generation.credits.integrity import violations
from generation.models import Connection, Job, JobState
from generation.sandbox.faults import ENDPOINTS, REFUSALS, WEBHOOKS, Faults
from tests import job_by_job
from tests.simulation import Simulation, simulated

DONE, FAILED, ASKED = JobState.COMPLETED, JobState.FAILED, JobState.NEEDS_REVIEW
PASSING: list[dict[str, Any]] = [
    {},
    {"answer_after_seconds": 20},
    {"drop_answer": True},
    {"delay_seconds": 3_600},
    {"delay_seconds": 86_400},
    *({"webhook": mode} for mode in WEBHOOKS),
    {"webhook": "late", "late_seconds": 50_000},
    {"expired_links": 1},
    {"truncated_bytes": 1},
    {"wrong_type": 1},
    {"drop_answer": True, "delay_seconds": 86_400},
    {"drop_answer": True, "expired_links": 3, "webhook": "twice"},
    *({"refuse": 429, "retry_after": 30, "on": on} for on in ENDPOINTS),
    *({"refuse": status, "on": on} for on in ENDPOINTS[1:] for status in (500, 503)),
    *({"refuse": status, "on": on} for on in ENDPOINTS for status in (401, 402, 403)),
]
ENDING: list[tuple[dict[str, Any], JobState]] = [
    ({"failure": True}, FAILED),
    ({"failure": True, "charge_failure": True}, FAILED),
    ({"failure": True, "drop_answer": True}, FAILED),
    ({"expired_links": True}, FAILED),
    ({"truncated_bytes": True}, DONE),  # what came is kept
    ({"wrong_type": True}, FAILED),
    ({"refuse": 500}, ASKED),
    ({"refuse": 503}, ASKED),
]
SERIES = [*((faults, DONE) for faults in PASSING), *ENDING]


def test_no_switch_is_left_out() -> None:
    tried = {name for faults, _ in SERIES for name in faults}
    assert tried | {"times"} == {field.name for field in fields(Faults)}
    assert {faults.get("refuse", 0) for faults, _ in SERIES} == {0, *REFUSALS}


@pytest.fixture
def simulation(db: None) -> Any:
    with simulated() as simulation:
        yield simulation


def run(simulation: Simulation, faults: dict[str, Any], *, wait: float) -> Job:
    """One job that waits in the queue for so many hours, until it rests."""
    simulation.pause()
    job = simulation.order()
    simulation.wait(hours=wait)
    simulation.set_faults(**faults, times=1)
    simulation.resume()

    def is_over() -> bool:
        if Connection.objects.get().pause in {Connection.Pause.KEY, Connection.Pause.CREDITS}:
            simulation.resume()  # a person put it right
        job.refresh_from_db()
        return job.is_finished

    simulation.wait(hours=60, until=is_over)
    simulation.set_faults()
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("webhook", ["on", "never"])
@pytest.mark.parametrize("wait", [0, 25, 49])
def test_the_books_are_equal_job_by_job(simulation: Simulation, wait: float, webhook: str) -> None:
    wrong, ended = {}, Counter[str]()
    for faults, end in SERIES:
        silenced = {"webhook": "never"} if webhook == "never" else {}
        job = run(simulation, faults | silenced, wait=wait)
        ended[job.state] += 1
        if job.state != end or (odd := job_by_job.differences(job)):
            wrong[str(faults)] = (job.state, job.error_code, job.error_message, odd if job.state == end else [])
    print({"wait": wait, "webhook": webhook, "jobs": len(SERIES), "compared": job_by_job.compared(), **ended})
    assert wrong == {}
    assert job_by_job.differences() == []
    assert [found.sentence for found in violations(each_day=True)] == []
