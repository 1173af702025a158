"""Whose job leaves next, and when: turns of members and batches, and a rate limit that never earns a 429."""

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from django.utils import timezone

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.contract import PLAN_LIMITS
from generation.credits import ledger
from generation.models import Batch, Connection, Job
from generation.pipeline import dispatch, jobs
from generation.provider import connections, rate_limit
from generation.sandbox import keys
from generation.sandbox.limits import count_request

Order = Callable[[Actor, int], Batch]
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def queue(team: Team) -> Connection:
    """The team's connection, on a plan that is never in the way."""
    ledger.grant(team_id=team.id, credits=10_000)
    Connection.objects.filter(team=team).update(plan_limit=10_000)
    return Connection.objects.get(team=team)


@pytest.fixture
def order(mug: Product, queue: Connection) -> Order:
    def place(acting: Actor, count: int) -> Batch:
        spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
        return start(acting, specs=[spec] * count)

    return place


@pytest.fixture
def owner(team: Team, alice: User) -> Actor:
    return Actor(team, Role.OWNER, user=alice)


@pytest.fixture
def script(team: Team, alice: User) -> Actor:
    key, _ = ApiKey.issue(team=team, name="Shop", created_by=alice)
    return Actor(team, Role.CREATOR, api_key=key)


def leave(queue: Connection, count: int) -> list[Job]:
    """The next jobs to leave, in order."""
    turns = [dispatch.next_job(queue.id) for _ in range(count)]
    return [turn.job for turn in turns if turn.job]


def test_members_take_turns_and_a_script_is_a_member_of_its_own(
    creator: Actor, owner: Actor, script: Actor, queue: Connection, order: Order
) -> None:
    big, small, scripted = order(creator, 20), order(owner, 3), order(script, 3)
    left = [job.batch_id for job in leave(queue, 9)]
    assert [left.count(batch.id) for batch in (big, small, scripted)] == [3, 3, 3]
    assert all(set(left[turn : turn + 3]) == {big.id, small.id, scripted.id} for turn in (0, 3, 6))


def test_a_members_small_batch_overtakes_the_big_one(creator: Actor, queue: Connection, order: Order) -> None:
    big = order(creator, 20)
    leave(queue, 5)
    small = order(creator, 3)
    left = [job.batch_id for job in leave(queue, 6)]
    assert (left.count(big.id), left.count(small.id)) == (3, 3)


def test_a_batch_leaves_from_its_oldest_job_on(creator: Actor, queue: Connection, order: Order) -> None:
    batch = order(creator, 5)
    assert leave(queue, 9) == list(batch.jobs.order_by("id"))


def test_forgotten_turns_cost_no_job(
    creator: Actor, owner: Actor, queue: Connection, order: Order, broker: redis.Redis
) -> None:
    order(creator, 4)
    order(owner, 4)
    left = leave(queue, 3)
    broker.delete(f"packshot:turns:{queue.id}")
    left += leave(queue, 20)
    assert len({job.id for job in left}) == 8


def test_a_job_that_nobody_asked_for_leaves_too(team: Team, queue: Connection, order: Order) -> None:
    order(Actor(team, Role.CREATOR), 2)
    assert len(leave(queue, 3)) == 2


def test_a_job_that_must_wait_keeps_nobody_else_waiting(creator: Actor, queue: Connection, order: Order) -> None:
    first, second = order(creator, 2).jobs.order_by("id")
    Job.objects.filter(pk=first.pk).update(due_at=timezone.now() + timedelta(minutes=1))
    assert leave(queue, 2) == [second]


def test_one_message_per_queue_is_on_its_way(creator: Actor, queue: Connection, order: Order) -> None:
    order(creator, 3)
    assert [hint.task for hint in dispatch.due()] == ["submit_next"]
    assert list(dispatch.due()) == []


def test_a_full_window_is_looked_at_again_when_its_first_slot_frees(
    creator: Actor, queue: Connection, order: Order
) -> None:
    Connection.objects.filter(pk=queue.pk).update(plan_limit=2)
    order(creator, 3)
    with time_machine.travel(NOON, tick=False) as clock:
        Job.objects.update(due_at=NOON)
        leave(queue, 1)
        clock.shift(10)
        leave(queue, 1)
        clock.shift(20)
        assert dispatch.next_job(queue.id) == dispatch.Turn(wait=pytest.approx(30.25))
        clock.shift(30.25)
        assert len(leave(queue, 1)) == 1


