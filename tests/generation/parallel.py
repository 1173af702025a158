"""A program for tests: many threads at one database of its own, which ``DATABASE_URL`` names. Prints one JSON object.

Test databases live in one transaction or in memory, where threads neither meet nor wait as they do in service.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (models need the line above)
from django.core.management import call_command  # noqa: E402
from django.db import connections as databases  # noqa: E402
from django.db.models import Sum  # noqa: E402

from dashboard.accounts.access import Actor  # noqa: E402
from dashboard.accounts.models import Role, Team, User  # noqa: E402
from dashboard.projects.models import Product  # noqa: E402
from dashboard.studio.actions import JobSpec, start  # noqa: E402
from generation import tasks  # noqa: E402
from generation.credits import caps, ledger  # noqa: E402
from generation.models import Asset, Cap, Connection, CreditAccount, Hold, Job, LedgerEntry  # noqa: E402

THREADS = 64
WORKERS = 50
FIT = 20


class World:
    """A team with room for exactly :data:`FIT` jobs of one picture."""

    def __init__(self, name: str, *, base_url: str) -> None:
        self.team = Team.objects.create(name=name)
        user = User.objects.create_user(email=f"{name}@example.com", password=None)
        self.acting = Actor(self.team, Role.CREATOR, user=user)
        self.connection = Connection.objects.create(team=self.team, base_url=base_url, key="key", plan_limit=1000)
        facts = {"width": 1, "height": 1, "size": 1, "sha256": "0" * 64, "provider_id": "asset_there"}
        photo = Asset.objects.create(team=self.team, **facts)
        self.product = Product.objects.create(team=self.team, name="Mug", asset=photo)
        ledger.grant(team_id=self.team.id, credits=3 * FIT)

    def order(self) -> str:
        shapes: dict[str, Any] = {"model": "nanobanana", "aspect_ratio": "1:1", "num_images": 1}
        try:
            start(self.acting, specs=[JobSpec(product=self.product, prompt="On marble", **shapes)])
        except ledger.CapReached:
            return "capped"
        except ledger.InsufficientCredits:
            return "denied"
        return "held"

    @property
    def books(self) -> dict[str, Any]:
        account = CreditAccount.objects.get(team=self.team)
        sums = LedgerEntry.objects.filter(account=account).aggregate(Sum("granted"), Sum("held"), Sum("spent"))
        return {
            "account": [account.granted, account.held, account.spent],
            "entries": list(sums.values()),
            "open_holds": Hold.objects.filter(account=account, resolved_at=None).count(),
            "states": dict(Counter(Job.objects.filter(team=self.team).values_list("state", flat=True))),
        }


class Provider(BaseHTTPRequestHandler):
    """Turns away whatever comes, with ``answer``; notes what came after the first such answer was out."""

    answer = 429
    posts = 0
    lock = threading.Lock()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            Provider.posts += 1
        error = {"code": "stop", "message": "Stop", "retry_after": 600}
        body = json.dumps({"error": error}).encode()
        self.send_response(self.answer)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """What ``count`` threads that begin together bring back."""
    gate = threading.Barrier(count)

    def one(_: int) -> object:
        gate.wait()
        try:
            return work()
        finally:
            databases.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def holds() -> dict[str, Any]:
    """64 threads ask for one hold each, of which 20 fit."""
    world = World("holds", base_url="http://127.0.0.1:9/v1")
    return {"asked": Counter(at_once(THREADS, world.order)), **world.books}


def capped() -> dict[str, Any]:
    """64 threads ask for one hold each; the credits suffice for all, the caps for 20."""
    world = World("capped", base_url="http://127.0.0.1:9/v1")
    ledger.grant(team_id=world.team.id, credits=3 * THREADS)
    for member, credits in [(None, 3 * THREADS), (world.acting.user, 3 * FIT)]:
        caps.save(Cap(team=world.team, member=member, credits=credits))
    asked = Counter(at_once(THREADS, world.order))
    uses = [standing.used for standing in caps.standings(team_id=world.team.id)]
    return {"asked": asked, "uses": uses, **world.books}


def resolutions() -> dict[str, Any]:
    """Every hold is captured or released by two threads at once."""
    world = World("resolutions", base_url="http://127.0.0.1:9/v1")
    for _ in range(FIT):
        world.order()
    jobs = iter([*Job.objects.filter(team=world.team)] * 2)
    lock = threading.Lock()

    def resolve() -> str:
        with lock:
            job = next(jobs)
        try:
            ledger.capture(job=job, credits=2)
        except ledger.HoldResolved:
            return "refused"
        return "captured"

    return {"asked": Counter(at_once(2 * FIT, resolve)), **world.books}


def paused(answer: int) -> dict[str, Any]:
    """50 workers and a provider that turns the first request away."""
    Provider.answer, Provider.posts = answer, 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TRUSTED_PROVIDERS = [f"http://127.0.0.1:{server.server_port}"]
    world = World(f"paused-{answer}", base_url=f"{settings.TRUSTED_PROVIDERS[0]}/v1")
    for _ in range(FIT):
        world.order()
    tasks.submit_next(world.connection.id)
    first = Provider.posts
    at_once(WORKERS, lambda: tasks.submit_next(world.connection.id))
    server.shutdown()
    return {"first": first, "posts": Provider.posts, **world.books}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    seen = {"holds": holds(), "capped": capped(), "resolutions": resolutions(), "429": paused(429), "402": paused(402)}
    print(json.dumps(seen))
