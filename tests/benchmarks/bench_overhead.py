"""P5: what Packshot adds to the provider's own time, through real processes.

`click`: from our API's request to the provider's receipt of the POST. `visible`: from our acknowledgement of the
webhook to the live event, in another client, that the 1-megapixel picture is stored. The provider is instant and
stands in this process. Prints one line of JSON; seconds.
"""

import json
import queue
import tempfile
import threading
import time
from argparse import ArgumentParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.benchmarks.pictures import megapixel, percentile
from tests.operations.running import Running
from tests.pipeline.studio import Studio


class Provider(BaseHTTPRequestHandler):
    """Accepts everything, finishes at once, and tells when it was asked."""

    picture = megapixel()
    posts: "queue.Queue[tuple[float, str, str]]" = queue.Queue()
    count = 0

    def do_POST(self) -> None:
        received = time.perf_counter()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/training-asset"):
            self._answer(201, {"asset_id": "asset_1"})
            return
        Provider.count += 1
        job_id = f"job_{Provider.count}"
        self._answer(202, {"job_id": job_id, "status": "pending", "num_images": 1, "model": "nanobanana"})
        self.posts.put((received, job_id, json.loads(body)["webhook_url"]))

    def do_GET(self) -> None:
        if self.path.endswith(".jpg"):
            self._send(200, "image/jpeg", self.picture)
            return
        picture = {"url": f"http://{self.headers['Host']}/sandbox/files/1.jpg", "width": 1024, "height": 1024}
        job = {"job_id": self.path.rpartition("/")[2], "status": "completed", "images": [picture], "tokens_used": 3}
        self._answer(200, job)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def sign_in(studio: Studio) -> requests.Session:
    """A second browser, as far as a listener needs one."""
    browser = requests.Session()
    page = f"{studio.url}/accounts/login/"
    token = browser.get(page, timeout=30).text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    user = studio.running.ready["users"][0]
    form = {"login": user["email"], "password": user["password"], "csrfmiddlewaretoken": token}
    browser.post(page, data=form, headers={"Referer": page}, timeout=30).raise_for_status()
    return browser


def listen(studio: Studio, completed: "queue.Queue[float]") -> None:
    """Put down when the live stream says that a job is completed."""
    with sign_in(studio).get(f"{studio.url}/events/", stream=True, timeout=300) as stream:
        stream.raise_for_status()
        completed.put(0)
        for line in stream.iter_lines(chunk_size=1):
            if line.startswith(b"data:") and json.loads(line[5:]).get("state") == "completed":
                completed.put(time.perf_counter())


def measure(studio: Studio, n: int) -> tuple[list[float], list[float]]:
    completed: queue.Queue[float] = queue.Queue()
    threading.Thread(target=listen, args=(studio, completed), daemon=True).start()
    completed.get(timeout=30)
    asset = studio.upload()
    clicks, visible = [], []
    for number in range(n + 1):
        began = time.perf_counter()
        studio.generate(asset)
        received, job_id, hook = Provider.posts.get(timeout=30)
        time.sleep(0.05)  # the worker writes the acceptance down; a provider takes longer than that
        requests.post(f"{studio.url}{urlsplit(hook).path}", json={"job_id": job_id}, timeout=30).raise_for_status()
        told = time.perf_counter()
        seen = completed.get(timeout=60)
        if number:  # the first one uploads the photo
            clicks.append(received - began)
            visible.append(seen - told)
    return clicks, visible


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=50)
    n = parser.parse_args().n
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="packshot-overhead-") as folder:
        # The provider stands where the built-in one would, so that its pictures may come from this machine.
        place = {"PACKSHOT_PUBLIC_URL": f"http://127.0.0.1:{server.server_port}"}
        running = Running(Path(folder) / "data", variables=place).wait()
        try:
            studio = Studio.of(running, place)
            studio.shell("connection.plan_limit = 6000; connection.save()")
            clicks, visible = measure(studio, n)
        finally:
            running.stop()
    names = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    click = {name: round(percentile(clicks, share), 4) for name, share in names.items()}
    seen = {name: round(percentile(visible, share), 4) for name, share in names.items()}
    print(json.dumps({"what": "P5", "n": n, "click": click, "visible": seen}))


if __name__ == "__main__":
    main()
