"""Answers that come after a person was asked or has decided: each is heard, and what the provider charged is booked."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from dashboard.studio import actions
from generation.credits import caps
from generation.credits.integrity import violations
from generation.models import Attempt, Cap, Job, JobState, LedgerEntry
from generation.pipeline import jobs, matching
from generation.provider.answers import job as read_job
from generation.sandbox.models import SandboxJob
from tests import job_by_job
from tests.generation.conftest import remote_job
from tests.simulation import Simulation, simulated

LOST = {"drop_answer": True, "delay_seconds": 7200}


@pytest.fixture
def simulation(db: None) -> Iterator[Simulation]:
    """Afterwards the books are equal job by job, whatever happened."""
    with simulated() as simulation:
        caps.save(Cap(team=simulation.team, credits=50_000))
        yield simulation
        assert job_by_job.differences() == []
        assert [found.sentence for found in violations(each_day=True)] == []


@pytest.fixture
def twins(simulation: Simulation) -> tuple[Job, Job]:
    """Two jobs alike whose answers were lost, so that nobody can tell which of the provider's jobs is whose."""
    simulation.set_faults(**LOST, times=2)
    first, second = simulation.order(), simulation.order()
    simulation.wait(hours=1)
    assert states(first, second) == [JobState.NEEDS_REVIEW] * 2
    return first, second


def states(*jobs: Job) -> list[str]:
    for job in jobs:
        job.refresh_from_db()
    return [job.state for job in jobs]


def test_a_late_answer_ends_a_job_that_waits_for_a_person(simulation: Simulation, twins: tuple[Job, Job]) -> None:
    simulation.wait(hours=2)
    assert states(*twins) == [JobState.COMPLETED] * 2


def test_a_late_answer_stops_a_second_try_that_has_not_left(simulation: Simulation, twins: tuple[Job, Job]) -> None:
    simulation.pause()
    actions.decide(simulation.bob, twins[0], never_ran=True)
    simulation.wait(hours=2)
    simulation.resume()
    simulation.wait(hours=1)
    assert states(*twins) == [JobState.COMPLETED] * 2
    assert SandboxJob.objects.count() == 2


def test_both_runs_are_booked_once_the_second_has_left(simulation: Simulation, twins: tuple[Job, Job]) -> None:
    actions.decide(simulation.bob, twins[0], never_ran=True)
    simulation.wait(hours=2)
    assert states(*twins) == [JobState.COMPLETED] * 2
    assert twins[0].tokens_used == 12
    assert sorted(twins[0].attempts.values_list("charge", flat=True)) == [6, 6]
    assert twins[0].images.count() == 2


def test_a_late_answer_brings_the_pictures_of_a_job_that_was_given_up(
    simulation: Simulation, twins: tuple[Job, Job]
) -> None:
    actions.decide(simulation.bob, twins[0], never_ran=False)
    assert states(twins[0]) == [JobState.FAILED]
    simulation.wait(hours=2)
    assert states(*twins) == [JobState.COMPLETED] * 2
    kinds = LedgerEntry.objects.filter(job=twins[0]).order_by("id").values_list("kind", "held", "spent")
    assert list(kinds) == [("hold", 6, 0), ("release", -6, 0), ("capture", 0, 6)]
    (standing,) = caps.standings(team_id=simulation.team.id)
    assert (standing.held, standing.spent) == (0, 12)


def test_a_second_try_that_was_cancelled_is_one_that_was_given_up(
    simulation: Simulation, twins: tuple[Job, Job]
) -> None:
    simulation.pause()
    for job in twins:
        actions.decide(simulation.bob, job, never_ran=True)
    actions.cancel(simulation.bob, twins[0])
    assert jobs.cancel_all(twins[1].batch) == 1
    assert [job.error_code for job in Job.objects.all()] == ["given_up"] * 2
    simulation.wait(hours=2)
    assert states(*twins) == [JobState.COMPLETED] * 2


