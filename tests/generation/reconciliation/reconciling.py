"""A program for tests: a busy team whose books are compared all the while. Prints one JSON object.

Test databases live in one transaction or in memory, where threads do not meet; ``DATABASE_URL`` names a real one.
"""

import json
import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (models need the line above)
from django.core.management import call_command  # noqa: E402
from django.db import connections as databases  # noqa: E402

from dashboard.studio.actions import JobSpec, start  # noqa: E402
from generation.contract import ImageLink, JobStatus, RemoteJob  # noqa: E402
from generation.credits import ledger  # noqa: E402
from generation.models import Job, Reconciliation  # noqa: E402
from generation.pipeline import jobs  # noqa: E402
from generation.reconciliation import readings as reconcile  # noqa: E402
from tests.generation.parallel import World  # noqa: E402

THREADS = 6
JOBS = 20
"""Of each thread."""


class Account:
    """What is left at the provider, which tells whoever asks."""

    def __init__(self) -> None:
        self.credits, self._lock = 10_000, threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        account = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told: dict[str, Any] = {"jobs": [], "total": 0}
                if self.path.endswith("/me"):
                    told = {"credits": {"generations": account.credits}}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def charge(self, credits: int) -> None:
        with self._lock:
            self.credits -= credits


def run(job: Job, account: Account, draw: random.Random) -> None:
    """A job's whole life, charged at any moment between its POST and its end; one in five fails and is paid back."""
    cost, moment, fails = draw.choice([3, 3, 2]), draw.randrange(3), draw.random() < 0.2
    charges = [cost if moment == place else 0 for place in range(3)]
    assert jobs.claim(job)
    begun = jobs.begin_attempt(job)
    assert begun is not None
    account.charge(charges[0])
    jobs.accepted(begun[0], provider_job_id=job.id)
    account.charge(charges[1])
    job = Job.objects.get(pk=job.pk)
    account.charge(charges[2])
    told = {"job_id": job.id, "progress": 100, "created_at": "", "model": job.model, "num_images": 1}
    if fails:
        account.charge(-cost)
        assert jobs.failed(job, remote=RemoteJob(status=JobStatus.FAILED, **told))
    else:
        images = (ImageLink(url="http://127.0.0.1:9/1.png", width=1, height=1),)
        assert jobs.rendered(job, remote=RemoteJob(status=JobStatus.COMPLETED, tokens_used=cost, images=images, **told))


def work(mine: Sequence[Job], account: Account, seed: int) -> None:
    draw = random.Random(seed)
    try:
        for job in mine:
            run(job, account, draw)
    finally:
        databases.close_all()


def busy() -> dict[str, Any]:
    account = Account()
    settings.TRUSTED_PROVIDERS = [account.url]
    world = World("busy", base_url=account.url)
    ledger.grant(team_id=world.team.id, credits=10_000)
    shape: dict[str, Any] = {"model": "nanobanana", "aspect_ratio": "1:1", "num_images": 1}
    spec = JobSpec(product=world.product, prompt="On marble", **shape)
    placed = list(start(world.acting, specs=[spec] * (THREADS * JOBS)).jobs.select_related("connection"))
    reconcile.check(world.connection)
    readings: list[Reconciliation] = []
    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(work, placed[number::THREADS], account, number) for number in range(THREADS)]
        while not all(one.done() for one in running):
            readings.append(reconcile.check(world.connection))
    for one in running:
        one.result()
    account.charge(7)
    last = reconcile.check(world.connection)
    return {
        "readings": len(readings),
        "amid": sum(row.in_flight > 0 for row in readings),
        "drifts": [row.drift for row in readings],
        "captured": last.captured_in_all,
        "last": [last.in_flight, last.drift],
    }


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    print(json.dumps(busy()))
