"""A program for tests: days on the database that ``DATABASE_URL`` names. Prints one JSON object."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import django

django.setup()

import time_machine  # noqa: E402 (models need the line above)
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from dashboard.accounts.access import Actor  # noqa: E402
from dashboard.accounts.models import Role, Team, User  # noqa: E402
from dashboard.projects.models import Product  # noqa: E402
from dashboard.spend.overview import report  # noqa: E402
from generation.credits import ledger, rebuild  # noqa: E402
from generation.models import Asset, Connection, CreditAccount, DailySpend  # noqa: E402
from tests.spend.spending import pay  # noqa: E402


def found(team: Team) -> list[str]:
    account = CreditAccount.objects.get(team=team)
    return [f"{one.day} {one.row}: {one.sentence}" for one in rebuild.differences(account)]


def kept(team: Team) -> list[Any]:
    rows = DailySpend.objects.filter(team=team, spent__gt=0).order_by("day", "model")
    return [[str(row.day), row.model, row.spent, row.jobs, row.pictures, row.approved] for row in rows]


def plans(acting: Actor) -> list[str]:
    """How the overview's sums are read where reading the whole table is no choice."""
    with (
        time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC), tick=False),
        CaptureQueriesContext(connection) as asked,
    ):
        report.overview(acting, QueryDict("period=2026-11"))
    reads = [query["sql"] for query in asked.captured_queries if re.search("daily|monthly", query["sql"])]
    is_sqlite = connection.vendor == "sqlite"
    told = []
    with connection.cursor() as cursor:
        for before in [] if is_sqlite else ["VACUUM ANALYZE", "SET enable_seqscan = off"]:
            cursor.execute(before)
        for sql in reads:
            cursor.execute(f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {sql}")
            told.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return told


def main() -> None:
    call_command("migrate", verbosity=0)
    team = Team.objects.create(name="Northwind")
    acting = Actor(team, Role.OWNER, user=User.objects.create_user(email="bob@example.com", password=None))
    Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="key")
    photo = Asset.objects.create(team=team, width=1, height=1, size=1, sha256="0" * 64)
    mug = Product.objects.create(team=team, name="Mug", asset=photo)
    ledger.grant(team_id=team.id, credits=1000)
    ledger.set_time_zone(team_id=team.id, name="Pacific/Auckland")
    for day in ("2026-09-30", "2026-10-31", "2026-11-20"):  # noon in Greenwich is past midnight there
        pay(acting, mug, 5, on=day, pictures=2, approved=1)
        pay(acting, mug, 8, on=day, model="nanobananapro", pictures=1)
    ledger.adjust(team_id=team.id, actor_id=None, spent=3, reason="Made outside Packshot.")
    DailySpend.objects.filter(model="").update(day="2026-11-21")
    told: dict[str, Any] = {"moved": len(found(team))}
    call_command("rollup")
    told |= {"counted": found(team), "kept": kept(team)}
    ledger.set_time_zone(team_id=team.id, name="America/Los_Angeles")
    told |= {"elsewhere": found(team), "days_elsewhere": [row[0] for row in kept(team)], "plans": plans(acting)}
    print(json.dumps(told))


main()
