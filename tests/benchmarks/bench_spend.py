"""P7: the spend and the ledger pages, and their files, over ten million ledger entries of one team, on PostgreSQL.

Entries are made by the database itself: a year of holds, captures and releases by 60 members and 12 keys for 4,000
combinations of project, preset version and model, some 1,000 of them in use in a season. They share one job for each
combination, whose pictures are in part approved. The roll-up is then counted by ``manage.py rollup`` and compared.

The floor, in the same run: the sums of two whole months, which the page cannot do without, as bare SQL.
Prints one line of JSON; seconds.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests import servers, valkey
from tests.benchmarks.pictures import percentile
from tests.operations.running import ROOT, surroundings

SEASONS, COMBINATIONS = 4, 1000
"""How often in a year the work changes, and how many combinations are in use in between."""

ENTRIES = """
INSERT INTO generation_ledgerentry (account_id, kind, granted, held, spent, job_id, actor_id, reason, created_at,
    project_id, member_id, api_key_id, preset_version_id, model, pictures)
SELECT job.team_id, entry.kind, 0, entry.held * job.price, entry.spent * job.price, job.id, NULL, '',
    drawn.at + entry.after, job.project_id, job.member_id, job.api_key_id, job.preset_version_id, job.model,
    entry.spent * job.num_images
FROM (
    SELECT number, number %% 20 = 0 AS is_released,
        floor(number * %(seasons)s::float8 / %(jobs)s)::int * %(combinations)s
            + floor(%(combinations)s * power((hashint4(number) + 2147483648::float8) / 4294967296, 2))::int AS place,
        date_trunc('day', now()) - interval '1 day' * floor((%(jobs)s - 1 - number) * 365.0 / %(jobs)s)
            + interval '1 minute' * (480 + (hashint4(number + 1) & 511)) - interval '1 day' AS at
    FROM generate_series(0, %(jobs)s - 1) AS number
) AS drawn
JOIN combination ON combination.place = drawn.place
JOIN generation_job AS job ON job.id = combination.job_id
CROSS JOIN LATERAL (VALUES
    ('hold', 1, 0, interval '0'),
    (CASE WHEN drawn.is_released THEN 'release' ELSE 'capture' END, -1, CASE WHEN drawn.is_released THEN 0 ELSE 1 END,
     interval '40 seconds')
) AS entry (kind, held, spent, after)
"""
ACCOUNT = """
UPDATE generation_creditaccount SET (granted, held, spent) =
    (SELECT sum(granted), sum(held), sum(spent) FROM generation_ledgerentry WHERE account_id = team_id)
"""
BY_DAY = """
SELECT day, spent, pictures, approved FROM generation_dailytotal WHERE team_id = %s AND day BETWEEN %s AND %s
"""
BY_GROUP = """
SELECT project, member, api_key, preset_version, model, sum(spent) FILTER (WHERE month = %s), sum(pictures),
    sum(approved), sum(spent) FILTER (WHERE month < %s)
