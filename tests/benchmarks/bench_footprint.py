"""P8: the time from a second start to the first page, the memory of everything, and with --install the first start.

Prints one line of JSON: seconds for the times, MB (10^6 bytes) for memory and disk.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from tests.operations.running import ROOT, Running, processes_of

PAGE = "/accounts/login/"
QUIET = 6.0  # seconds of next to no work that count as rest
BUSY = 0.1  # seconds of processor time in one second that count as work
LONGEST = 300.0  # seconds to wait for rest at most


def first_page(running: Running) -> float:
    """Seconds from the start of the command to the first page."""
    while True:
        try:
            running.get(PAGE)
            return time.monotonic() - running.began
        except (URLError, ConnectionError):
            if running.process.poll() is not None:
                running.wait()
            time.sleep(0.01)


def rest(data: Path) -> None:
    """Wait until nothing is being worked on: a first start draws the demo's covers in the background."""
    quiet_since = began = time.monotonic()
    before = worked(data)
    while time.monotonic() - quiet_since < QUIET and time.monotonic() - began < LONGEST:
        time.sleep(1.0)
        now = worked(data)
        if now - before > BUSY:
            quiet_since = time.monotonic()
        before = now


def worked(data: Path) -> float:
    """Seconds of processor time that everything has used."""
    rows = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in processes_of(data)]
    return sum(int(row[11]) + int(row[12]) for row in rows) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> dict[str, float]:
    """PSS (shared pages counted by share) and RSS of one process, in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {
        line.split(":")[0].lower(): int(line.split()[1]) * 1024 / 1e6 for line in lines if line[:4] in ("Pss:", "Rss:")
    }
    return {"pss": round(sizes["pss"], 1), "rss": round(sizes["rss"], 1)}


def name(command: str) -> str:
    known = ("valkey-server", "uvicorn", " worker ", " beat ", "manage.py up")
    return next((word.strip() for word in known if word in command), command.strip())


@contextmanager
def fresh_clone() -> Iterator[Path]:
    """The tracked files alone, as somebody who has just cloned the project has them."""
    with tempfile.TemporaryDirectory(prefix="packshot-install-") as folder:
        names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for tracked in filter(None, names.split("\0")):
            (Path(folder) / tracked).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / tracked, Path(folder) / tracked)
        yield Path(folder)


def install() -> dict[str, float]:
    """From a fresh clone and a bare Python to the first page."""
    with fresh_clone() as clone:
        running = Running(clone / ".data", project=clone, python=str(Path(sys.base_prefix) / "bin" / "python3"))
        page = first_page(running)
        running.wait().stop()
        size = sum(path.lstat().st_size for path in (clone / ".venv").rglob("*") if not path.is_symlink())
    return {"install_to_first_page_s": round(page, 2), "install_mb": round(size / 1e6, 1)}


def measure(runs: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="packshot-footprint-") as folder:
        data = Path(folder) / "data"
        running = Running(data)
        first = first_page(running)
        running.wait()
        rest(data)
        running.stop()
        pages, readies, stops = [], [], []
        for _ in range(runs):
            running = Running(data)
            pages.append(first_page(running))
            running.wait()
            readies.append(time.monotonic() - running.began)
            if len(pages) == runs:
                rest(data)
                parts = {name(command): memory(pid) for pid, command in processes_of(data).items()}
            began = time.monotonic()
            running.stop()
            stops.append(time.monotonic() - began)
    pages.sort()
    return {
        "n": runs,
        "p50": round(statistics.median(pages), 2),
        "p95": round(pages[int(0.95 * (runs - 1))], 2),
        "p99": round(pages[-1], 2),
        "ready_s": round(statistics.median(readies), 2),
        "stop_s": round(statistics.median(stops), 2),
        "first_start_s": round(first, 2),
        "pss_mb": round(sum(part["pss"] for part in parts.values()), 1),
        "rss_mb": round(sum(part["rss"] for part in parts.values()), 1),
        "parts": parts,
    }


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="second starts to time; default: 5")
    parser.add_argument("--install", action="store_true", help="also install a fresh clone (takes about a minute)")
    options = parser.parse_args()
    figures: dict[str, object] = {"what": "P8", **measure(options.runs)}
    if options.install:
        figures.update(install())
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
