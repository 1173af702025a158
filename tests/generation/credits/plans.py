"""A program for tests: how the database of ``DATABASE_URL`` finds who waits, among many jobs that are done.

Prints one JSON object: each question's plan, a list of lines.
"""

import json
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (models need the line above)
from django.db import connection as database  # noqa: E402
from django.utils import timezone  # noqa: E402

from dashboard.accounts.access import Actor  # noqa: E402
from dashboard.accounts.models import ApiKey, Role, Team, User  # noqa: E402
from dashboard.projects.models import Product  # noqa: E402
from dashboard.studio.actions import JobSpec, start  # noqa: E402
from generation.credits import ledger  # noqa: E402
from generation.models import Asset, Batch, Connection, Job, JobState  # noqa: E402
from generation.pipeline import queue  # noqa: E402
from generation.pipeline.fairness import Requester  # noqa: E402


def fill() -> tuple[str, list[Requester]]:
    """Four thousand jobs, of which one in ten waits; a member and a key that take turns."""
    team = Team.objects.create(name="Northwind")
    user = User.objects.create_user(email="bob@example.com", password=None)
    key, _ = ApiKey.issue(team=team, name="Shop", created_by=user)
    connection = Connection.objects.create(team=team, base_url="http://127.0.0.1:9/v1", key="key")
    asset = Asset.objects.create(team=team, width=1, height=1, size=1, sha256="0" * 64)
    product = Product.objects.create(team=team, name="Mug", asset=asset)
    ledger.grant(team_id=team.id, credits=100_000)
    spec = JobSpec(product=product, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
    for _ in range(10):
        for acting in (Actor(team, Role.CREATOR, user=user), Actor(team, Role.CREATOR, api_key=key)):
            start(acting, specs=[spec] * 200)
    waiting = [batch.id for batch in Batch.objects.order_by("-id")[:2]]
    done: dict[str, Any] = {"state": JobState.COMPLETED, "due_at": None, "finished_at": timezone.now()}
    Job.objects.exclude(batch__in=waiting).update(**done)
    return connection.id, [Requester(member_id=user.pk), Requester(api_key_id=key.pk)]


def explain(statement: str, values: dict[str, Any]) -> list[str]:
    how = "EXPLAIN QUERY PLAN " if database.vendor == "sqlite" else "EXPLAIN "
    now = database.ops.adapt_datetimefield_value(timezone.now())
    with database.cursor() as cursor:
        cursor.execute(how + statement, values | {"now": now})
        return [str(row[-1]) for row in cursor.fetchall()]


def main() -> None:
    call_command("migrate", verbosity=0)
    connection_id, requesters = fill()
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE generation_job")
    plans = {}
    for requester in requesters:
        values = {
            "connection": connection_id,
            "member": requester.member_id,
            "key": requester.api_key_id,
            "batch": "batch_1",
        }
        plans[f"after {requester}"] = explain(queue.NEXT_REQUESTER, values | queue.requester_bounds(requester))
        plans[f"of {requester}"] = explain(queue.first_job_of(requester), values)
    print(json.dumps(plans))


if __name__ == "__main__":
    main()
