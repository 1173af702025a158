"""What the sandbox provider remembers. Nothing here refers to the customer's side of the product."""

from django.db import models
from django.db.models import Q

from generation.contract import AspectRatio
from generation.database.encryption import EncryptedField
from generation.database.public_ids import PublicIdField


class SandboxKey(models.Model):
    """An account at the sandbox and the hash of its API key."""

    class Plan(models.TextChoices):
        FREE = "free", "Free"
        PRO = "pro", "Pro"
        ENTERPRISE = "enterprise", "Enterprise"

    id = PublicIdField(prefix="acct")
    email = models.EmailField(unique=True)
    key_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the API key")
    plan = models.CharField(max_length=10, choices=Plan, default=Plan.PRO)
    credits = models.PositiveIntegerField(default=0, help_text="Balance")
    suspended = models.BooleanField(default=False, help_text="Answer every call with 403")
    webhook_secret = EncryptedField(help_text="Signs webhooks by the Standard Webhooks scheme")
    faults = models.JSONField(default=dict, blank=True, help_text="Fault switches, see generation/sandbox/faults.py")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.email


class CountedRequest(models.Model):
    """A request of the last minute that the rate limit counts."""

    key = models.ForeignKey(SandboxKey, models.CASCADE, related_name="counted_requests")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="sandbox_requests_of_key")]

    def __str__(self) -> str:
        return f"{self.key_id} at {self.at}"


class SandboxAsset(models.Model):
    """An uploaded product photo."""

    id = PublicIdField(prefix="asset")
    key = models.ForeignKey(SandboxKey, models.CASCADE, related_name="assets")
    name = models.CharField(max_length=200)
    tags = models.JSONField(default=list)
    original = models.CharField(max_length=200, help_text="Storage key")
    thumbnail = models.CharField(max_length=200, help_text="Storage key")
    mime = models.CharField(max_length=20)
    extension = models.CharField(max_length=5)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file_size = models.PositiveIntegerField(help_text="Bytes")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["key", "-id"], name="sandbox_assets_of_key")]

    def __str__(self) -> str:
        return self.id


class SandboxJob(models.Model):
    """A generation. Only ``generation.sandbox.jobs`` moves ``status``."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        PROCESSING = "processing", "Processing"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"

    id = PublicIdField(prefix="job")
    key = models.ForeignKey(SandboxKey, models.CASCADE, related_name="jobs")
    idempotency_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 null keeps it unique
    model = models.CharField(max_length=40)
    prompt = models.TextField()
    photo = models.CharField(max_length=200, help_text="Storage key of the product photo")
    product = models.CharField(
        max_length=200, blank=True, default="", help_text="Name of the uploaded photo; its words are no scene's"
    )
    aspect_ratio = models.CharField(max_length=5, default=AspectRatio.SQUARE.value)
    num_images = models.PositiveSmallIntegerField(default=1)
    webhook_url = models.TextField(blank=True)
    price = models.PositiveIntegerField(help_text="Credits charged at acceptance")
    faults = models.JSONField(default=dict, blank=True, help_text="The switches in force when it was accepted")

    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    pictures = models.JSONField(default=list, help_text="Finished pictures: storage key, mime, width, height")
    error_message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(help_text="Not completed before this time")
    ended_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True, help_text="When a worker looks at this job next")
    runs = models.PositiveSmallIntegerField(default=0, help_text="Looks since the last progress")
    cleared_at = models.DateTimeField(null=True, blank=True, help_text="Its files and words are gone; its price stays")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "idempotency_key"], name="sandbox_idempotency_key_makes_one_job")
        ]
        indexes = [
            models.Index(fields=["key", "-id"], name="sandbox_jobs_of_key"),
            models.Index(fields=["look_at"], name="sandbox_jobs_due", condition=Q(look_at__isnull=False)),
            models.Index(fields=["ended_at"], name="sandbox_jobs_to_clear", condition=Q(cleared_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.id


class Charge(models.Model):
    """An entry of the provider's books. The balance is what was granted less the sum of these."""

    class Kind(models.TextChoices):
        CHARGE = "charge", "Charge"
        REFUND = "refund", "Refund"

    key = models.ForeignKey(SandboxKey, models.CASCADE, related_name="charges")
    job = models.ForeignKey(SandboxJob, models.CASCADE, related_name="charges")
    kind = models.CharField(max_length=6, choices=Kind)
    credits = models.IntegerField(help_text="Positive for a charge, negative for a refund")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "kind"], name="sandbox_job_charged_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.credits} for {self.job_id}"


class Delivery(models.Model):
    """A webhook on its way; ``due_at`` is empty once it arrived or was given up."""

    job = models.ForeignKey(SandboxJob, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40, help_text="webhook-id; the same for a repeat")
    forged = models.BooleanField(default=False, help_text="A lie with a wrong signature")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True, help_text="What the last try brought")

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], name="sandbox_deliveries_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["created_at"], name="sandbox_deliveries_over", condition=Q(due_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} for {self.job_id}"
