"""A thousand requests at one moment against a cap of fifty, at a real web server on both engines.

``PACKSHOT_TEST_REQUESTS`` sends as many as wanted to either.
"""

import asyncio
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import valkey
from tests.operations.running import ROOT, eventually, free_port, surroundings
from tests.seeded_folder import SeededFolder

FIT, PRICE = 50, 5
WANTED = int(os.environ.get("PACKSHOT_TEST_REQUESTS", "0"))
REQUESTS = {"sqlite": WANTED or 400, "postgresql": WANTED or 1_000}
"""SQLite answers them as surely, but one after another, and a suite has little time."""
MOST = max(REQUESTS.values())
PREPARE = f"""
import json
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.generation.credits.machine_world import World
from generation.credits import caps, ledger
from generation.models import Cap
world = World("Northwind")
ledger.grant(team_id=world.team.pk, credits={MOST * PRICE})
caps.save(Cap(team=world.team, credits={FIT * PRICE}))
caps.save(Cap(team=world.team, member_id=world.people[0], credits={MOST * PRICE}))
print(json.dumps([world.asset.pk, world.secrets]))
"""
BOOKS = """
import json
import django
django.setup()
from generation.models import CapPeriod, CreditAccount, Hold, Job, LedgerEntry
account, (period, _) = CreditAccount.objects.get(), CapPeriod.objects.order_by("-held", "cap")
counts = [rows.objects.count() for rows in (Job, Hold)]
print(json.dumps({"held": account.held, "cap": period.held, "counts": counts}))
"""
Answer = tuple[int, str]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seeded: SeededFolder
) -> Iterator[dict[str, str]]:
    """Variables of an installation with this database."""
    folder: Path = tmp_path_factory.mktemp("requests")
    with ExitStack() as stack:
        place = {"PACKSHOT_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        place |= {"REDIS_URL": f"unix://{folder}/valkey.sock", "XDG_RUNTIME_DIR": str(folder)}
        if request.param == "postgresql":
            place["DATABASE_URL"] = request.getfixturevalue("new_database")()
        else:
            seeded.database(folder)
        stack.enter_context(valkey.running(folder / "valkey.sock"))
        yield place


def python(place: dict[str, str], *words: str) -> str:
    command = [sys.executable, *words]
    done = subprocess.run(command, env=surroundings() | place, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def web(place: dict[str, str]) -> Iterator[int]:
    """The web server as ``manage.py up`` starts it; its port."""
    port = free_port()
    options = ["--port", str(port), "--lifespan", "off", "--no-access-log", "--log-level", "error"]
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:application", *options]
    with subprocess.Popen(command, env=surroundings() | place, cwd=ROOT) as process:
        try:
            assert eventually(lambda: answers(port))
            yield port
        finally:
            process.terminate()


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/me", timeout=10)
    except urllib.error.HTTPError as error:
        return error.code == 401
    except OSError:
        return False
    return False


async def at_once(port: int, requests: list[bytes]) -> list[Answer]:
    """What a connection for each request brings, all of them open at the same time."""

    async def one(request: bytes) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
        return int(head.split()[1]), body

    return await asyncio.gather(*map(one, requests))


def request(secret: str, asset: str) -> bytes:
    spec: dict[str, Any] = {"model": "nanobanana2", "asset_id": asset, "prompt": "On marble", "num_images": 1}
    body = json.dumps(spec)
    head = f"POST /v1/generate HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {secret}\r\nConnection: close\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.timeout(900)  # on a busy machine
def test_of_many_requests_at_once_exactly_as_many_succeed_as_the_cap_allows(place: dict[str, str]) -> None:
    count = REQUESTS["postgresql" if "DATABASE_URL" in place else "sqlite"]
    asset, secrets = json.loads(python(place, "-c", PREPARE))
    with web(place) as port:
        asked = [request(secrets[number % len(secrets)], asset) for number in range(count)]
        seen = asyncio.run(at_once(port, asked))
    assert Counter(status for status, _ in seen) == {202: FIT, 402: count - FIT}
    told = {json.loads(body)["error"]["message"].partition(" It resets")[0] for status, body in seen if status == 402}
    assert told == {
        "This costs 5 credits, but the monthly cap of Northwind allows only 0 more (of 250: 0 spent, 250 held)."
    }
    books = json.loads(python(place, "-c", BOOKS))
    assert books == {"held": FIT * PRICE, "cap": FIT * PRICE, "counts": [FIT, FIT]}
    assert "The ledger adds up." in python(place, "manage.py", "ledger_check")