def test_a_job_that_ran_longer_than_a_day_is_completed_without_anybody(simulation: Simulation) -> None:
    simulation.set_faults(delay_seconds=86_400, webhook="never", times=1)
    job = simulation.order()
    simulation.wait(hours=30)
    assert states(job) == [JobState.COMPLETED]


def test_a_rival_in_review_still_counts(simulation: Simulation) -> None:
    simulation.set_faults(drop_answer=True, webhook="never", times=1)
    ran = simulation.order()
    simulation.wait(seconds=1)
    simulation.set_faults(refuse=500, times=1)
    never_ran = simulation.order()
    simulation.wait(hours=2)
    assert states(ran, never_ran) == [JobState.NEEDS_REVIEW] * 2
    actions.assign(simulation.bob, ran, provider_job_id=SandboxJob.objects.get().pk)
    actions.decide(simulation.bob, never_ran, never_ran=False)
    simulation.wait(hours=2)
    assert states(ran, never_ran) == [JobState.COMPLETED, JobState.FAILED]


def test_a_person_says_which_candidate_is_whose(simulation: Simulation) -> None:
    simulation.set_faults(drop_answer=True, webhook="never", times=2)
    first, second = simulation.order(), simulation.order()
    simulation.wait(hours=1)
    assert states(first, second) == [JobState.NEEDS_REVIEW] * 2
    candidates = matching.candidates([first, second])
    for job, other in ((first, second), (second, first)):
        assert len({candidate.shown["provider_job_id"] for candidate in candidates[job.pk]}) == 2
        assert [candidate.others for candidate in candidates[job.pk]] == [[other], [other]]
    mine = SandboxJob.objects.get(idempotency_key=first.attempts.get().pk).pk
    actions.assign(simulation.bob, first, provider_job_id=mine)
    with pytest.raises(actions.NotPossible):
        actions.assign(simulation.bob, second, provider_job_id=mine)
    simulation.wait(hours=2)
    # What is left can only be the other's.
    assert states(first, second) == [JobState.COMPLETED] * 2


def test_a_job_of_another_team_at_the_same_account_is_never_linked(simulation: Simulation) -> None:
    simulation.set_faults(drop_answer=True, webhook="never", times=1)
    lost = simulation.order()
    others = Attempt.objects.none()
    simulation.wait(seconds=1)
    theirs = simulation.neighbour()
    simulation.wait(hours=1)
    others = Attempt.objects.filter(connection=theirs.connection)
    assert others.get().provider_job_id
    assert states(lost, theirs) == [JobState.COMPLETED] * 2


@pytest.mark.parametrize("state", ["needs_review", "queued", "failed"])
def test_a_late_failure_that_was_charged_is_booked(claimed: Job, state: str) -> None:
    attempt, _ = jobs.begin_attempt(claimed) or pytest.fail("not ours")
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    job = Job.objects.get(pk=claimed.pk)
    assert jobs.ask_for_review(job, message="It takes long.")
    if state == "queued":
        assert jobs.try_again(job)
    if state == "failed":
        assert jobs.give_up(job)
    error: dict[str, Any] = {"code": "generation_failed", "message": "No."}
    jobs.failed(Job.objects.get(pk=job.pk), remote=read_job(remote_job(status="failed", error=error, tokens_used=4)))
    job.refresh_from_db()
    assert (job.state, job.tokens_used) == ("failed" if state == "needs_review" else state, 4)
    assert [found.sentence for found in violations(each_day=True)] == []


def test_patience_counts_from_acceptance(simulation: Simulation) -> None:
    simulation.pause()
    job = simulation.order()
    simulation.wait(hours=49)
    simulation.resume()
    simulation.wait(seconds=12)
    assert states(job) == [JobState.SUBMITTED]
    assert job.created_at < timezone.now() - jobs.WATCHED / 30
    simulation.wait(seconds=60)
    assert states(job) == [JobState.COMPLETED]
