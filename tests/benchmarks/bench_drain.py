"""P6: queued jobs that an ordinary installation drains a second, against a provider that needs no time.

The provider stands in this process: it accepts, tells by webhook at once, and serves one small picture. Everything
else is `manage.py up` as it comes, with an unlimited plan. Memory is the worker's after 20, 50 and 100 percent.
Prints one line of JSON for each engine.
"""

import io
import itertools
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image

from tests import servers
from tests.operations.running import ROOT, Running, surroundings

SHARES = (0.2, 0.5, 1.0)
PREPARE = """
import sys
from dashboard.accounts.access import Actor
from dashboard.accounts.models import Membership
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.credits import ledger
from generation.provider import connections
from generation.models import Connection
n, connection = int(sys.stdin.read()), Connection.objects.get()
connection.plan_limit = 1_000_000
connection.save()
connections.stop(connection, pause=Connection.Pause.KEY, message="Not yet")
member = Membership.objects.filter(team=connection.team, role__gte=20).first()
acting = Actor(connection.team, member.role, user=member.user)
ledger.grant(team_id=connection.team_id, credits=10 * n)
product = Product.objects.first()
spec = JobSpec(product=product, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
while n > 0:
    start(acting, specs=[spec] * min(n, 2500))
    n -= 2500
"""
COUNT = """
import sys
from django.db.models import Count, Q
from generation.models import TERMINAL, Job
for _ in sys.stdin:
    print(Job.objects.filter(state__in=TERMINAL).count(), flush=True)
"""
RESUME = "from generation.provider import connections; connections.resume(connections.Connection.objects.get())"


class Provider(BaseHTTPRequestHandler):
    """Accepts everything and has it done."""

    protocol_version = "HTTP/1.1"
    picture = b""
    side = 64
    numbers = itertools.count(1)
    told: "queue.Queue[tuple[str, str]]" = queue.Queue()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/training-asset"):
            self._answer(201, {"asset_id": "asset_1"})
            return
        job_id = f"job_{next(self.numbers)}"
        self._answer(202, {"job_id": job_id, "status": "pending", "num_images": 1, "model": "nanobanana"})
        self.told.put((json.loads(body).get("webhook_url", ""), job_id))

    def do_GET(self) -> None:
        if self.path.endswith(".jpg"):
            self._send(200, "image/jpeg", self.picture)
            return
        link = {"url": f"http://{self.headers['Host']}/sandbox/files/1.jpg", "width": self.side, "height": self.side}
        job = {"job_id": self.path.rpartition("/")[2], "status": "completed", "images": [link], "tokens_used": 3}
        self._answer(200, job)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        pass


def tell(running: Running) -> None:
    """Send the webhooks."""
    with requests.Session() as session:
        while True:
            address, job_id = Provider.told.get()
            if address:
                session.post(f"http://127.0.0.1:{running.port}{urlsplit(address).path}", json={"job_id": job_id})


def manage(place: dict[str, str], code: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", code]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    return subprocess.Popen(command, env=surroundings() | place, **pipes)


def load() -> float:
    return round(os.getloadavg()[0], 2)


def resident(pid: int) -> float:
    """Megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def busy(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settle_down(pid: int) -> None:
    """Wait until the worker has drawn the covers of a first start."""
    while True:
        before = busy(pid)
        time.sleep(2)
        if busy(pid) - before < 0.2:
            return


def drain(running: Running, place: dict[str, str], n: int) -> dict[str, Any]:
    manage(place, PREPARE).communicate(str(n))
    counter, worker = manage(place, COUNT), running.pid(" worker ")
    assert counter.stdin
    assert counter.stdout

    def finished() -> int:
        print(file=counter.stdin, flush=True)
        return int(counter.stdout.readline())  # type: ignore[union-attr]

    memory, before = {}, finished()
    settle_down(worker)
    parts = {"worker": worker, "web": running.pid("uvicorn")}
    spent = {part: busy(pid) for part, pid in parts.items()}
    manage(place, RESUME).communicate()
    began, waiting = time.perf_counter(), list(SHARES)
    done = 0
    while waiting:
        done = finished() - before
        while waiting and done >= waiting[0] * n:
            memory[f"{waiting.pop(0):.0%}"] = round(resident(worker), 1)
        if waiting:
            time.sleep(0.5)
    seconds = time.perf_counter() - began
    counter.communicate()
    cpu = {part: round((busy(pid) - spent[part]) / n * 1000, 2) for part, pid in parts.items()}
    rate = round(n / seconds, 1)
    return {
        "n": n,
        "seconds": round(seconds, 1),
        "throughput": rate,
        "cpu_ms_a_job": cpu,
        "worker_mb": memory,
        "load": load(),
    }


@contextmanager
def engine(name: str) -> Iterator[dict[str, str]]:
    """Variables that choose the database."""
    if name == "sqlite":
        yield {}
        return
    with servers.postgresql() as address:
        yield {"DATABASE_URL": address}


def run(name: str, options: Namespace) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    out = io.BytesIO()
    Image.effect_noise((options.side, options.side), 30).convert("RGB").save(out, "JPEG")
    Provider.picture, Provider.side = out.getvalue(), options.side
    with tempfile.TemporaryDirectory(prefix="packshot-drain-") as folder, engine(name) as database:
        # The provider stands where the built-in one would, so that its pictures may come from this machine.
        here = f"http://127.0.0.1:{server.server_port}"
        variables = {"PACKSHOT_PUBLIC_URL": here, "PACKSHOT_TRUSTED_PROVIDERS": here, **database}
        running = Running(Path(folder) / "data", variables=variables).wait()
        place = {"PACKSHOT_DATA_DIR": str(running.data), "PACKSHOT_PORT": str(running.port), **variables}
        for _ in range(options.tellers):
            threading.Thread(target=tell, args=(running,), daemon=True).start()
        before = load()
        try:
            figures = drain(running, place, options.n)
        finally:
            running.stop()
    server.shutdown()
    print(json.dumps({"what": "P6", "engine": name, "side": options.side, **figures, "load_before": before}))


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--side", type=int, default=64, help="pixels of the picture's side")
    parser.add_argument("--tellers", type=int, default=4, help="webhooks under way at once; 0: none, all is polled")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    for name in options.engine or ["sqlite", "postgresql"]:
        run(name, options)


if __name__ == "__main__":
    main()
