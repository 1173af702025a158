"""What was asked, and each time that it was sent."""

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.contract import AspectRatio
from generation.database.folded_columns import SearchTextField
from generation.database.public_ids import PublicIdField
from generation.models.connections import Connection
from generation.models.pictures import Asset


class Batch(models.Model):
    """Jobs that one press of the button started."""

    id = PublicIdField(prefix="batch")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="batches")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, blank=True, related_name="batches")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="batches")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], name="batch_of_team")]

    def __str__(self) -> str:
        return self.id


class JobState(StrEnum):
    """Where a job stands. What people read of it is for ``dashboard.ui.states`` to say."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    RENDERED = "rendered"
    STORING = "storing"
    COMPLETED = "completed"
    UNKNOWN = "unknown"
    NEEDS_REVIEW = "needs_review"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})
HOLDING = frozenset({JobState.QUEUED, JobState.SUBMITTING, JobState.SUBMITTED, JobState.UNKNOWN, JobState.NEEDS_REVIEW})
"""States whose job owns an open hold."""


class Job(models.Model):
    """One request for 1 to 4 pictures. What was asked is frozen; only ``generation.pipeline.jobs`` moves ``state``.

    A press writes a thousand of these, so it has the indexes that pages and the dispatcher read, and no others.
    """

    class Lineage(models.TextChoices):
        NONE = "", "Original"
        RETRY = "retry", "Second try"
        RERUN = "rerun", "Made again"
        VARIATION = "variation", "Variation"

    id = PublicIdField(prefix="job")
    team = models.ForeignKey("accounts.Team", models.CASCADE, db_index=False, related_name="jobs")
    batch = models.ForeignKey(Batch, models.PROTECT, db_index=False, related_name="jobs")
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False, related_name="jobs")
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, blank=True, db_index=False, related_name="jobs"
    )
    product = models.ForeignKey("projects.Product", models.PROTECT, related_name="jobs")
    asset = models.ForeignKey(Asset, models.PROTECT, db_index=False, related_name="jobs")
    preset_version = models.ForeignKey(
        "presets.PresetVersion", models.PROTECT, null=True, blank=True, db_index=False, related_name="jobs"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="jobs"
    )
    api_key = models.ForeignKey(
        "accounts.ApiKey", models.PROTECT, null=True, blank=True, db_index=False, related_name="jobs"
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, db_index=False, related_name="children")

    lineage = models.CharField(max_length=10, choices=Lineage, default=Lineage.NONE, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Hash of what was asked, to find its like")

    prompt = models.TextField()
    search_text = SearchTextField("prompt")
    variables = models.JSONField(default=dict, blank=True, help_text="Values that filled the preset's template")
    provider_preset = models.CharField(max_length=100, blank=True, help_text="preset_id at the provider")
    model = models.CharField(max_length=40)
    aspect_ratio = models.CharField(max_length=5, default=AspectRatio.SQUARE.value)
    num_images = models.PositiveSmallIntegerField(default=1)
    price = models.PositiveIntegerField(help_text="Credits held")
    webhook_url = models.URLField(max_length=1000, blank=True, help_text="Where the API's caller wants to be told")

    state = models.CharField(max_length=12, default=JobState.QUEUED.value, help_text="One of JobState")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When the machine looks at this job next")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Looks in the present state; sets the next gap")
    progress = models.PositiveSmallIntegerField(default=0)
    tokens_used = models.PositiveIntegerField(null=True, blank=True, help_text="True cost, as the provider said")
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True, help_text="The provider's own words")
    created_at = models.DateTimeField(auto_now_add=True)
    rendered_at = models.DateTimeField(null=True, blank=True, help_text="When we heard that its pictures are made")
    finished_at = models.DateTimeField(null=True, blank=True)
    is_end_untold = models.BooleanField(
        default=False, db_default=False, help_text="It ended since whoever gave the webhook URL was last told"
    )

    class Meta:
        indexes = [
            models.Index(fields=["team", "-id"], name="job_of_team"),
            models.Index(fields=["batch", "id"], name="job_of_batch"),
            models.Index(fields=["due_at"], name="job_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["id"], name="job_end_untold", condition=Q(is_end_untold=True)),
            models.Index(
                fields=["connection", "member", "api_key", "batch", "id"],
                name="job_waiting",
                condition=Q(state="queued"),
            ),
            models.Index(fields=["team", "fingerprint"], name="job_by_fingerprint"),
            models.Index(fields=["project", "-id"], name="job_of_project", condition=Q(project__isnull=False)),
            models.Index(fields=["parent"], name="job_of_parent", condition=Q(parent__isnull=False)),
            models.Index(
                fields=["preset_version"], name="job_of_preset_version", condition=Q(preset_version__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_finished(self) -> bool:
        return self.state in TERMINAL


class Attempt(models.Model):
    """One POST to the provider, committed before it leaves and never repeated.

    It is **open** while the provider may still charge for it: it may have arrived, and no ``charge`` is booked. Its
    job waits for at most one open attempt, and is itself due then; every other open attempt has a ``due_at`` of its
    own, so that an answer that comes after a person's decision is heard all the same.
    """

    class Outcome(models.TextChoices):
        POSTING = "posting", "On its way"
        ACCEPTED = "accepted", "Accepted"
        NOT_SENT = "not_sent", "Certainly not sent"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Unknown"

    id = PublicIdField(prefix="try")
    job = models.ForeignKey(Job, models.CASCADE, related_name="attempts")
    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False, related_name="attempts")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the webhook token")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.POSTING)
    detail = models.CharField(max_length=500, blank=True)
    answer = models.TextField(blank=True, help_text="What the provider said that could not be used, as it came")
    provider_job_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 null keeps it unique
    charge = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Credits that the ledger has for it; empty until we hear that it ended",
    )
    candidates = models.JSONField(
        default=list, blank=True, help_text="What the provider's list shows that may be its job, for a person to choose"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When we heard that the provider has it")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When the machine looks for it next, while its job does not wait for it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "provider_job_id"], name="provider_job_has_one_attempt")
        ]
        indexes = [models.Index(fields=["due_at"], name="attempt_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return self.id


class WebhookDelivery(models.Model):
    """A POST that reached our receiver. It is a hint, never a fact."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="deliveries")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body, so that a repeat is stored once")
    body = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "digest"], name="delivery_stored_once")]
        indexes = [models.Index(fields=["received_at"], name="delivery_by_age")]

    def __str__(self) -> str:
        return f"{self.attempt_id} at {self.received_at}"
