"""P4: one press that starts a batch of 1,000 jobs, with holds, ledger entries and audit, at the server.

The floor, in the same run: the same rows under new keys by bare SQL in one transaction. Prints one line of JSON for
each engine; seconds.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from tests import servers, valkey
from tests.benchmarks.pictures import percentile
from tests.operations.running import ROOT, surroundings


def prepare(n: int) -> Callable[[], str]:
    """The press of a member, on a database just made; it gives the batch's id."""
    import django

    django.setup()
    from django.core.management import call_command

    from dashboard.accounts.access import Actor
    from dashboard.accounts.idempotency import Order, once
    from dashboard.accounts.models import Role, Team, User
    from dashboard.projects.models import Product
    from dashboard.studio.actions import JobSpec, start
    from generation.credits import ledger
    from generation.models import Asset, Connection

    call_command("migrate", verbosity=0)
    team = Team.objects.create(name="Northwind")
    user = User.objects.create_user(email="bob@example.com", password=None)
    Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="key")
    ledger.grant(team_id=team.id, credits=100_000_000)
    asset = Asset.objects.create(team=team, width=1, height=1, size=1, sha256="0" * 64)
    products = [Product.objects.create(team=team, name=f"Mug {number}", asset=asset) for number in range(20)]
    prompt = "On a marble table by a window, soft morning light, " * 4
    shapes: dict[str, Any] = {"model": "nanobanana", "aspect_ratio": "1:1", "num_images": 2}
    # No two prompts are alike, as with a thousand products.
    specs = [JobSpec(product=products[number % 20], prompt=f"{prompt}mug {number}", **shapes) for number in range(n)]
    acting, tokens = Actor(team, Role.CREATOR, user=user), count()

    def press() -> str:
        order = Order(scope="user:1", key=str(next(tokens)), digest="0" * 64)
        made, _ = once(order, lambda: {"batch": start(acting, specs=specs).id})
        return str(made["batch"])

    return press


def copies(batch_id: str) -> list[tuple[str, list[list[Any]]]]:
    """The batch's rows with new keys, as statements and their values."""
    from django.db import connection

    from generation.database.public_ids import new_id

    keys: dict[str, str] = {}
    found = []
    with connection.cursor() as cursor:
        for table, own, key in (
            ("generation_job", "batch_id = %s", "id"),
            ("generation_hold", "job_id IN (SELECT id FROM generation_job WHERE batch_id = %s)", "job_id"),
            ("generation_ledgerentry", "job_id IN (SELECT id FROM generation_job WHERE batch_id = %s)", "job_id"),
        ):
            cursor.execute(f"SELECT * FROM {table} WHERE {own}", [batch_id])  # noqa: S608
            names = [column[0] for column in cursor.description]
            kept = [place for place, name in enumerate(names) if not (table.endswith("entry") and name == "id")]
            rows = [list(row) for row in cursor.fetchall()]
            for row in rows:
                at = names.index(key)
                row[at] = keys.setdefault(row[at], new_id("job"))
            columns, marks = ", ".join(f'"{names[place]}"' for place in kept), ", ".join(["%s"] * len(kept))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
            found.append((statement, [[_plain(row[place]) for place in kept] for row in rows]))
    return found


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def floor(statements: list[tuple[str, list[list[Any]]]]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for statement, rows in statements:
            cursor.executemany(statement, rows)


def measure(name: str, n: int, rounds: int) -> dict[str, Any]:
    press = prepare(n)
    pressed, bare = [], []
    for number in range(rounds + 2):
        began = time.perf_counter()
        batch_id = press()
        between = time.perf_counter()
        statements = copies(batch_id)
        ready = time.perf_counter()
        floor(statements)
        if number >= 2:
            pressed.append(between - began)
            bare.append(time.perf_counter() - ready)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    figures = {share: round(percentile(pressed, part), 4) for share, part in shares.items()}
    return {
        "what": "P4",
        "engine": name,
        "n": n,
        "rounds": rounds,
        **figures,
        "floor_p50": round(percentile(bare, 0.5), 4),
        "ratio": round(percentile(pressed, 0.5) / percentile(bare, 0.5), 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        "load": round(os.getloadavg()[0], 2),
    }


def child(name: str, n: int, rounds: int, variables: dict[str, str]) -> None:
    """Settings are read once in a process, so each engine gets one of its own."""
    with tempfile.TemporaryDirectory(prefix="packshot-batch-") as folder:
        place = {"PACKSHOT_DATA_DIR": folder, "REDIS_URL": f"unix://{folder}/valkey.sock", "XDG_RUNTIME_DIR": folder}
        place |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings", **variables}
        command = [sys.executable, "-m", "tests.benchmarks.bench_batch", "--measure", name]
        with valkey.running(Path(folder) / "valkey.sock"):
            asked = [*command, "--n", str(n), "--rounds", str(rounds)]
            subprocess.run(asked, env=surroundings() | place, cwd=ROOT, check=True)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--measure", help="measure in this process, on the engine of this name")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.n, options.rounds)))
        return
    child("sqlite", options.n, options.rounds, {})
    with servers.postgresql() as address:
        child("postgresql", options.n, options.rounds, {"DATABASE_URL": address})


if __name__ == "__main__":
    main()
