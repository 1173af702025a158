"""What the machine remembers: connections, jobs, attempts, pictures and credits."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from generation.contract import AspectRatio
from generation.ids import PublicIdField
from generation.secrets import EncryptedField


class Connection(models.Model):
    """A team's account at a provider, and why nobody posts to it at the moment."""

    class Dialect(models.TextChoices):
        BEARER = "bearer", "Bearer token (documented)"

    class PhotoDelivery(models.TextChoices):
        ASSET = "asset", "Upload each photo once"
        LINK = "link", "Send an expiring link"

    class Pause(models.TextChoices):
        NONE = "", "Ready"
        RATE_LIMIT = "rate_limit", "The provider asked us to slow down"
        CREDITS = "credits", "The provider is out of credits"
        KEY = "key", "The provider refused the key"

    id = PublicIdField(prefix="conn")
    team = models.OneToOneField("accounts.Team", models.CASCADE, related_name="connection")
    base_url = models.URLField(max_length=300)
    dialect = models.CharField(max_length=10, choices=Dialect, default=Dialect.BEARER)
    key = EncryptedField(blank=True)
    plan_limit = models.PositiveIntegerField(default=60, help_text="Requests a minute that the provider's plan allows")
    photo_delivery = models.CharField(max_length=10, choices=PhotoDelivery, default=PhotoDelivery.ASSET)
    pause = models.CharField(max_length=12, choices=Pause, default=Pause.NONE, blank=True)
    pause_message = models.CharField(max_length=500, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="Empty with a pause: until somebody resumes")
    balance = models.IntegerField(null=True, blank=True, help_text="Credits at the provider when last asked")
    balance_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.team} at {self.base_url}"


class Asset(models.Model):
    """A source photo. Jobs point at it and keep doing so when a product gets a new one."""

    id = PublicIdField(prefix="asset")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="assets")
    original = models.CharField(max_length=200, help_text="Storage key of the file as it was uploaded")
    display = models.CharField(max_length=200, help_text="Storage key of the upright, stripped copy")
    thumbnail = models.CharField(max_length=200)
    mime = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    thumb_hash = models.CharField(max_length=60, blank=True)
    provider_id = models.CharField(max_length=100, blank=True, help_text="asset_id at the team's connection")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "sha256"], name="asset_of_team_by_hash")]

    def __str__(self) -> str:
        return self.id


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


class JobState(models.TextChoices):
    QUEUED = "queued", "Queued"
    SUBMITTING = "submitting", "Submitting"
    SUBMITTED = "submitted", "Rendering"
    RENDERED = "rendered", "Rendered"
    STORING = "storing", "Storing"
    COMPLETED = "completed", "Done"
    UNKNOWN = "unknown", "Checking"
    NEEDS_REVIEW = "needs_review", "Needs you"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


TERMINAL = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})
HOLDING = frozenset({JobState.QUEUED, JobState.SUBMITTING, JobState.SUBMITTED, JobState.UNKNOWN, JobState.NEEDS_REVIEW})
"""States whose job owns an open hold."""


