"""What a member or a script does with jobs: start, cancel, retry, decide. One transaction each, hints on commit."""

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model

from dashboard.accounts.access import Actor
from dashboard.accounts.models import Role
from dashboard.audit.record import record
from dashboard.presets.brand import kit_of
from dashboard.presets.models import BrandKit, PresetVersion
from dashboard.presets.prompts import BannedWord, find_banned
from dashboard.projects.models import Product, Project
from generation import contract
from generation.database.public_ids import new_id
from generation.errors import UserFacingError
from generation.models import Asset, Batch, Connection, Job, JobState
from generation.pipeline import jobs, matching
from generation.pipeline.hints import hint

BATCH_MAX = 2_500
"""Jobs that one press may start."""


class NotPossible(UserFacingError):
    """The action does not fit what there is now."""


@dataclass(frozen=True)
class JobSpec:
    """Pictures that somebody asks for: one job. Without an ``asset`` it is the product's present photo."""

    product: Product
    prompt: str
    model: str
    aspect_ratio: str
    num_images: int
    project: Project | None = None
    preset_version: PresetVersion | None = None
    provider_preset: str = ""
    webhook_url: str = ""
    parent: Job | None = None
    lineage: Job.Lineage = Job.Lineage.NONE
    variables: Mapping[str, str] = field(default_factory=dict)
    asset: Asset | None = None

    @property
    def price(self) -> int:
        """Credits."""
        return contract.price(model=self.model, num_images=self.num_images)

    @property
    def project_id(self) -> str | None:
        return self.project.id if self.project else None

    @property
    def photo(self) -> Asset:
        return self.asset or self.product.asset

    @property
    def fingerprint(self) -> str:
        """The same for specs whose pictures would show the same; how many of them does not matter."""
        content = [self.photo.pk, self.prompt, self.model, self.aspect_ratio, self.provider_preset]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def start(acting: Actor, *, specs: list[JobSpec], kit: BrandKit | None = None) -> Batch:
    """Write a batch with its jobs and holds. Raises ``ledger.InsufficientCredits`` and :class:`NotPossible`.

    ``kit`` is the team's brand kit where the caller has just read it.
    """
    acting.require(Role.CREATOR)
    connection = Connection.objects.filter(team=acting.team).first()
    if connection is None:
        raise NotPossible("Your team has no connection to ProductAI yet; an admin can set one up.")
    if len(specs) > BATCH_MAX:
        raise NotPossible(too_large(len(specs)))
    _check_prompts({spec.prompt for spec in specs}, kit or kit_of(acting.team))
    with transaction.atomic():
        batch = Batch.objects.create(team=acting.team, project=specs[0].project, member=acting.user)
        same = Job(
            team_id=acting.team.id,
            batch_id=batch.id,
            connection_id=connection.id,
            member_id=_key(acting.user),
            api_key_id=_key(acting.api_key),
            due_at=batch.created_at,
        )
        jobs.enqueue(
            batch=batch,
            like=same,
            columns=_columns(specs),
            requested=specs,
            actor_id=_key(acting.user),
            spender_id=acting.spender_id,
        )
        credits = sum(spec.price for spec in specs)
        record(acting, "batch.started", batch.id, after={"jobs": len(specs), "credits": credits})
        hint_submission(connection)
    return batch


def _check_prompts(prompts: Set[str], kit: BrandKit | None) -> None:
    """What every way in has to keep to, also where an old prompt is sent once more."""
    if not all(prompts):
        raise NotPossible("A prompt is empty. Write what the picture should show.")
    longest = max(map(len, prompts))
    if longest > contract.PROMPT_MAX:
        raise NotPossible(f"A prompt has {longest:,} characters; at most {contract.PROMPT_MAX:,} fit. Say it shorter.")
    banned = kit.banned_words if kit else []
    if banned and (word := next(filter(None, (find_banned(prompt, banned) for prompt in prompts)), "")):
        raise NotPossible(str(BannedWord(word)))


