"""A hold carries no constraints of its own: what was written beside it keeps its job, account and spender."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Role, Team, User
from dashboard.projects.models import Product
from dashboard.studio.actions import JobSpec, start
from generation.models import Job

Order = Callable[..., Job]


def cannot_be_deleted(table: str, column: str, key: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [key])  # noqa: S608
            assert cursor.rowcount == 1
        connection.check_constraints(table_names=["generation_ledgerentry", "generation_job", "accounts_apikey"])


def test_a_jobs_entry_keeps_the_job_and_the_account(order: Order) -> None:
    job = order()
    cannot_be_deleted("generation_job", "id", job.id)
    cannot_be_deleted("generation_creditaccount", "team_id", job.team_id)


def test_the_job_keeps_its_member(order: Order) -> None:
    cannot_be_deleted("accounts_user", "id", order().member_id)


def test_the_key_keeps_whoever_made_it(team: Team, bob: User, mug: Product) -> None:
    key, _ = ApiKey.issue(team=team, name="Shop", created_by=bob)
    spec = JobSpec(product=mug, prompt="On marble", model="nanobanana", aspect_ratio="1:1", num_images=1)
    job = start(Actor(team, Role.CREATOR, api_key=key), specs=[spec]).jobs.get()
    assert job.hold.spender_id == bob.pk
    cannot_be_deleted("accounts_user", "id", bob.pk)
