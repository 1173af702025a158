"""A team's way to its provider."""

from django.db import models
from django.utils import timezone

from generation.database.encryption import EncryptedField
from generation.database.public_ids import PublicIdField


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
        PERSON = "person", "Somebody paused it"

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
    moved_at = models.DateTimeField(null=True, blank=True, help_text="Since when it leads to its present account")
    balance = models.IntegerField(null=True, blank=True, help_text="Credits at the provider when last asked")
    balance_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.team} at {self.base_url}"


class PauseNote(models.Model):
    """A pause that began or ended by itself, until the audit log tells of it."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, blank=True)
    message = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.before or 'open'} to {self.after or 'open'}"
