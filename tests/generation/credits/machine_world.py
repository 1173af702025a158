"""A team with three members, their keys and two projects, in the database that ``DATABASE_URL`` names.

Test databases live in one transaction or in memory; programs that import this commit as the service does.
"""

import secrets
from collections.abc import Sequence
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402 (models need the line above)
from django.utils import timezone  # noqa: E402

from dashboard.accounts.models import ApiKey, Team, User  # noqa: E402
from dashboard.projects.models import Product, Project  # noqa: E402
from generation.contract import ImageLink, JobStatus, RemoteJob  # noqa: E402
from generation.credits import ledger  # noqa: E402
from generation.models import Asset, Attempt, Batch, Connection, Job, JobState  # noqa: E402
from generation.pipeline import jobs  # noqa: E402

Asks = Sequence[tuple[str | None, int]]
"""The project and the price of each job of a batch."""


class World:
    def __init__(self, name: str) -> None:
        self.team = Team.objects.create(name=name)
        emails = [f"{who}-{self.team.id}@example.com" for who in ("ada", "bob", "cleo")]
        people = [User.objects.create_user(email=email, password=None) for email in emails]
        self.people = [user.pk for user in people]
        issued = [ApiKey.issue(team=self.team, name="Nightly", created_by=user) for user in people]
        self.keys, self.secrets = [key for key, _ in issued], [secret for _, secret in issued]
        self.projects = [Project.objects.create(team=self.team, name=name).pk for name in ("Spring", "Autumn")]
        self.connection = Connection.objects.create(team=self.team, base_url="http://127.0.0.1:9/v1", key="key")
        facts = {"width": 1, "height": 1, "size": 1, "sha256": "0" * 64}
        self.asset = Asset.objects.create(team=self.team, **facts)
        self.product = Product.objects.create(team=self.team, name="Mug", asset=self.asset)

    def hold(self, asks: Asks, *, who: int, by_key: bool = False) -> list[Job]:
        """What one press starts. Raises ``ledger.InsufficientCredits``."""
        person, key = self.people[who], self.keys[who]
        with transaction.atomic():
            batch = Batch.objects.create(team=self.team)
            rows = [self._job(batch, project, price) for project, price in asks]
            for row in rows:
                row.member_id, row.api_key_id = (None, key.pk) if by_key else (person, None)
            Job.objects.bulk_create(rows)
            ledger.hold(batch=batch, jobs=rows, actor_id=None if by_key else person, spender_id=person)
        return rows

    def _job(self, batch: Batch, project: str | None, price: int) -> Job:
        asked: dict[str, Any] = {"prompt": "On marble", "model": "nanobanana2", "price": price, "project_id": project}
        places = {"connection": self.connection, "product": self.product, "asset": self.asset}
        return Job(team=self.team, batch=batch, **asked, **places)

    def attempt(self, job: Job, outcome: Attempt.Outcome, **facts: Any) -> Attempt:
        """A POST that left and came to this."""
        places = {"job": job, "connection": self.connection, "token_hash": secrets.token_hex(32)}
        return Attempt.objects.create(outcome=outcome, **places, **facts)

    def finish(self, job: Job, *, cost: int | None, pictures: int) -> bool:
        """Let the provider say that it is done, with pictures or as a failure that it charged for all the same."""
        with transaction.atomic():
            if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.SUBMITTED):
                self.attempt(job, Attempt.Outcome.ACCEPTED, provider_job_id=job.pk)
            return self.answer(job, cost=cost, pictures=pictures, provider_job_id=job.pk)

    def answer(self, job: Job, *, cost: int | None, pictures: int, provider_job_id: str) -> bool:
        """What the provider says of the end of one of the job's runs."""
        status = JobStatus.COMPLETED if pictures else JobStatus.FAILED
        links = tuple(ImageLink("http://127.0.0.1:9/1.jpg", 1, 1) for _ in range(pictures))
        remote = RemoteJob(provider_job_id, status, 100, "", job.model, 1, images=links, tokens_used=cost)
        return jobs.rendered(job, remote=remote) if pictures else jobs.failed(job, remote=remote)

    def lose(self, job: Job, *, provider_job_id: str) -> None:
        """It left and was taken; nothing was heard of it, so that it waits for a person."""
        now = timezone.now()
        facts = {"provider_job_id": provider_job_id, "accepted_at": now, "due_at": now}
        self.attempt(job, Attempt.Outcome.ACCEPTED, **facts)
        Job.objects.filter(pk=job.pk).update(state=JobState.NEEDS_REVIEW, due_at=None)