class Job(models.Model):
    """One request for 1 to 4 pictures. What was asked is frozen; only ``generation.jobs`` moves ``state``."""

    class Lineage(models.TextChoices):
        NONE = "", "Original"
        RETRY = "retry", "Second try"
        RERUN = "rerun", "Made again"
        VARIATION = "variation", "Variation"

    id = PublicIdField(prefix="job")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="jobs")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="jobs")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="jobs")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, blank=True, related_name="jobs")
    product = models.ForeignKey("projects.Product", models.PROTECT, related_name="jobs")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="jobs")
    preset_version = models.ForeignKey(
        "presets.PresetVersion", models.PROTECT, null=True, blank=True, related_name="jobs"
    )
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="jobs")
    api_key = models.ForeignKey("accounts.ApiKey", models.PROTECT, null=True, blank=True, related_name="jobs")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    lineage = models.CharField(max_length=10, choices=Lineage, default=Lineage.NONE, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Hash of what was asked, to find its like")

    prompt = models.TextField()
    variables = models.JSONField(default=dict, blank=True, help_text="Values that filled the preset's template")
    provider_preset = models.CharField(max_length=100, blank=True, help_text="preset_id at the provider")
    model = models.CharField(max_length=40)
    aspect_ratio = models.CharField(max_length=5, default=AspectRatio.SQUARE.value)
    num_images = models.PositiveSmallIntegerField(default=1)
    price = models.PositiveIntegerField(help_text="Credits held")
    webhook_url = models.URLField(max_length=1000, blank=True, help_text="Where the API's caller wants to be told")

    state = models.CharField(max_length=12, choices=JobState, default=JobState.QUEUED)
    due_at = models.DateTimeField(null=True, blank=True, help_text="When the machine looks at this job next")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Looks in the present state; sets the next gap")
    progress = models.PositiveSmallIntegerField(default=0)
    tokens_used = models.PositiveIntegerField(null=True, blank=True, help_text="True cost, as the provider said")
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True, help_text="The provider's own words")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-id"], name="job_of_team"),
            models.Index(fields=["batch", "id"], name="job_of_batch"),
            models.Index(fields=["due_at"], name="job_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["connection", "member", "api_key", "batch", "id"],
                name="job_waiting",
                condition=Q(state="queued"),
            ),
            models.Index(fields=["team", "fingerprint"], name="job_by_fingerprint"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_finished(self) -> bool:
        return self.state in TERMINAL


class Attempt(models.Model):
    """One POST to the provider, committed before it leaves and never repeated."""

    class Outcome(models.TextChoices):
        POSTING = "posting", "On its way"
        ACCEPTED = "accepted", "Accepted"
        NOT_SENT = "not_sent", "Certainly not sent"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Unknown"

    id = PublicIdField(prefix="try")
    job = models.ForeignKey(Job, models.CASCADE, related_name="attempts")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="attempts")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the webhook token")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.POSTING)
    detail = models.CharField(max_length=500, blank=True)
    provider_job_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 null keeps it unique
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "provider_job_id"], name="provider_job_has_one_attempt")
        ]

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

    def __str__(self) -> str:
        return f"{self.attempt_id} at {self.received_at}"


class Image(models.Model):
    """One picture of a job. It is in the gallery from the moment ``stored_at`` is set."""

    id = PublicIdField(prefix="img")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="images")
    job = models.ForeignKey(Job, models.PROTECT, related_name="images")
    index = models.PositiveSmallIntegerField()
    source_url = models.URLField(max_length=2000, help_text="The provider's link, which expires")
    original = models.CharField(max_length=200, blank=True)
    display = models.CharField(max_length=200, blank=True)
    thumbnail = models.CharField(max_length=200, blank=True)
    mime = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    thumb_hash = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "index"], name="image_of_job_once")]
        indexes = [models.Index(fields=["team", "-id"], name="stored_of_team", condition=Q(stored_at__isnull=False))]

    def __str__(self) -> str:
        return self.id


class CreditAccount(models.Model):
    """A team's credits. Every figure is the sum of the account's entries; only ``generation.ledger`` writes it."""

    team = models.OneToOneField("accounts.Team", models.PROTECT, primary_key=True, related_name="credits")
    granted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(held__gte=0), name="held_not_negative")]

    def __str__(self) -> str:
        return f"{self.left} credits of {self.team}"

    @property
    def left(self) -> int:
        """Credits that a new hold may take."""
        return self.granted - self.held - self.spent


class Hold(models.Model):
    """Credits set aside for a job; resolves exactly once, by capture or release."""

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="hold")
    account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="holds")
    credits = models.PositiveIntegerField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account"], name="hold_open", condition=Q(resolved_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.credits} for {self.job_id}"


class LedgerEntry(models.Model):
    """One signed change of an account. Append-only: the database itself refuses updates and deletes."""

    class Kind(models.TextChoices):
        GRANT = "grant", "Grant"
        HOLD = "hold", "Hold"
        CAPTURE = "capture", "Capture"
        RELEASE = "release", "Release"

    account = models.ForeignKey(CreditAccount, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    granted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="entries")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = [F("id").desc()]
        verbose_name_plural = "ledger entries"
        indexes = [models.Index(fields=["account", "-id"], name="entry_of_account")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
