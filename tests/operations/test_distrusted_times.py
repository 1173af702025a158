"""What a clock 25 hours ahead left behind is seen for what it is, once the clock is right again."""

import time
from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine
from django.db.models import Model
from django.utils import timezone

from dashboard.accounts.access import Actor, note_activity
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.api.models import CallerDelivery
from dashboard.members import invitations
from dashboard.members.keys import authenticate
from dashboard.operations import beat, clock
from dashboard.projects.models import ImportRow, Product, ProductImport
from dashboard.spend.models import Alert
from dashboard.studio.actions import JobSpec, start
from generation.contract import PLAN_LIMITS
from generation.models import Attempt, Job
from generation.pipeline import fairness
from generation.provider import rate_limit
from generation.sandbox.keys import open_account
from generation.sandbox.limits import count_request
from generation.sandbox.models import Delivery, SandboxJob

AHEAD = timedelta(hours=25)


@pytest.fixture
def job(creator: Actor, mug: Product) -> Job:
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
    return start(creator, specs=[spec]).jobs.get()


@pytest.fixture
def rows(team: Team, alice: User, job: Job) -> list[Model]:
    """One of each kind that waits for a moment."""
    now = timezone.now()
    key, _ = ApiKey.issue(team=team, name="Shop", created_by=alice)
    sandbox_key, _ = open_account(email="shop@example.com", plan="pro", credits=10)
    rendering = SandboxJob.objects.create(key=sandbox_key, price=3, created_at=now, due_at=now, look_at=now)
    batch = ProductImport.objects.create(team=team, member=alice, filename="shop.csv", started_at=now)
    return [
        job,
        Attempt.objects.create(job=job, connection=job.connection, token_hash="a", due_at=now),
        job.connection,
        CallerDelivery.objects.create(job=job, api_key=key, due_at=now),
        Alert.objects.create(team=team, payload={}, due_at=now),
        ImportRow.objects.create(batch=batch, line=2, state=ImportRow.State.WAITING, due_at=now),
        rendering,
        Delivery.objects.create(job=rendering, message_id="msg_1", due_at=now),
    ]


@pytest.mark.parametrize("due", clock.DUE, ids=str)
def test_a_row_that_is_due_too_far_ahead_is_due_now(rows: list[Model], due: clock.Due) -> None:
    (row,) = [row for row in rows if isinstance(row, due.model)]
    mine = due.model._default_manager.filter(pk=row.pk)
    longest = timezone.now() + due.longest
    mine.update(**{due.column: longest})
    assert clock.pull_back() == 0
    assert mine.values_list(due.column, flat=True).get() == longest
    mine.update(**{due.column: timezone.now() + due.longest + AHEAD})
    assert clock.pull_back() == 1
    assert mine.filter(**{f"{due.column}__lte": timezone.now()}).exists()


def test_every_moment_that_is_waited_for_stands_in_the_table() -> None:
    """``due_at``, ``look_at`` and ``…_until`` are such; a cap's raise ends when a person said."""
    names = {
        f"{model._meta.label}.{field.name}"
        for model in Model.__subclasses__()
        for field in model._meta.get_fields()
        if field.name in {"due_at", "look_at"} or field.name.endswith("_until")
    }
    assert names - {"generation.Cap.raised_until", "generation.ReconciliationCursor.compared_until"} == set(
        map(str, clock.DUE)
    )


def test_requests_of_tomorrow_take_no_place_in_the_rate_window(broker: redis.Redis) -> None:
    with time_machine.travel(timezone.now() + AHEAD):
        for _ in range(3):
            assert rate_limit.take("conn_ahead", limit=3) == 0
        assert rate_limit.wait("conn_ahead", limit=3) > 0
    assert rate_limit.wait("conn_ahead", limit=3) == 0
    assert [rate_limit.take("conn_ahead", limit=3) > 0 for _ in range(4)] == [False, False, False, True]


def test_requests_of_tomorrow_do_not_count_at_the_sandbox(db: None) -> None:
    key, _ = open_account(email="shop@example.com", plan="free", credits=10)
    with time_machine.travel(timezone.now() + AHEAD):
        for _ in range(PLAN_LIMITS["free"]):
            count_request(key=key)
    count_request(key=key)


def test_messages_of_tomorrow_leave_the_queue_its_slots(broker: redis.Redis) -> None:
    with time_machine.travel(timezone.now() + AHEAD):
        assert fairness.ask("conn_ahead", wait=0)
    permit = fairness.ask("conn_ahead", wait=0)
    assert permit
    assert fairness.ask("conn_ahead", wait=0) == ""
    assert broker.hlen("packshot:messages:conn_ahead") == 1


def test_invitations_of_tomorrow_do_not_count_as_those_of_the_last_hour(team: Team, alice: User) -> None:
    acting = Actor(team, Role.OWNER, user=alice)
    with time_machine.travel(timezone.now() + AHEAD):
        _, most, _ = invitations.LATELY[0]
        for number in range(most):
            invitations.invite(acting, email=f"{number}@example.com", role=Role.VIEWER)
    invitations.invite(acting, email="dora@example.com", role=Role.VIEWER)


def test_a_use_of_tomorrow_is_written_over(team: Team, alice: User) -> None:
    _, key = ApiKey.issue(team=team, name="Shop", created_by=alice)
    member = Membership.objects.get(team=team, user=alice)
    with time_machine.travel(timezone.now() + AHEAD):
        authenticate(f"Bearer {key}", address=None)
        note_activity(member)
    member.refresh_from_db()
    authenticate(f"Bearer {key}", address=None)
    note_activity(member)
    now = timezone.now()
    assert ApiKey.objects.filter(team=team, last_used_at__lte=now).exists()
    assert Membership.objects.filter(pk=member.pk, last_active_at__lte=now).exists()


class Sent(beat.SteadyScheduler):
    """Writes down what would be sent."""

    names: list[str]
    producer = None

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        self.names.append(entry.name)

    def ticked(self) -> set[str]:
        self.names = []
        self.tick()
        return set(self.names)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets beat's two clocks, to seconds since its start."""
    began = time.time(), time.monotonic()

    def put(seconds: float, *, ahead: float = 0) -> None:
        monkeypatch.setattr(beat.time, "monotonic", lambda: began[1] + seconds)
        monkeypatch.setattr(beat.time, "time", lambda: began[0] + seconds + ahead)

    put(0)
    return put


def test_beat_runs_everything_soon_after_its_start_and_then_at_its_own_pace(at: Any) -> None:
    scheduler = Sent(app=beat.app)
    everything = set(beat.app.conf.beat_schedule)
    assert scheduler.ticked() == set()
    at(beat.FIRST)
    assert scheduler.ticked() == everything
    at(beat.FIRST + 2.1)
    assert scheduler.ticked() == {"sweep", "webhooks to callers", "product imports"}
    at(beat.FIRST + 3601)
    assert scheduler.ticked() == everything


def test_beat_runs_everything_at_once_when_the_clock_was_set_forth_or_back(at: Any) -> None:
    scheduler = Sent(app=beat.app)
    scheduler.ticked()
    at(beat.FIRST)
    everything = scheduler.ticked()
    for seconds, ahead in ((32, AHEAD.total_seconds()), (92, 0), (94, -AHEAD.total_seconds())):
        at(seconds, ahead=ahead)
        assert scheduler.ticked() == everything
    at(96.1, ahead=-AHEAD.total_seconds())
    assert "books" not in scheduler.ticked()
