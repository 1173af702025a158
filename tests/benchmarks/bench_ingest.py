"""P11: 1-megapixel pictures downloaded, verified, derived and stored a second, with a worker's eight threads.

The floor, in the same run: the same downloads, each written to a file and nothing else. Prints one line of JSON.
"""

import json
import os
import resource
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.benchmarks.pictures import megapixel, percentile

THREADS = 8


class Pictures(BaseHTTPRequestHandler):
    """A provider's file server."""

    body = megapixel()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


def timed(work: Callable[[int], None], n: int) -> tuple[list[float], float]:
    """Seconds of each piece of work, and of all of it, on the worker's threads."""

    def one(number: int) -> float:
        began = time.perf_counter()
        work(number)
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        each = list(pool.map(one, range(n)))
    return each, time.perf_counter() - began


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100)
    n = parser.parse_args().n
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PACKSHOT_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        import django

        django.setup()
        from generation.media import pictures
        from generation.network import download

        def floor(number: int) -> None:
            Path(folder, f"{number}.jpg").write_bytes(download.download(url, max_bytes=10_000_000, trusted=[url]))

        def ingest(number: int) -> None:
            data = download.download(url, max_bytes=10_000_000, trusted=[url])
            pictures.store(pictures.read_picture(data, max_bytes=10_000_000), folder=f"pictures/{number}")

        _, floor_all = timed(floor, n)
        each, whole = timed(ingest, n)
    server.shutdown()
    figures = {
        "what": "P11",
        "n": n,
        "p50": round(percentile(each, 0.5), 3),
        "p95": round(percentile(each, 0.95), 3),
        "p99": round(percentile(each, 0.99), 3),
        "throughput": round(n / whole, 1),
        "floor_throughput": round(n / floor_all, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
