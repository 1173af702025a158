"""Packshot and the sandbox in one process, on a clock of the test's own: days pass in a moment.

Nothing is mocked but the wire: what Packshot sends goes to the same views that answer in service. Messages are not
sent at all, so that everything happens because a row is due.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from django.conf import settings
from django.db.models import Min
from django.test import Client
from django.utils import timezone
from PIL import Image as Pixels
from urllib3 import HTTPResponse

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership, Role, Team, User
from dashboard.projects.actions import add_product
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation import tasks
from generation.contract import AspectRatio
from generation.credits import ledger
from generation.models import Attempt, Connection, Job, JobState
from generation.network import deadline
from generation.pipeline import dispatch
from generation.provider import connections
from generation.sandbox import jobs as sandbox_jobs
from generation.sandbox import keys
from generation.sandbox import webhooks as sandbox_webhooks
from generation.sandbox.faults import Faults
from generation.sandbox.models import Delivery, SandboxJob
from generation.sandbox.render import Rendering
from tests.pictures import photo

BEGIN = datetime(2026, 11, 27, 17, tzinfo=UTC)
"""A Friday evening."""
WORKS = 15.0
"""Seconds that the sandbox works on a job: longer than the first look comes."""
SHAPE: dict[str, Any] = {"model": "nanobanana", "prompt": "On marble", "aspect_ratio": "1:1", "num_images": 2}
PAUSE = timedelta(seconds=1)


class Simulation:
    """A team of Bob's and its account at the sandbox."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.team = Team.objects.create(name="Northwind")
        bob = User.objects.create_user(email="bob@example.com", password=None, name="Bob")
        Membership.objects.create(team=self.team, user=bob, role=Role.CREATOR)
        self.bob = Actor(self.team, Role.CREATOR, user=bob, address="192.0.2.7")
        self.account, key = keys.open_account(email="bob@example.com", plan="enterprise", credits=100_000)
        place = {"base_url": f"{settings.PUBLIC_URL}/sandbox/v1", "key": key, "plan_limit": 600}
        self.connection = Connection.objects.create(team=self.team, **place)
        ledger.grant(team_id=self.team.id, credits=100_000)
        self.mug: Product = add_product(self.bob, photo=photo(size=(60, 80)), filename="camp-mug.jpg")

    def order(self, **spec: Any) -> Job:
        return start(self.bob, specs=[JobSpec(product=self.mug, **SHAPE | spec)]).jobs.get()

    def neighbour(self) -> Job:
        """A job alike, of another team that shares the account."""
        team = Team.objects.create(name="Outsiders")
        charlie = User.objects.create_user(email="charlie@example.com", password=None, name="Charlie")
        place = {"base_url": self.connection.base_url, "key": self.connection.key, "plan_limit": 600}
        Connection.objects.create(team=team, **place)
        ledger.grant(team_id=team.id, credits=100)
        acting = Actor(team, Role.OWNER, user=charlie)
        lamp = add_product(acting, photo=photo(size=(60, 80)), filename="lamp.jpg")
        return start(acting, specs=[JobSpec(product=lamp, **SHAPE)]).jobs.get()

    def set_faults(self, **faults: Any) -> None:
        keys.set_faults(key=self.account, faults=Faults.parse(faults))

    def pause(self) -> None:
        connections.stop(self.connection, pause=Connection.Pause.PERSON, message="")

    def resume(self) -> None:
        connections.resume(self.connection)

    def wait(self, *, hours: float = 0, seconds: float = 0, until: Callable[[], bool] = lambda: False) -> None:
        """Let time pass, and whatever is due in it happen."""
        end = timezone.now() + timedelta(hours=hours, seconds=seconds)
        while not until():
            due = self._next()
            if due is None or due > end:
                self.clock.move_to(end)
                return
            self.clock.move_to(max(due, timezone.now() + PAUSE))
            self._step()

    def _next(self) -> datetime | None:
        rows = Job.objects.exclude(state=JobState.QUEUED)
        if Connection.objects.filter(connections.open_for_posting(), pk=self.connection.pk).exists():
            rows = Job.objects.all()
        found = [rows.aggregate(due=Min("due_at"))["due"], Attempt.objects.aggregate(due=Min("due_at"))["due"]]
        found += [SandboxJob.objects.aggregate(due=Min("look_at"))["due"]]
        found += [Delivery.objects.aggregate(due=Min("due_at"))["due"]]
        paused = Connection.objects.filter(pk=self.connection.pk, paused_until__gt=timezone.now())
        return min(filter(None, [*found, *paused.values_list("paused_until", flat=True)]), default=None)

    def _step(self) -> None:
        for hint in dispatch.due():
            getattr(tasks, hint.task)(*hint.ids)
        for job_id in sandbox_jobs.due(now=timezone.now()):
            sandbox_jobs.advance(job_id=job_id)
        for delivery_id in sandbox_webhooks.due():
            sandbox_webhooks.deliver(delivery_id=delivery_id)


@contextmanager
def simulated() -> Iterator[Simulation]:
    """The block runs on the simulation's clock; it needs a database that nobody else uses."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(BEGIN, tick=False) as clock:
        patch.setattr(deadline.DeadlineAdapter, "send", partial(_carry, Client()))
        patch.setattr("generation.pipeline.jobs.gap", _gap)
        patch.setattr("generation.pipeline.settlement.LISTED", 5)  # the account soon has many jobs: look at few
        patch.setattr(dispatch, "SLOT_SECONDS", 3600)  # of this machine's time, which may be scarce
        patch.setattr(tasks, "hint", lambda *_, **__: None)
        patch.setattr("generation.pipeline.webhooks.hint", lambda *_: None)
        patch.setattr("generation.sandbox.jobs.render", _draw)
        patch.setattr("generation.sandbox.endpoint.time.sleep", lambda _: None)
        patch.setattr(settings, "SANDBOX_SECONDS", WORKS)
        yield Simulation(clock)


def _gap(seconds: Sequence[int], tries: int) -> timedelta:
    """Looks at what takes days are rarer than in service, or a day would take a minute."""
    return timedelta(seconds=seconds[tries] if tries < len(seconds) else 1_200 if tries < 10 else 10_800)


def _carry(server: Client, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
    """Bring a request to the view that it is for; an answer that breaks off breaks off."""
    deadline._local.exchange.sent = True
    place = urlsplit(str(request.url))
    told = {name: value for name, value in request.headers.items() if name != "Content-Length"}
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    kind = told.pop("Content-Type", "")
    path = f"{place.path}?{place.query}" if place.query else place.path
    said = server.generic(str(request.method), path, body, content_type=kind, headers=told)
    if int(said.headers.get("Content-Length", len(said.content))) > len(said.content):
        raise requests.ConnectionError("The connection broke.")
    answer = requests.Response()
    answer.status_code, answer.request, answer.url = said.status_code, request, str(request.url)
    answer.headers.update(dict(said.items()))
    answer.raw = HTTPResponse(io.BytesIO(said.content), status=said.status_code, preload_content=False)
    return answer


def _draw(_: bytes, *, aspect_ratio: str, index: int, seed: str, **__: Any) -> Rendering:
    """A small picture that is like no other."""
    width, height = (8 * int(side) for side in AspectRatio(aspect_ratio).split(":"))
    pixels = (hashlib.sha256(f"{seed} {index}".encode()).digest() * width * height)[: 3 * width * height]
    out = io.BytesIO()
    Pixels.frombytes("RGB", (width, height), pixels).save(out, "PNG")
    return Rendering(out.getvalue(), "image/png", width, height)
