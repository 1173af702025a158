"""A program for tests: how PostgreSQL at ``DATABASE_URL`` reads the ledger's pages. Prints one JSON object."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (models need the line above)
from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402

from dashboard.accounts.models import Team  # noqa: E402
from dashboard.spend.ledger import lines  # noqa: E402
from dashboard.spend.ledger.filters import LedgerFilters  # noqa: E402
from generation.models import CreditAccount, LedgerEntry  # noqa: E402

QUERIES = ("", "kind=hold", "from=2026-01-10&to=2026-01-20", "project=proj_3", "member=4&model=seedream", "key=none")
ENTRIES = """
INSERT INTO generation_ledgerentry (account_id, kind, granted, held, spent, reason, created_at, project_id, member_id,
    model, pictures)
SELECT %s, CASE WHEN n %% 2 = 0 THEN 'hold' ELSE 'capture' END, 0, 0, 0, '',
    timestamptz '2026-01-01Z' + n * interval '20 s', 'proj_' || n %% 9, n %% 7,
    CASE WHEN n %% 5 = 0 THEN 'seedream' ELSE 'nanobanana' END, 0
FROM generate_series(1, 100000) AS n
"""


def plans() -> dict[str, str]:
    """The plan of each page, first ones and later ones."""
    before = (datetime(2026, 1, 15, tzinfo=UTC), 60_000)
    found = {}
    for query in QUERIES:
        rows = LedgerFilters.of(QueryDict(query)).narrow(LedgerEntry.objects.filter(account=team.id), ZoneInfo("UTC"))
        for place in (None, before):
            name = f"{query or 'all'}{' from a place on' if place else ''}"
            found[name] = lines.newest(rows, before=place)[:51].explain()
    return found


call_command("migrate", verbosity=0)
team = Team.objects.create(name="Northwind")
CreditAccount.objects.get_or_create(team=team)
with connection.cursor() as cursor:
    cursor.execute(ENTRIES, [team.id])
    cursor.execute("ANALYZE generation_ledgerentry")
print(json.dumps(plans()))