def test_a_slot_is_free_again_when_nothing_was_sent(creator: Actor, queue: Connection, order: Order) -> None:
    Connection.objects.filter(pk=queue.pk).update(plan_limit=1)
    order(creator, 2)
    (job,) = leave(queue, 1)
    assert leave(queue, 1) == []
    rate_limit.give_back(queue.id, job.id)
    assert len(leave(queue, 1)) == 1


@pytest.mark.parametrize(("taken_by", "free"), [(jobs.claim, False), (jobs.cancel, True)])
def test_a_slot_stays_with_a_job_that_another_process_claimed_and_not_with_a_cancelled_one(
    creator: Actor,
    queue: Connection,
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
    taken_by: Callable[[Job], bool],
    free: bool,
) -> None:
    Connection.objects.filter(pk=queue.pk).update(plan_limit=1)
    order(creator, 2)
    claim = jobs.claim

    def overtaken(job: Job) -> bool:
        monkeypatch.setattr(jobs, "claim", claim)
        assert taken_by(Job.objects.get(pk=job.pk))
        return claim(job)

    monkeypatch.setattr(jobs, "claim", overtaken)
    assert dispatch.next_job(queue.id) == dispatch.Turn(wait=0)
    assert bool(leave(queue, 1)) is free


def test_a_request_counts_from_when_it_may_have_arrived_at_the_latest() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        rate_limit.take("slow", limit=1, slot="upload")
        clock.shift(25)
        rate_limit.stamp("slow", "upload")
        clock.shift(59)
        assert rate_limit.wait("slow", limit=1) == pytest.approx(1)
        assert rate_limit.take("slow", limit=1) == pytest.approx(1)
        clock.shift(1)
        assert rate_limit.wait("slow", limit=1) == rate_limit.take("slow", limit=1) == 0


def test_a_batch_of_five_hundred_and_two_small_ones_leave_fairly_at_the_plans_pace_and_earn_no_429(
    creator: Actor, owner: Actor, script: Actor, queue: Connection, order: Order
) -> None:
    """Requests travel for up to half a second each way, so they overlap and overtake each other."""
    plan = "pro"
    limit = PLAN_LIMITS[plan]
    Connection.objects.filter(pk=queue.pk).update(plan_limit=limit)
    account, _ = keys.open_account(email="alice@example.com", plan=plan, credits=0)
    travel, numbers = random.Random(7), itertools.count()
    batches = [order(creator, 500), order(owner, 3), order(script, 3)]
    Job.objects.update(due_at=NOON)
    left: list[str] = []
    events: list[tuple[float, int, str, str]] = [(0.0, 0, "look", "")]

    def plan_event(at: float, what: str, job_id: str = "") -> None:
        heapq.heappush(events, (at, next(numbers), what, job_id))

    with time_machine.travel(NOON, tick=False) as clock:
        while events:
            now, _, what, job_id = heapq.heappop(events)
            clock.move_to(NOON + timedelta(seconds=now))
            if what == "look":
                turn = dispatch.next_job(queue.id)
                if turn.job:
                    left.append(turn.job.batch_id)
                    plan_event(now + travel.uniform(0, 0.5), "arrive", turn.job.id)
                if turn.wait is not None:
                    plan_event(now + turn.wait + 0.01, "look")
            elif what == "arrive":
                count_request(key=account)  # raises, where a provider answers 429
                plan_event(now + travel.uniform(0, 0.5), "answer", job_id)
            else:
                rate_limit.stamp(queue.id, job_id)
    assert len(left) == 506
    assert [left[:9].count(batch.id) for batch in batches] == [3, 3, 3]
    optimum = 60 * (505 // limit)
    assert optimum <= now <= optimum * 1.05


def test_nothing_is_looked_for_while_the_connection_is_paused(creator: Actor, queue: Connection, order: Order) -> None:
    order(creator, 1)
    connections.stop(queue, pause=Connection.Pause.CREDITS, message="")
    assert dispatch.next_job(queue.id) == dispatch.Turn()
    assert list(dispatch.due()) == []
