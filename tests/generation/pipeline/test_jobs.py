import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.credits import ledger
from generation.models import HOLDING, TERMINAL, Attempt, Hold, Job, JobState
from generation.pipeline import jobs, settlement
from generation.provider.answers import job as read_job
from tests.generation.conftest import completed, remote_job

Order = Callable[..., Job]


def attempt_of(job: Job) -> Attempt:
    begun = jobs.begin_attempt(job)
    assert begun is not None
    return begun[0]


def assert_hold_matches_state(job: Job) -> None:
    job.refresh_from_db()
    assert (Hold.objects.get(job=job).resolved_at is None) == (job.state in HOLDING)


def test_only_one_worker_can_claim_a_job(order: Order) -> None:
    job = order()
    rival = Job.objects.get(pk=job.pk)
    assert jobs.claim(job)
    assert not jobs.claim(rival)


def test_a_worker_whose_claim_was_taken_over_cannot_post(claimed: Job) -> None:
    late = Job.objects.get(pk=claimed.pk)
    assert jobs.requeue(claimed, due_at=timezone.now())
    assert jobs.claim(claimed)
    assert jobs.begin_attempt(late) is None
    assert not jobs.requeue(late, due_at=timezone.now())
    assert Job.objects.get(pk=claimed.pk).state == JobState.SUBMITTING


def test_an_attempt_is_committed_with_a_hash_and_never_the_token_itself(claimed: Job) -> None:
    begun = jobs.begin_attempt(claimed)
    assert begun is not None
    attempt, token = begun
    assert attempt.token_hash == jobs.token_hash(token)
    assert token not in str(Attempt.objects.filter(pk=attempt.pk).values_list())


def test_a_completed_job_is_charged_before_its_pictures_are_stored(claimed: Job) -> None:
    attempt = attempt_of(claimed)
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    job = attempt.job
    assert jobs.rendered(job, remote=read_job(completed("http://p/1.png", "http://p/2.png", tokens_used=9)))
    assert (job.state, job.tokens_used, job.images.count()) == (JobState.RENDERED, 9, 2)
    assert ledger.left(team_id=job.team_id) == 91
    assert_hold_matches_state(job)


def test_rendering_twice_charges_once(claimed: Job) -> None:
    attempt = attempt_of(claimed)
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    remote = read_job(completed("http://p/1.png", "http://p/2.png"))
    twin = Job.objects.get(pk=claimed.pk)
    assert jobs.rendered(attempt.job, remote=remote)
    assert not jobs.rendered(twin, remote=remote)
    assert ledger.left(team_id=claimed.team_id) == 90


@pytest.mark.parametrize(("tokens", "left"), [(None, 100), (0, 100), (10, 90)])
def test_a_failed_job_costs_only_what_the_provider_says(claimed: Job, tokens: int | None, left: int) -> None:
    attempt = attempt_of(claimed)
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    error = {"code": "generation_failed", "message": "The scene was refused."}
    jobs.failed(attempt.job, remote=read_job(remote_job(status="failed", error=error, tokens_used=tokens)))
    assert attempt.job.error_message == "The scene was refused."
    assert ledger.left(team_id=claimed.team_id) == left
    assert_hold_matches_state(claimed)


def test_cancelling_works_only_while_queued(order: Order) -> None:
    job, other = order(), order()
    assert jobs.cancel(job)
    assert_hold_matches_state(job)
    jobs.claim(other)
    assert not jobs.cancel(other)
    assert ledger.left(team_id=job.team_id) == 90


def test_a_lost_answer_leaves_the_hold_in_place_until_a_person_decides(claimed: Job) -> None:
    attempt = attempt_of(claimed)
    assert jobs.mark_unknown(claimed, attempt=attempt, detail="reset")
    assert jobs.ask_for_review(claimed, message="Lost.")
    assert_hold_matches_state(claimed)
    assert jobs.give_up(claimed)
    assert_hold_matches_state(claimed)
    assert ledger.left(team_id=claimed.team_id) == 100


def test_a_person_may_send_a_lost_job_again_as_a_new_attempt(claimed: Job) -> None:
    first = attempt_of(claimed)
    jobs.mark_unknown(claimed, attempt=first, detail="reset")
    jobs.ask_for_review(claimed, message="Lost.")
    assert jobs.try_again(claimed)
    assert jobs.claim(claimed)
    assert attempt_of(claimed) != first


def test_a_provider_that_finishes_without_pictures_fails_the_job_and_still_captures(claimed: Job) -> None:
    attempt = attempt_of(claimed)
    jobs.accepted(attempt, provider_job_id="job_abc123xyz")
    settlement.apply_status(attempt.job, read_job(completed(tokens_used=10)))
    assert attempt.job.state == JobState.FAILED
    assert ledger.left(team_id=claimed.team_id) == 90


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_a_terminal_state_never_changes(claimed: Job, state: JobState) -> None:
    attempt = attempt_of(claimed)
    Job.objects.filter(pk=claimed.pk).update(state=state, due_at=None)
    remote = read_job(completed("http://p/1.png"))
    job = Job.objects.get(pk=claimed.pk)
    moves: list[Callable[[], object]] = [
        lambda: jobs.claim(job),
        lambda: jobs.begin_attempt(job),
        lambda: jobs.accepted(attempt, provider_job_id="job_9"),
        lambda: jobs.requeue(job, due_at=timezone.now()),
        lambda: jobs.refuse(job, code="x", message="x"),
        lambda: jobs.mark_unknown(job, attempt=attempt, detail="x"),
        lambda: jobs.ask_for_review(job, message="x"),
        lambda: jobs.try_again(job),
        lambda: jobs.give_up(job),
        lambda: jobs.cancel(job),
        lambda: jobs.failed(job, remote=remote),
        lambda: jobs.rendered(job, remote=remote),
        lambda: jobs.complete(job),
        lambda: jobs.abandon_pictures(job, message="x"),
    ]
    for first, second in itertools.permutations(moves, 2):
        assert not first()
        assert not second()
    jobs.mark_storing(job)
    jobs.look_again(job)
    job.refresh_from_db()
    assert job.state == state


def test_gaps_grow_and_then_repeat() -> None:
    assert [jobs.gap(jobs.POLL_GAPS, tries).seconds for tries in range(6)] == [10, 20, 40, 60, 60, 60]
    assert jobs.gap(jobs.BACKOFF, 99) == timedelta(seconds=60)