FROM generation_monthlyspend WHERE team_id = %s AND month BETWEEN %s AND %s
GROUP BY project, member, api_key, preset_version, model
"""


def people() -> Any:
    """A team with an owner who signs in, and with whatever its jobs need."""
    from django.core.management import call_command

    from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
    from generation.credits import ledger

    call_command("migrate", verbosity=0)
    team = Team.objects.create(name="Northwind")
    users = [User(email=f"p{n}@example.com", username=f"p{n}@example.com", name=f"Person {n}") for n in range(60)]
    users = User.objects.bulk_create(users)
    roles = [Role.OWNER] + [Role.CREATOR] * 59
    Membership.objects.bulk_create(Membership(team=team, user=u, role=r) for u, r in zip(users, roles, strict=True))
    for number in range(12):
        ApiKey.issue(team=team, name=f"Script {number}", created_by=users[0])
    ledger.grant(team_id=team.id, credits=1_000_000_000)
    return team, users


def jobs(team: Any, users: list[Any]) -> list[str]:
    """A job for each combination, with its pictures, in the order of their seasons."""
    from dashboard.accounts.models import ApiKey
    from dashboard.presets.models import Preset, PresetVersion
    from dashboard.projects.models import Product, Project
    from generation.contract import CATALOGUE
    from generation.models import Asset, Batch, Connection, Image, Job

    draw = random.Random(7)
    connection = Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="key")
    asset = Asset.objects.create(team=team, width=1, height=1, size=1, sha256="0" * 64)
    product = Product.objects.create(team=team, name="Mug", asset=asset)
    batch = Batch.objects.create(team=team, member=users[0])
    projects = Project.objects.bulk_create(Project(team=team, name=f"Campaign {number}") for number in range(48))
    presets = Preset.objects.bulk_create(Preset(team=team, name=f"Scene {number}") for number in range(120))
    versions = PresetVersion.objects.bulk_create(
        PresetVersion(preset=preset, number=number, template="On marble") for preset in presets for number in (1, 2, 3)
    )
    keys, models = list(ApiKey.objects.all()), list(CATALOGUE.values())
    shared = {"team": team, "connection": connection, "asset": asset, "product": product, "batch": batch}
    made = []
    for _ in range(SEASONS * COMBINATIONS):
        person, key = (None, draw.choice(keys)) if draw.random() < 0.15 else (draw.choice(users), None)
        model, count = draw.choice(models), draw.randint(1, 4)
        facts = {"model": model.name, "num_images": count, "price": count * model.credits, "state": "completed"}
        whose = {"project": draw.choice(projects), "preset_version": draw.choice(versions)}
        made.append(Job(**shared, **facts, **whose, member=person, api_key=key, prompt="On marble"))
    Job.objects.bulk_create(made, batch_size=1000)
    Image.objects.bulk_create(
        Image(team=team, job=job, index=n, source_url="x", review="approved" if draw.random() < 0.6 else "")
        for job in made
        for n in range(job.num_images)
    )
    return [job.id for job in made]


def entries(ids: list[str], n: int) -> None:
    """``n`` rows without the price of checking and indexing them one by one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE combination (place int PRIMARY KEY, job_id text)")
        cursor.executemany("INSERT INTO combination VALUES (%s, %s)", list(enumerate(ids)))
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'generation_ledgerentry'"
            " AND indexdef NOT LIKE '%UNIQUE%'"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET session_replication_role = replica")  # the jobs are there: look up no key
        cursor.execute(ENTRIES, {"jobs": n // 2, "seasons": SEASONS, "combinations": COMBINATIONS})
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute(ACCOUNT)
        cursor.execute("VACUUM ANALYZE")


def peak() -> float:
    """Megabytes that this process ever took."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1)


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def spread(work: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Quantiles of the seconds it takes, once it is warm."""
    work()
    work()
    taken = [timed(work) for _ in range(rounds)]
    return {name: round(percentile(taken, share), 4) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}


def floor(team_id: str, today: date) -> Callable[[], None]:
    """The sums of this month and the one before, by the day and by combination."""
    from django.db import connection

    month = today.replace(day=1)
    first = (month - timedelta(days=1)).replace(day=1)

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(BY_DAY, [team_id, first, today])
            cursor.fetchall()
            cursor.execute(BY_GROUP, [month, month, team_id, first, month])
            cursor.fetchall()

    return read


def pages(browser: Any, team: Any, user: Any, rounds: int) -> dict[str, dict[str, float]]:
    from django.utils import timezone

    from dashboard.projects.models import Project

    project = Project.objects.filter(team=team).first()
    assert project is not None
    today = timezone.now().date()
    a_year = f"from={today - timedelta(days=364)}&to={today}"
    addresses = {
        "spend": "/spend/",
        "spend_month_before": f"/spend/?period={(today.replace(day=1) - timedelta(days=1)):%Y-%m}",
        "spend_project": f"/spend/?project={project.id}",
        "spend_90_days": "/spend/?period=90",
        "spend_year": f"/spend/?{a_year}",
        "ledger": "/spend/ledger/",
        "ledger_filtered": f"/spend/ledger/?kind=spent&member={user.pk}",
        "ledger_day": f"/spend/ledger/?kind=spent&from={today - timedelta(days=200)}&to={today - timedelta(days=200)}",
    }

    def opened(address: str) -> None:
        assert browser.get(address).status_code == 200, address

    def at(address: str) -> Callable[[], None]:
        return lambda: opened(address)

    return {name: spread(at(address), rounds) for name, address in addresses.items()}


def download(browser: Any, address: str) -> dict[str, float]:
    """First byte, lines a second, and by how much the process grew."""
    before, began = peak(), time.perf_counter()
    content: Iterator[bytes] = browser.get(address).streaming_content
    size = lines = 0
    first = 0.0
    for block in content:
        first = first or time.perf_counter() - began
        size += len(block)
        lines += block.count(b"\n")
    seconds = time.perf_counter() - began
    figures = {"first_byte": round(first, 3), "lines": lines, "mb": round(size / 1e6, 1), "seconds": round(seconds, 2)}
    return figures | {"lines_a_second": round(lines / seconds), "grew_mb": round(peak() - before, 1)}


def measure(n: int, rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from generation.models import DailySpend, LedgerEntry, MonthlySpend

    settings.ALLOWED_HOSTS.append("testserver")
    team, users = people()
    made = timed(lambda: entries(jobs(team, users), n))
    before = peak()
    counted = timed(lambda: call_command("rollup", stdout=sys.stderr))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the server does by itself before long
    grew = round(peak() - before, 1)
    checked = timed(lambda: call_command("rollup", "--check", stdout=sys.stderr))
    browser = Client()
    browser.force_login(users[0])
    today = timezone.now().date()
    shown = pages(browser, team, users[0], rounds)
    bare = spread(floor(team.id, today), rounds)
    a_week = f"from={today - timedelta(days=60)}&to={today - timedelta(days=54)}"
    return {
        "what": "P7",
        "engine": "postgresql",
        "n": LedgerEntry.objects.count(),
        "rows": {"days": DailySpend.objects.count(), "months": MonthlySpend.objects.count()},
        "rounds": rounds,
        "made": round(made, 1),
        "rollup": {"seconds": round(counted, 1), "grew_mb": grew, "check_seconds": round(checked, 1)},
        **shown,
        "floor": bare,
        "ratio": round(shown["spend"]["p50"] / bare["p50"], 2),
        "spend_csv_year": download(browser, f"/spend/export.csv?from={today - timedelta(days=364)}&to={today}"),
        "ledger_csv_week": download(browser, f"/spend/ledger.csv?{a_week}"),
        "peak_mb": peak(),
        "load": round(os.getloadavg()[0], 2),
    }


def child(options: list[str], variables: dict[str, str]) -> None:
    """Settings are read once in a process, and the database is known only now."""
    with tempfile.TemporaryDirectory(prefix="packshot-spend-") as folder:
        place = {"PACKSHOT_DATA_DIR": folder, "REDIS_URL": f"unix://{folder}/valkey.sock", "XDG_RUNTIME_DIR": folder}
        place |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings", **variables}
        command = [sys.executable, "-m", "tests.benchmarks.bench_spend", "--measure", *options]
        with valkey.running(Path(folder) / "valkey.sock"):
            subprocess.run(command, env=surroundings() | place, cwd=ROOT, check=True)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--measure", action="store_true", help="measure in this process")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.n, options.rounds)))
        return
    with servers.postgresql() as address:
        child(["--n", str(options.n), "--rounds", str(options.rounds)], {"DATABASE_URL": address})


if __name__ == "__main__":
    main()
