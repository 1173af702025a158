"""P1: pages of the gallery of one team with a million pictures, and with ten thousand, on PostgreSQL; files on a disk.

Rows are copies that the database itself makes of one job and one picture: two pictures a job over three years, 48
projects of which eight are in use at a time, 500 products, most pictures approved. Each page is the whole request in
this process, with middleware and templates. Prints one line of JSON for each size; seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import servers, valkey
from tests.benchmarks.pictures import percentile
from tests.operations.running import ROOT, surroundings

COPY = """
INSERT INTO {table} SELECT (row).* FROM (
    SELECT jsonb_populate_record(NULL::{table}, to_jsonb(first) || {changes}) AS row
    FROM {table} AS first, {source} WHERE first.id = %(first)s OFFSET 0
) AS made
"""
MADE_AT = "now() - (%(jobs)s - n) * interval '3 years' / %(jobs)s"
JOBS = COPY.format(
    table="generation_job",
    source="generate_series(1, %(jobs)s) AS n",
    changes=f"""jsonb_build_object(
        'id', 'job_' || lpad(n::text, 26, '0'), 'created_at', {MADE_AT}, 'fingerprint', md5(n::text),
        'project_id', (%(projects)s::text[])[1 + (n::bigint * 40 / %(jobs)s + (hashint4(n) & 7)) %% 48],
        'product_id', (%(products)s::text[])[1 + n %% 500], 'model', (%(models)s::text[])[1 + n %% 5])""",
)
PICTURES = COPY.format(
    table="generation_image",
    source="generate_series(1, %(jobs)s) AS n, generate_series(0, 1) AS place",
    changes=f"""jsonb_build_object(
        'id', 'img_' || lpad((2 * n + place)::text, 26, '0'), 'job_id', 'job_' || lpad(n::text, 26, '0'),
        'index', place, 'created_at', {MADE_AT}, 'stored_at', {MADE_AT},
        'review', (ARRAY['approved', 'approved', '', 'rejected'])[1 + (hashint4(2 * n + place) & 3)])""",
)


def seed(n: int) -> Any:
    """A team with ``n`` pictures, and its owner."""
    from django.core.management import call_command
    from django.db import connection

    from dashboard.accounts.models import Membership, Role, Team, User
    from dashboard.projects.models import Product, Project
    from generation.contract import CATALOGUE
    from generation.counts import recount
    from generation.credits import ledger
    from generation.models import Asset, Batch, Connection, Image, Job

    call_command("migrate", verbosity=0)
    team = Team.objects.create(name="Northwind")
    user = User.objects.create_user(email="alice@example.com", password=None, name="Alice")
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    ledger.grant(team_id=team.id, credits=1_000_000)
    asset = Asset.objects.create(team=team, width=1, height=1, size=1, sha256="0" * 64)
    named = [f"Product {number}" for number in range(500)]
    products = Product.objects.bulk_create(Product(team=team, name=name, asset=asset) for name in named)
    projects = Project.objects.bulk_create(Project(team=team, name=f"Campaign {number}") for number in range(48))
    job = Job.objects.create(
        team=team,
        batch=Batch.objects.create(team=team, member=user),
        connection=Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="key"),
        product=products[0],
        asset=asset,
        member=user,
        prompt="On white marble, in the morning light that comes from the left",
        model="nanobanana",
        price=6,
        num_images=2,
        state="completed",
    )
    keys = {name: f"{team.id}/pictures/{name}.webp" for name in ("original", "display", "thumbnail")}
    facts = {
        "mime": "image/png",
        "size": 900_000,
        "width": 1024,
        "height": 1024,
        "thumb_hash": "3OcRJYB4d3h/iIeHeEh3eIhw",
    }
    image = Image.objects.create(team=team, job=job, index=0, source_url="x", **keys, **facts)
    values = {
        "jobs": n // 2,
        "projects": [project.id for project in projects],
        "products": [product.id for product in products],
        "models": list(CATALOGUE)[:5],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what they refer to is there
        cursor.execute(JOBS, values | {"first": job.id})
        cursor.execute(PICTURES, values | {"first": image.id})
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    began = time.perf_counter()
    recount.count_totals(team.id)
    recount.count_days(team.id)
    counted = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return team, user, projects[0], counted


def spread(work: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Quantiles of the seconds it takes, once it is warm."""
    work()
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return {name: round(percentile(taken, share), 4) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}


def measure(n: int, rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from generation.models import Image

    settings.ALLOWED_HOSTS.append("testserver")
    team, user, project, counted = seed(n)
    browser = Client()
    browser.force_login(user)
    ids = Image.objects.in_gallery().filter(team=team).order_by("-id").values_list("id", flat=True)
    script = {"HX-Request": "true"}
    addresses: dict[str, tuple[str, dict[str, str]]] = {
        "first": ("/gallery/", {}),
        "next": (f"/gallery/?before={ids[99]}", script),
        "deepest": (f"/gallery/?before={ids.reverse()[101]}", script),
        "project": (f"/gallery/?project={project.id}", {}),
        "review": ("/gallery/?review=rejected", {}),
        "model": ("/gallery/?model=nanobanana2", {}),
        "picture": (f"/gallery/{ids[0]}/", script),
        "spend": ("/spend/", {}),
        "projects": ("/projects/", {}),
        "project_page": (f"/projects/{project.id}/", {}),
        "products": ("/products/", {}),
        "generate": ("/generate/", {}),
    }

    def at(address: str, headers: dict[str, str]) -> Callable[[], None]:
        def opened() -> None:
            assert browser.get(address, headers=headers).status_code == 200, address

        return opened

    pages = {name: spread(at(*asked), rounds) for name, asked in addresses.items()}
    load = round(os.getloadavg()[0], 2)
    return (
        {"what": "P1", "engine": "postgresql", "n": n, "rounds": rounds, "counted": round(counted, 2)}
        | pages
        | {"load": load}
    )


def child(n: int, rounds: int, variables: dict[str, str]) -> None:
    """Settings are read once in a process, and the database is known only now."""
    with tempfile.TemporaryDirectory(prefix="packshot-gallery-") as folder:
        place = {"PACKSHOT_DATA_DIR": folder, "REDIS_URL": f"unix://{folder}/valkey.sock", "XDG_RUNTIME_DIR": folder}
        place |= {"DJANGO_SETTINGS_MODULE": "dashboard.settings", **variables}
        command = [sys.executable, "-m", "tests.benchmarks.bench_gallery", "--measure", str(n), "--rounds", str(rounds)]
        with valkey.running(Path(folder) / "valkey.sock"):
            subprocess.run(command, env=surroundings() | place, cwd=ROOT, check=True)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--measure", type=int, help="measure so many pictures in this process")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.rounds)))
        return
    for n in options.n:
        with servers.postgresql() as address:
            child(n, options.rounds, {"DATABASE_URL": address})


if __name__ == "__main__":
    main()