def too_large(jobs: int) -> str:
    return f"A batch has at most {BATCH_MAX:,} jobs, and this one has {jobs:,}. Choose fewer products or presets."


def _columns(specs: Sequence[JobSpec]) -> dict[str, list[Any]]:
    """What each job has for itself. A thousand objects of a model would take longer than to write their rows."""
    columns: dict[str, list[Any]] = {name: [getattr(spec, name) for spec in specs] for name in _TAKEN_OVER}
    return columns | {
        "id": [new_id("job") for _ in specs],
        "product_id": [spec.product.id for spec in specs],
        "asset_id": [spec.photo.id for spec in specs],
        "preset_version_id": [_key(spec.preset_version) for spec in specs],
        "parent_id": [_key(spec.parent) for spec in specs],
    }


_TAKEN_OVER = (
    "project_id",
    "prompt",
    "variables",
    "provider_preset",
    "model",
    "aspect_ratio",
    "num_images",
    "webhook_url",
    "lineage",
    "price",
    "fingerprint",
)


def _key(row: Model | None) -> Any:
    return row.pk if row else None


def hint_submission(connection: Connection) -> None:
    """Hint the worker once the present transaction is durable; each job that leaves calls the next."""
    transaction.on_commit(partial(hint, "submit_next", connection.id))


def cancel(acting: Actor, job: Job) -> None:
    """Cancel a job that is still queued."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        if not jobs.cancel(job, actor_id=_key(acting.user)):
            raise NotPossible("This job is already on its way and can no longer be cancelled.")
        record(acting, "job.cancelled", job.id)


def retry(acting: Actor, job: Job) -> Batch:
    """Retry a failed or cancelled job at today's price, as a child of the old one."""
    if job.state not in {JobState.FAILED, JobState.CANCELLED}:
        raise NotPossible("Only a failed or cancelled job can be retried.")
    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=job.batch_id)  # presses take turns, also with one for all that failed
        if job.children.filter(lineage=Job.Lineage.RETRY).exists():
            raise NotPossible("This job has already been retried.")
        return start(acting, specs=[again(job, lineage=Job.Lineage.RETRY)])


def rerun(acting: Actor, job: Job) -> Batch:
    """Ask for what a job asked once more, at today's price."""
    return start(acting, specs=[again(job, lineage=Job.Lineage.RERUN)])


def again(job: Job, *, lineage: Job.Lineage) -> JobSpec:
    """What a job was made from, for the same photo."""
    return JobSpec(
        product=job.product,
        prompt=job.prompt,
        model=job.model,
        aspect_ratio=job.aspect_ratio,
        num_images=job.num_images,
        project=job.project,
        preset_version=job.preset_version,
        provider_preset=job.provider_preset,
        parent=job,
        lineage=lineage,
        variables=job.variables,
        asset=job.asset,
    )


def decide(acting: Actor, job: Job, *, never_ran: bool) -> None:
    """A person's word on a job whose fate the provider does not tell: try it again, or give it up."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        if not (jobs.try_again(job) if never_ran else jobs.give_up(job, actor_id=_key(acting.user))):
            raise NotPossible("This job no longer waits for a decision.")
        record(acting, "job.tried_again" if never_ran else "job.given_up", job.id)
        hint_submission(job.connection)


def assign(acting: Actor, job: Job, *, provider_job_id: str) -> None:
    """A person's word on which of the provider's jobs is the one whose answer was lost; its own answer ends it then."""
    acting.require(Role.CREATOR)
    with transaction.atomic():
        if not matching.assign(job, provider_job_id=provider_job_id):
            raise NotPossible("This job no longer waits for that choice. Open it again to see where it stands.")
        record(acting, "job.assigned", job.id, after={"provider_job_id": provider_job_id})
        transaction.on_commit(partial(hint, "settle_job", job.id))
